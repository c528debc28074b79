import type { ClientOptions } from './core.js';

/**
 * Sends what waits on this device for the signed-in learner; brings Python only if something waits.
 * How many windows and completions still wait.
 */
export function sendWaiting(options: ClientOptions, runs?: readonly string[]): Promise<number>;
