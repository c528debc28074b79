// The guard's copy of the open window: as ledger.py counts it, as wire.py writes it, and put aside
// as crash_guard.py does.
//
// Of each millisecond only one of two tells the server: the guard, when the page is hidden or left,
// or the worker, at all other times. The guard decides, as it alone sees both in one order: what
// the worker wants to report comes with a claim, and is granted unless the guard was quicker.
import { arm, beacon, heartbeat, isTaken, store } from './wire.js';

const ASIDE_MS = 400; // how often the window is put where it outlives a crash: what one may cost

export class OpenWindow {
  win = null; // as it was at `win.at`; null while no session is open
  aside = null; // what is put aside of it

  constructor(guard) { this.guard = guard; }

  get hasActiveTime() { return this.win?.elapsed > 0; }

  get counts() { return Boolean(this.win?.running) && this.guard.page.inSight; }

  get trusted() { return this.win.trusted && navigator.onLine; }

  /** How the worker's ledger stands: it knows more, unless it has not heard the latest. */
  follow(news) {
    this.pass();
    const begins = this.win?.run !== news.run;
    const stale = !begins && (news.seen !== this.guard.seq || news.started !== this.win.started);
    const { at, started, ended, elapsed } = stale ? this.win : news;
    this.win = { ...news, at, started, ended, elapsed, heard: this.guard.now() };
    // A session may begin without knowing that nobody looks any more.
    const { hidden, hiddenAt } = this.guard.page;
    if (begins && hidden) this.pass(hiddenAt, news.running && news.seen < 1);
    this.pass();
    this.settle();
  }

  /**
   * Time passes, as in the ledger: whole milliseconds, and none active of too long a step; nor for
   * too long after the worker's last word, for it may be dead.
   */
  pass(now = this.guard.now(), counts = this.counts) {
    const { win } = this;
    const step = win ? Math.floor(now - win.at) : 0;
    if (step <= 0) return;
    const trusted = Math.floor(win.heard + win.stall_ms - win.at);
    if (counts && step <= win.stall_ms) win.elapsed += Math.max(0, Math.min(step, trusted));
    win.ended += step;
    win.at += step;
  }

  // ── put aside for a crash ─────────────────────────────────────────────────────────────────────

  /** Put the window aside, and again while it grows. */
  settle() {
    clearInterval(this.timer);
    this.putAside();
    if (this.counts) {
      this.timer = setInterval(() => { this.pass(); this.putAside(); }, ASIDE_MS);
    }
  }

  putAside() {
    this.takeBack();
    if (!this.hasActiveTime) return;
    const entry = heartbeat(this.win);
    this.aside = this.withBrowser(entry) || this.inJournal(entry);
  }

  withBrowser(entry) {
    const armed = this.trusted && arm(this.win.url, this.win.headers, entry.body);
    return armed ? { entry, ...armed } : null;
  }

  inJournal(entry) {
    const key = this.win.journal + entry.started_at_ms;
    if (!this.win.owned || !store(key, JSON.stringify(entry))) return null;
    const gone = () => localStorage.getItem(key) === null;
    return { entry, gone, drop: () => store(key, null) };
  }

  /** Before anything else reports the same time. What is gone already was reported. */
  takeBack() {
    const { aside, win } = this;
    this.aside = null;
    if (!aside) return;
    if (!aside.gone()) {
      aside.drop();
      return;
    }
    win.started = aside.entry.ended_at_ms;
    win.elapsed -= aside.entry.elapsed_ms;
    this.guard.tell({ tell: 'sent', entry: aside.entry });
  }

  // ── reporting ─────────────────────────────────────────────────────────────────────────────────

  /** Report the window as it is, in this task, and begin the next one there. */
  flush({ leaving = false } = {}) {
    this.takeBack();
    const { win } = this;
    if (!win || win.ended <= win.started) return;
    const entry = heartbeat(win);
    win.started = win.ended;
    win.elapsed = 0;
    const key = win.outbox + entry.started_at_ms;
    const keep = () => store(key, JSON.stringify(entry));
    if (!this.trusted && keep()) {
      this.guard.tell({ tell: 'sent', entry, key });
    } else if (leaving && !Object.keys(win.headers).length) {
      const kept = !beacon(win.url, entry.body);
      if (kept) keep();
      this.guard.tell({ tell: 'sent', entry, ...(kept && { key }) });
    } else {
      const id = `guard/${entry.started_at_ms}`;
      this.guard.tell({ tell: 'sent', entry, id });
      this.guard.send({ id, url: win.url, headers: win.headers, body: entry.body });
    }
  }

  /** Whether the worker may report what it claims. */
  grants(claim) {
    if (!claim || this.win?.run !== claim.run) return true;
    this.pass();
    this.takeBack();
    const granted = claim.started >= this.win.started;
    if (granted) this.beginAfter(claim);
    else this.refuse(claim);
    if (claim.final) this.close();
    else this.settle();
    return granted;
  }

  beginAfter({ ended, elapsed }) {
    const { win } = this;
    win.started = ended;
    win.ended = Math.max(win.ended, ended);
    win.elapsed = Math.min(Math.max(win.elapsed - elapsed, 0), win.ended - ended);
  }

  refuse(claim) {
    this.guard.tell({ tell: 'superseded', claim });
    this.flush(); // what is left of it, so that both go on from the same moment
  }

  /** A heartbeat was answered: who refuses one is not to be trusted with the next. */
  heard(url, answer) {
    if (this.win?.url === url && !isTaken(answer)) this.win.trusted = false;
  }

  close() {
    this.takeBack();
    clearInterval(this.timer);
    this.win = null;
  }
}
