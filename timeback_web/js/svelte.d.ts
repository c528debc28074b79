import type { Readable } from 'svelte/store';
import type { Timeback } from './core.js';

/** The client for the component that reads it; `undefined` on a server. */
export const timeback: Readable<Timeback | undefined>;
