/**
 * The server, for as long as Python is not there: the windows and completions that can't wait for
 * it, and who is signed in. Bodies are those of `timeback_web/delivery/wire.py`; what is not taken waits in
 * the outbox of `timeback_web/delivery/outbox.py`, from where Python sends it.
 */
import { isTaken, isWordOfServer, refusal, TimebackError, unreachable } from './errors.js';
import { mayBe, signsIn } from './page-record.js';

const JSON_TYPE = 'application/json';
const REFUSED_FOR_GOOD = [400, 413, 422];

export class Server {
  #baseURL;
  #headers;
  #learner;

  /** @param {{baseURL?: string, headers?: object | (() => object), learner?: string}} config */
  constructor({ baseURL = '/api/timeback', headers, learner = '' }) {
    this.#baseURL = baseURL.replace(/\/+$/, '');
    this.#headers = headers;
    this.#learner = learner;
  }

  url(path) { return this.#baseURL + path; }

  /** Whoever starts something is who is signed in. */
  signIn() {
    if (this.#learner) signsIn(this.#baseURL, this.#learner);
  }

  /** Whether what is sent would count for our learner, and not for one who came later. */
  get isOfWhoIsSignedIn() { return mayBe(this.#baseURL, this.#learner); }

  /** GET a JSON answer. Rejects with `UNREACHABLE` or `REFUSED`. */
  async get(path) {
    const response = await this.#fetch(path).catch((error) => {
      throw unreachable(error.message);
    });
    if (!isTaken(response)) throw await refusal(response);
    return response.json();
  }

  /**
   * Report a window, in this very task.
   *
   * @param {object} ref `{id, name, course, runId}`
   * @param {import('./ledger.js').Window} window
   * @param {boolean} leaving whether nobody will be here to see the answer
   * @returns {Promise<Outcome>} what came of it; settles once the page need not wait any more
   *
   * @typedef {{delivered: boolean, error?: Error, kept: boolean}} Outcome `kept`: waits in storage
   */
  async heartbeat(ref, window, leaving) {
    const body = heartbeatBody(ref, window);
    const keep = (error) => (this.#keep(ref.runId, window, body)
      ? { delivered: false, error, kept: true }
      : { delivered: false, error: lost(error), kept: false });
    // An offline browser takes a beacon, and loses it.
    if (!navigator.onLine) return keep(unreachable('the browser is offline'));
    if (!this.isOfWhoIsSignedIn) return keep(unreachable('somebody else is signed in by now'));
    if (leaving && !this.#headers) {
      return this.#beacon('/activity/heartbeat', body)
        ? { delivered: true, kept: false }
        : keep(unreachable('the browser did not take the beacon'));
    }
    let response;
    try {
      response = await this.#fetch('/activity/heartbeat', body);
    } catch (error) {
      return keep(unreachable(error.message));
    }
    if (isTaken(response)) return { delivered: true, kept: false };
    const error = await refusal(response);
    const forGood = REFUSED_FOR_GOOD.includes(response.status) && isWordOfServer(response);
    return forGood ? { delivered: false, error, kept: false } : keep(error);
  }

  /** Hand over a completion while the page is left: nobody will be here to see the answer. */
  submitLeaving(ref, ending) {
    // An offline browser takes a beacon, and loses it.
    const lost = !navigator.onLine || !this.isOfWhoIsSignedIn;
    if (lost && this.keepCompletion(ref, ending)) return;
    const body = submitBody(ref, ending);
    if (!this.#headers) this.#beacon('/activity/submit', body);
    else this.#fetch('/activity/submit', body).catch(() => {});
  }

  /** Let a completion wait in storage, from where Python sends it (`delivery/completions.py`). */
  keepCompletion(ref, ending) {
    const { endedAtMs } = ending;
    const window = { startedAtMs: endedAtMs, endedAtMs, elapsedMs: 0 };
    return this.#keep(ref.runId, window, submitBody(ref, ending), 'completions');
  }

  #beacon(path, body) {
    return navigator.sendBeacon(this.url(path), new Blob([body], { type: JSON_TYPE }));
  }

  async #fetch(path, body) {
    const headers = { Accept: JSON_TYPE, ...this.headersNow() };
    // A signed-out request that is redirected to a login page would end in a cheerful 200.
    const options = { credentials: 'same-origin', cache: 'no-store', redirect: 'manual', headers };
    if (body !== undefined) {
      headers['Content-Type'] ??= JSON_TYPE;
      Object.assign(options, { method: 'POST', keepalive: true, body });
    }
    return fetch(this.url(path), options);
  }

  /** The app's headers of this moment. */
  headersNow() {
    return typeof this.#headers === 'function' ? this.#headers() : this.#headers;
  }

  #keep(runId, window, body, shelf = 'outbox') {
    const { startedAtMs, endedAtMs, elapsedMs } = window;
    const key = `timeback_web/${shelf}/1/${segment(this.#baseURL)}/${segment(runId)}/${startedAtMs}`;
    const entry = {
      run_id: runId,
      started_at_ms: startedAtMs,
      ended_at_ms: endedAtMs,
      elapsed_ms: elapsedMs,
      body,
      learner: this.#learner,
    };
    try {
      localStorage.setItem(key, JSON.stringify(entry));
      return true;
    } catch {
      return false; // full, or blocked
    }
  }
}

const lost = ({ message }) =>
  new TimebackError({ code: 'LOST_WINDOW', message: `${message}, and storage did not take it` });

const iso = (wallMs) => new Date(wallMs).toISOString();

function heartbeatBody({ id, name, course, runId }, window) {
  return JSON.stringify({
    id,
    name,
    course,
    runId,
    startedAt: iso(window.startedAtMs),
    endedAt: iso(window.endedAtMs),
    elapsedMs: window.elapsedMs,
    pausedMs: window.pausedMs,
  });
}

function submitBody({ id, name, course, runId, process }, { metrics, endedAtMs }) {
  const { pctComplete, ...others } = metrics;
  return JSON.stringify({
    id, name, course, runId, endedAt: iso(endedAtMs), metrics: others, pctComplete, process,
  });
}

/** As one segment of a key, as `outbox.py` has it: Python must find the key again. */
function segment(text) {
  return text.replaceAll('%', '%25').replaceAll('/', '%2F');
}
