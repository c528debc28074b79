import { openScope } from './core.js';

/**
 * A store with the client; `undefined` on a server. Every component that reads `$timeback` gets a
 * scope of its own, and what is started through it ends with the component.
 *
 * Outside of components use `createClient()`: `get(timeback)` subscribes for a moment only, and
 * what it gives is closed with that subscription.
 */
export const timeback = Object.freeze({
  subscribe(run) {
    if (typeof document === 'undefined') {
      run(undefined);
      return () => {};
    }
    const scope = openScope();
    run(scope);
    return scope.close;
  },
});
