import { getOwner, onCleanup } from 'solid-js';
import { openScope } from './core.js';

/**
 * The client for this component; `undefined` on a server. What is started through it ends with the
 * component (or whatever root it is used in).
 */
export function useTimeback() {
  if (typeof document === 'undefined') return undefined;
  const scope = openScope();
  if (getOwner()) onCleanup(scope.close);
  return scope;
}
