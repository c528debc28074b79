import type { Timeback } from './core.js';

/** The client for this component; `undefined` until it is mounted. */
export function useTimeback(): Timeback | undefined;
