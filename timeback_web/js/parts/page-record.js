/**
 * What the clients of this page know of each other: those of all copies of these modules (two
 * bundles on one page), and Python's (`timeback_web/browser/page_record.py`), in the same `Map`.
 */
const record = (globalThis.timebackWebPage ??= new Map());

/**
 * Claim what was seen of the page before its first session: whoever comes first has it.
 *
 * @returns {(() => void) | null} what gives it back, should the session not come about
 */
export function claimPast() {
  if (record.has('past')) return null;
  record.set('past', true);
  return () => record.delete('past');
}

/** A session of `run` (server and run id) has ended here, at a wall time. */
export const runEnded = (run, wallMs) => record.set(`end/${run}`, wallMs);

/** Wall time at which the last session of `run` ended here, 0 if there was none. */
export const lastEndMs = (run) => record.get(`end/${run}`) ?? 0;

/** From now on requests to that server count for a learner (the app's tag). */
export const signsIn = (server, learner) => record.set(`learner/${server}`, learner);

/** Whether `learner` may be who is signed in; what has no tag may be anybody's. */
export function mayBe(server, learner) {
  const current = record.get(`learner/${server}`);
  return !learner || !current || learner === current;
}
