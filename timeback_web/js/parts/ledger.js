/**
 * The ledger of an activity for as long as Python is not there.
 *
 * The same state machine as `timeback_web/timekeeping/ledger.py`, which takes over from it and is
 * told the same changes again: whole milliseconds on a line that begins with the start, each of them
 * active or paused; told the time, never asking for it. What it does is written down once, for both,
 * in `tests/ledger_table.json`. It is told everything in its own task, so nothing is told late.
 *
 * @typedef {{monotonicMs: number, wallMs: number}} Reading one look at both clocks
 * @typedef {{startedAtMs: number, endedAtMs: number, elapsedMs: number, pausedMs: number}} Window
 */
const DRIFT_LIMIT_MS = 2_000;
/** How often somebody looks at the clocks (`TICK_MS` in `session/ticker.py`). */
export const LOOK_EVERY_MS = 400;
const SHOWN_AGAIN = new Set(['hidden', 'away']);

/**
 * The ledger of a session with the app's time options. A standstill begins up to `LOOK_EVERY_MS`
 * after the last look.
 */
export function openLedger(past, { stallLimitMs = 60_000, ...time }) {
  return new Ledger({ ...past, ...time, stallLimitMs: stallLimitMs + LOOK_EVERY_MS });
}

export class Ledger {
  #anchor;
  #stallLimitMs;
  #idleAfterMs;
  #causes = new Set();
  #measuredMs = 0;
  #jumpedMs = 0;
  #closedActiveMs = 0;
  #windowStartMs = 0;
  #activeMs = 0;
  /** Active milliseconds of the open window since the last input. */
  #sinceInputMs = 0;

  /**
   * @param {object} options
   * @param {Reading} options.began
   * @param {boolean} options.hidden whether nobody could see the page then
   * @param {number} options.stallLimitMs the longest step that still counts as active
   * @param {number} [options.idleAfterMs] after so much active time without input nobody is there
   */
  constructor({ began, hidden, stallLimitMs, idleAfterMs = Infinity }) {
    this.#anchor = began;
    this.#stallLimitMs = stallLimitMs;
    this.#idleAfterMs = idleAfterMs;
    if (hidden) this.#causes.add('hidden');
  }

  get paused() { return this.#causes.size > 0; }
  /** Active milliseconds in the open window. */
  get openMs() { return this.#activeMs; }
  get #positionMs() { return this.#measuredMs + this.#jumpedMs; }
  get #anchorWallMs() { return Math.trunc(this.#anchor.wallMs); }

  holds(cause) { return this.#causes.has(cause); }

  /** Active and paused milliseconds by then, without booking anything. */
  by({ monotonicMs }) {
    const stepMs = Math.max(0, this.#measured(monotonicMs) - this.#measuredMs);
    const elapsedMs = this.#closedActiveMs + this.#activeMs + (this.#counts(stepMs) ? stepMs : 0);
    return { elapsedMs, pausedMs: this.#positionMs + stepMs - elapsedMs };
  }

  /** @param {import('./before-python.js').Change} change */
  tell({ at, what, cause }) {
    if (what === 'hold') this.hold(cause, at);
    else if (what === 'release') this.release(cause, at);
    else if (what === 'input') this.input(at);
    else this.observe(at);
  }

  /** Count the time since the last reading. */
  observe({ monotonicMs, wallMs }) {
    const measuredMs = Math.max(this.#measuredMs, this.#measured(monotonicMs));
    const stepMs = measuredMs - this.#measuredMs;
    if (this.#counts(stepMs)) {
      this.#activeMs += stepMs;
      this.#sinceInputMs += stepMs;
    }
    this.#measuredMs = measuredMs;
    const aheadMs = Math.trunc(wallMs - this.#anchor.wallMs) - this.#positionMs;
    if (aheadMs > DRIFT_LIMIT_MS) this.#jumpedMs += aheadMs; // asleep, or the clock was set
    if (!this.paused && this.#sinceInputMs >= this.#idleAfterMs) this.#becomeIdle();
  }

  hold(cause, at) {
    this.observe(at);
    this.#causes.add(cause);
  }

  release(cause, at) {
    this.observe(at);
    if (!this.#causes.delete(cause)) return;
    this.#sinceInputMs = 0; // whoever comes back, or goes on, has done something
    if (SHOWN_AGAIN.has(cause)) this.#causes.delete('idle');
  }

  input(at) {
    this.release('idle', at);
    this.#sinceInputMs = 0;
  }

  /**
   * Close the open window and open the next.
   *
   * @returns {Window | null} null when not a millisecond has passed
   */
  cut(at) {
    this.observe(at);
    const lengthMs = this.#positionMs - this.#windowStartMs;
    if (!lengthMs) return null;
    const window = {
      startedAtMs: this.#anchorWallMs + this.#windowStartMs,
      endedAtMs: this.#anchorWallMs + this.#positionMs,
      elapsedMs: this.#activeMs,
      pausedMs: lengthMs - this.#activeMs,
    };
    this.#windowStartMs = this.#positionMs;
    this.#closedActiveMs += this.#activeMs;
    this.#activeMs = this.#sinceInputMs = 0;
    return window;
  }

  #measured(monotonicMs) { return Math.trunc(monotonicMs - this.#anchor.monotonicMs); }

  #counts(stepMs) { return !this.paused && stepMs <= this.#stallLimitMs; }

  #becomeIdle() {
    this.#activeMs -= this.#sinceInputMs; // nobody was there
    this.#sinceInputMs = 0;
    this.#causes.add('idle');
  }
}
