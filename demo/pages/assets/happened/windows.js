// The windows of a run: what this page reported, and what the server has received.

/** @typedef {{via: string, outcome: string, status: number | null}} Step what became of a window */

export class Windows {
  #rows = new Map();

  /** The open window as it is put aside for a crash, null when nothing is; undefined before that. */
  armed;

  /** Something has happened to a window (timeback_web.reports.Report). */
  tell({ run_id: run, started_at_ms: startedAt, ended_at_ms: endedAt, elapsed_ms: activeMs, ...step }) {
    if (step.outcome === 'armed') {
      this.armed = { startedAt, endedAt, activeMs, via: step.via };
      return;
    }
    if (this.armed && startedAt >= this.armed.startedAt) this.armed = null;
    const row = this.#row(run, startedAt);
    Object.assign(row, { endedAt, activeMs, pausedMs: endedAt - startedAt - activeMs });
    row.steps.push(step);
  }

  /** What the server has of a run (`GET /api/journal?run_id=`). */
  received({ runId: run, sessions }) {
    for (const window of sessions.flatMap((session) => session.windows)) {
      const [startedAt, endedAt] = [window.startedAt, window.endedAt].map((stamp) => Date.parse(stamp));
      const row = this.#row(run, startedAt);
      if (!row.steps.length) {
        Object.assign(row, { endedAt, activeMs: window.activeMs, pausedMs: window.inactiveMs });
      }
      row.received = true;
    }
  }

  /** The windows of a run, the newest first. */
  of(run) {
    const rows = [...this.#rows.values()].filter((row) => row.run === run);
    return rows.sort((one, other) => other.startedAt - one.startedAt);
  }

  #row(run, startedAt) {
    const key = `${run}/${startedAt}`;
    if (!this.#rows.has(key)) this.#rows.set(key, { run, startedAt, steps: [], received: false });
    return this.#rows.get(key);
  }
}

const WAYS = { fetch: 'fetch', beacon: 'beacon', guard: 'guard of the worker', fetchLater: 'fetchLater' };

/** How a window travelled: `fetch`, `refused (503)`, `outbox`, `sent from there (try 2)`, … */
export function way({ steps }) {
  if (!steps.length) return ['an earlier page, or another tab'];
  const words = [];
  let tries = 0; // from the outbox: there may be many, and one word will do for all
  for (const step of steps) {
    if (step.via === 'outbox' && step.outcome === 'sending') tries += 1;
    else if (step.via !== 'outbox' || step.outcome !== 'kept' || !tries) words.push(...wordsFor(step, tries));
  }
  if (steps.at(-1).outcome === 'kept' && tries) words.push(`not sent in ${tries === 1 ? 'one try' : `${tries} tries`}`);
  return words;
}

function wordsFor({ via, outcome, status }, tries) {
  const late = via === 'outbox' && outcome !== 'kept' ? [`sent from there (try ${tries})`] : [];
  switch (outcome) {
    case 'sending': return [WAYS[via]];
    case 'delivered': return [...late, `delivered (${status})`];
    case 'kept': return via === 'outbox' ? ['outbox'] : [status ? `refused (${status})` : 'no answer', 'outbox'];
    case 'lost': return [...late, `refused for good (${status})`];
    default: return via === 'fetchLater' ? [WAYS[via], 'with the browser'] : [...late, 'with the browser'];
  }
}

/** What has become of it, in one word, for the eye. */
export function outcome({ steps, received }) {
  const last = steps.at(-1)?.outcome;
  if (received || last === 'delivered') return 'good';
  return last === 'lost' ? 'bad' : 'wait';
}
