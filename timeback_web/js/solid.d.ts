import type { Timeback } from './core.js';

/** The client for this component; `undefined` on a server. */
export function useTimeback(): Timeback | undefined;
