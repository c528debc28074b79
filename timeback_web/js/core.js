/**
 * Timeback for JavaScript, kept by Python: the same names as the TypeScript client.
 *
 * Handles, runs and callbacks live here; the time is kept by `timeback_web` in Python as soon as
 * that is there, and by a small ledger of this side's own until then (docs/frameworks.md).
 */
import { Client } from './parts/client.js';
import { TimebackError } from './parts/errors.js';
import { uuid } from './parts/uuid.js';

export { TimebackError };

/**
 * A client of its own. Pages with components need none: the framework modules share one.
 *
 * @param {import('./core.js').ClientOptions} [options]
 * @returns {import('./core.js').Timeback}
 */
export function createClient(options) {
  const client = new Client(options);
  return facade(client, (given) => client.start(given).handle, () => client.close());
}

/** What `createClient` has made, by the facade that the app holds. */
const clients = new WeakMap();
let shared = null;
let sharedOptions;

/**
 * Set the options of the client that the framework modules share: before the first component, or
 * after `sharedClient().close()`, when somebody else has signed in.
 *
 * @param {import('./core.js').ClientOptions} options
 */
export function configure(options) {
  if (isOpen(shared)) {
    const message = 'configure() comes too late: a component has asked for the client already';
    throw new TimebackError({ code: 'USAGE', message });
  }
  sharedOptions = options;
}

/** The client that the framework modules share. */
export function sharedClient() {
  if (!isOpen(shared)) shared = createClient(sharedOptions);
  return shared;
}

const isOpen = (timeback) => timeback !== null && !clients.get(timeback).closed;

/**
 * A client for one component: what it starts ends with it.
 *
 * After `close()` a start counts nothing. A component that is gone before its saved progress has
 * arrived still goes on to `start()`: that must neither leak a run nor throw at nobody.
 *
 * @param {import('./core.js').Timeback} [timeback]
 * @returns {import('./core.js').Scope}
 */
export function openScope(timeback = sharedClient()) {
  const client = clients.get(timeback);
  const own = new Set();
  let closed = false;

  function start(given) {
    if (closed) return neverStarted(given ?? {});
    const { handle } = client.start(given);
    own.add(handle);
    return handle;
  }

  function close() {
    closed = true;
    for (const handle of own) handle.end();
    own.clear();
  }

  return facade(client, start, close);
}

function facade(client, start, close) {
  const timeback = Object.freeze({
    activity: Object.freeze({
      start,
      get current() { return client.current?.handle ?? null; },
    }),
    user: Object.freeze({
      profile: () => client.server.get('/user/me'),
      verify: () => client.server.get('/user/verify'),
      signIn: () => location.assign(client.server.url('/identity/signin')),
      signOut: () => location.assign(client.server.url('/identity/signout')),
    }),
    sendWaiting: (runs) => client.sendWaiting(runs),
    close,
  });
  clients.set(timeback, client);
  return timeback;
}

/** The activity of a component that is gone: ended before it began. */
function neverStarted({ id, name, runId }) {
  return Object.freeze({
    id,
    name,
    runId: runId ?? uuid(),
    elapsedMs: 0,
    pausedMs: 0,
    paused: true,
    ended: true,
    pause() {},
    resume() {},
    end: async () => {},
  });
}
