/**
 * For pages that start no activity, such as a list of lessons or a result: sends what waits on this
 * device for the signed-in learner. Python is brought only if something waits.
 */
import { createClient } from './core.js';

const SHELVES = ['timeback_web/outbox/', 'timeback_web/completions/'];

/**
 * @param {import('./core.js').ClientOptions} options with `learner`, or say which runs are theirs
 * @param {string[]} [runs] ids of runs that surely are the signed-in learner's
 * @returns {Promise<number>} how many windows and completions still wait
 */
export async function sendWaiting(options, runs) {
  if (!somethingWaits()) return 0;
  if (!globalThis.timebackWeb) await import('./boot.js');
  const client = createClient(options);
  try {
    return await client.sendWaiting(runs);
  } finally {
    client.close();
  }
}

function somethingWaits() {
  try {
    return Object.keys(localStorage).some((key) => SHELVES.some((shelf) => key.startsWith(shelf)));
  } catch {
    return false; // there is no storage
  }
}
