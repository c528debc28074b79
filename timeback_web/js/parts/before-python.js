/**
 * The time of an activity before Python is there: written down as it happens, with both clocks, so
 * that Python can be told all of it later. Should the page be hidden, left or the activity ended
 * before that, the open window is reported from here, and the list says so: what was reported is
 * never counted again.
 *
 * @typedef {import('./ledger.js').Reading} Reading
 * @typedef {{at: Reading, what: 'hold' | 'release' | 'input' | 'pass' | 'sent', cause?: string,
 *   elapsedMs?: number, endedAtMs?: number}} Change
 * @typedef {{began: Reading, hidden: boolean, changes: Change[]}} Past
 */
import { openLedger } from './ledger.js';
import { isHidden, now, visibilityList, watchInputs, watchPage } from './page.js';

export class EarlySession {
  #past;
  #ledger;
  #stallLimitMs;
  #report;
  #onTurn;
  #stops;
  #endedAt = null;

  /**
   * @param {object} options
   * @param {Past} options.past from `beginning`
   * @param {object} options.time the app's time options
   * @param {(window: import('./ledger.js').Window, leaving: boolean) => void} options.report
   *   sees to it that a window reaches the server
   * @param {(paused: boolean) => void} options.onTurn told when active time stops, and goes on
   */
  constructor({ past, time, report, onTurn }) {
    this.#past = { ...past, changes: [] };
    this.#ledger = openLedger(past, time);
    this.#stallLimitMs = time.stallLimitMs ?? 60_000;
    this.#report = report;
    this.#onTurn = onTurn;
    for (const change of past.changes) this.#tell(change);
    this.#stops = [
      watchPage({
        hold: (cause) => this.#holdPage(cause),
        release: (cause) => this.release(cause),
        look: () => this.#look(),
      }),
    ];
    if (time.idleAfterMs) {
      this.#stops.push(watchInputs(() => this.#note({ at: now(), what: 'input' })));
    }
  }

  get paused() { return this.#ledger.paused; }
  get elapsedMs() { return this.#ledger.by(this.#now()).elapsedMs; }
  get pausedMs() { return this.#ledger.by(this.#now()).pausedMs; }

  hold(cause) { this.#note({ at: now(), what: 'hold', cause }); }
  release(cause) { this.#note({ at: now(), what: 'release', cause }); }

  /** The last window; nothing is counted any more. @returns {import('./ledger.js').Window | null} */
  end() {
    this.#stop();
    this.#endedAt = now();
    return this.#ledger.cut(this.#endedAt);
  }

  /** All that has happened, for Python to go on from. @returns {Past} */
  handOver() {
    this.#stop();
    return this.#past;
  }

  #now() { return this.#endedAt ?? now(); }

  #holdPage(cause) {
    if (this.#ledger.holds(cause)) return; // a page in the cache is frozen as well
    const at = now(); // once: what passes between two looks would count as paused
    this.#note({ at, what: 'hold', cause });
    // When only hidden, paused time can wait: after `pagehide` has reported, nothing is left here.
    if (cause === 'away' || this.#ledger.openMs) this.#flush(at, cause === 'away');
  }

  #flush(at, leaving) {
    const window = this.#ledger.cut(at);
    if (window) {
      this.#report(window, leaving);
      const { elapsedMs, endedAtMs } = window;
      this.#past.changes.push({ at, what: 'sent', elapsedMs, endedAtMs });
    }
  }

  #look() {
    const at = now();
    const { changes } = this.#past;
    const [before, last] = changes.slice(-2);
    // The one look covers the step of the other as well, so Python need not be told of both.
    const covered = last?.what === 'pass' && this.#oneStep(before.at, at);
    this.#note({ at, what: 'pass' });
    if (covered) changes.splice(-2, 1);
  }

  /** Whether nothing can have happened but that time passed. */
  #oneStep(from, to) {
    const stepMs = to.monotonicMs - from.monotonicMs;
    return stepMs <= this.#stallLimitMs && Math.abs(to.wallMs - from.wallMs - stepMs) < 10;
  }

  #note(change) {
    const before = this.#ledger.paused;
    this.#tell(change);
    if (this.#ledger.paused !== before) this.#onTurn(!before);
  }

  #tell(change) {
    this.#past.changes.push(change);
    this.#ledger.tell(change);
  }

  #stop() {
    for (const stop of this.#stops) stop();
  }
}

/**
 * Where an activity that is started now begins to count.
 *
 * @param {Reading} at the call of `start()`
 * @param {boolean} sinceNavigation also what was seen of the page before
 * @returns {Past}
 */
export function beginning(at, sinceNavigation) {
  const [first, ...listed] = sinceNavigation ? visibilityList() : [];
  const visibility = (reading, hidden) =>
    ({ at: reading, what: hidden ? 'hold' : 'release', cause: 'hidden' });
  const wallOf = (atMs) => at.wallMs - (at.monotonicMs - atMs);
  const began = first ? { monotonicMs: first.atMs, wallMs: wallOf(first.atMs) } : at;
  return {
    began,
    hidden: first ? first.hidden : isHidden(),
    changes: [
      ...listed.map(({ atMs, hidden }) =>
        visibility({ monotonicMs: atMs, wallMs: wallOf(atMs) }, hidden)),
      visibility(at, isHidden()),
      { at, what: 'input' }, // whoever starts something is there
    ],
  };
}
