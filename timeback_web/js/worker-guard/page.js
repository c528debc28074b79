// What the page goes through, as browser/lifecycle.py has it: first the open window hears of it,
// then the worker.
const REST_MS = 250; // between inputs that are told: a moving pointer fires a thousand a second
const INPUTS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'scroll', 'touchmove'];

const isHidden = () => document.visibilityState === 'hidden';

export class Page {
  hidden = isHidden();
  away = false;

  constructor(guard) { this.guard = guard; }

  get inSight() { return !this.hidden && !this.away; }

  /** How the page is, and was since it began; why it begins there: browser/lifecycle.py. */
  past() {
    const { shift } = this.guard;
    const change = ({ name, startTime }) => [startTime - shift, name === 'hidden'];
    const seen = performance.getEntriesByType('visibility-state').map(change);
    const { domLoading, navigationStart } = performance.timing;
    const born = domLoading - navigationStart + 1 - shift;
    [this.hiddenAt] = seen.at(-1) ?? [born];
    const now = { hidden: this.hidden, hidden_at: this.hiddenAt, focused: document.hasFocus() };
    return { ...now, born, seen };
  }

  listen() {
    const on = (target, name, hear) => {
      target.addEventListener(name, (event) => this.guard.atOnce(() => hear(event)));
    };
    on(document, 'visibilitychange', () => this.look());
    on(window, 'pagehide', () => this.leave());
    on(document, 'freeze', () => this.leave());
    on(window, 'pageshow', ({ persisted }) => { if (persisted) this.come(); });
    on(document, 'resume', () => this.come());
    for (const name of ['focus', 'blur', 'online', 'offline']) {
      on(window, name, () => this.tell(name));
    }
    // A page that stays the opener of another one is hidden without an event (Chromium 156).
    if (PerformanceObserver.supportedEntryTypes.includes('visibility-state')) {
      const looker = new PerformanceObserver(() => this.guard.atOnce(() => this.look()));
      looker.observe({ type: 'visibility-state' });
    }
  }

  tell(event, more) { this.guard.tell({ tell: 'event', event, ...more }); }

  look() {
    const { open } = this.guard;
    if (this.hidden === isHidden()) return;
    open.pass();
    this.hidden = isHidden();
    this.hiddenAt = this.guard.now();
    if (this.hidden && open.hasActiveTime) open.flush();
    this.tell(this.hidden ? 'hidden' : 'visible');
    open.settle();
  }

  leave() {
    const { open } = this.guard;
    if (this.away) return; // a page in the back/forward cache is frozen as well
    open.pass();
    this.away = true;
    open.flush({ leaving: true });
    this.tell('leaving');
    open.settle();
  }

  come() {
    const { open } = this.guard;
    open.pass();
    this.away = false;
    this.hidden = isHidden();
    this.tell('returned', { hidden: this.hidden });
    open.settle();
  }
}

/** Be told that the learner does something, a few times a second at most. */
export function listenForInput(hear) {
  let rests = false;
  const heard = () => {
    if (rests) return;
    rests = true;
    setTimeout(() => { rests = false; }, REST_MS);
    hear();
  };
  const options = { capture: true, passive: true };
  for (const name of INPUTS) document.addEventListener(name, heard, options);
}
