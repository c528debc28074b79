import { useEffect, useState } from 'react';
import { openScope } from './core.js';

/**
 * The client for this component: `undefined` until it is mounted (also on a server, and before
 * hydration), as with the TypeScript client. What is started through it ends with the component.
 *
 * The scope comes in an effect: when StrictMode mounts twice, the first scope has closed before
 * anything could be started through it.
 */
export function useTimeback() {
  const [scope, setScope] = useState(undefined);
  useEffect(() => {
    const mine = openScope();
    setScope(mine);
    return () => {
      mine.close();
      setScope(undefined); // a component that is only hidden gets another one when it is shown
    };
  }, []);
  return scope;
}
