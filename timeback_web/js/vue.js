import { getCurrentScope, onScopeDispose, shallowRef } from 'vue';
import { openScope } from './core.js';

/**
 * The client for this component, in a ref; `undefined` on a server. What is started through it ends
 * with the component (or whatever effect scope it is used in).
 */
export function useTimeback() {
  if (typeof document === 'undefined') return shallowRef(undefined);
  const scope = openScope();
  if (getCurrentScope()) onScopeDispose(scope.close);
  return shallowRef(scope);
}
