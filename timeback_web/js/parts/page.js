/** What a page tells of itself: its clocks, and whether somebody looks. */

import { LOOK_EVERY_MS } from './ledger.js';

/** @returns {import('./ledger.js').Reading} */
export const now = () => ({ monotonicMs: performance.now(), wallMs: Date.now() });

export const isHidden = () => document.visibilityState === 'hidden';

/**
 * Be told `hold` and `release` with a cause, in the task of the browser's own event, and `look` now
 * and then. The events are those of `timeback_web/browser/lifecycle.py`, which says why.
 *
 * @returns {() => void} what stops it
 */
export function watchPage({ hold, release, look }) {
  const stop = new AbortController();
  const listen = (target, name, listener) =>
    target.addEventListener(name, listener, { signal: stop.signal });
  const looked = () => (isHidden() ? hold('hidden') : release('hidden'));

  const observer = observeVisibility(looked); // first: should it fail, nobody listens yet
  listen(document, 'visibilitychange', looked);
  let away = false;
  const leave = () => { away = true; hold('away'); };
  listen(window, 'pagehide', leave);
  listen(document, 'freeze', leave);
  // Whoever is seen, focused or used is back, also where no event says so (a `pageshow` that is not
  // `persisted` follows a `pagehide` that the page has survived).
  const back = () => {
    if (!away || isHidden()) return;
    away = false;
    looked();
    release('away');
  };
  for (const name of ['pageshow', 'focus', 'pointerdown', 'keydown']) listen(window, name, back);
  for (const name of ['visibilitychange', 'resume']) listen(document, name, back);

  const timer = setInterval(() => {
    if (isHidden()) hold('hidden'); // not every way to be hidden fires an event
    look();
  }, LOOK_EVERY_MS);
  stop.signal.addEventListener('abort', () => {
    clearInterval(timer);
    observer?.disconnect();
  });
  return () => stop.abort();
}

/** A page that opens a tab and stays its opener is hidden without an event (Chromium). */
function observeVisibility(looked) {
  if (!globalThis.PerformanceObserver?.supportedEntryTypes?.includes('visibility-state')) return null;
  const observer = new PerformanceObserver(looked);
  observer.observe({ type: 'visibility-state' });
  return observer;
}

const INPUTS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'scroll', 'touchmove'];
const REST_MS = 250;

/** Be told that the learner does something, a few times a second at most. */
export function watchInputs(onInput) {
  const stop = new AbortController();
  let heardAtMs = -Infinity;
  const heard = () => {
    if (performance.now() - heardAtMs < REST_MS) return;
    heardAtMs = performance.now();
    onInput();
  };
  for (const name of INPUTS) {
    document.addEventListener(name, heard, { capture: true, passive: true, signal: stop.signal });
  }
  return () => stop.abort();
}

/**
 * How the page was since its document began, as the browser has listed it (Chromium); empty where
 * it keeps no list. `PageLifecycle.history` in Python says why it begins there.
 *
 * @returns {{atMs: number, hidden: boolean}[]}
 */
export function visibilityList() {
  const beganMs = performance.timing.domLoading - performance.timing.navigationStart + 1;
  const listed = performance.getEntriesByType('visibility-state')
    .map(({ startTime, name }) => ({ atMs: startTime, hidden: name === 'hidden' }));
  const before = listed.findLast(({ atMs }) => atMs <= beganMs);
  if (!before) return [];
  return [{ ...before, atMs: beganMs }, ...listed.filter(({ atMs }) => atMs > beganMs)];
}
