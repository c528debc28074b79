/** A client: one server, one activity at a time; in JavaScript alone until Python is there. */
import { Activity } from './activity.js';
import { Callbacks } from './callbacks.js';
import { TimebackError } from './errors.js';
import { checkClient, checkStart } from './options.js';
import { lastEndMs, runEnded } from './page-record.js';
import { heed, whenPythonIsThere } from './python.js';
import { Server } from './server.js';
import { uuid } from './uuid.js';

export class Client {
  key = uuid();
  /** Python, once it is there. */
  python = null;
  server;
  onError;
  #config;
  #current = null;
  #reopened = false;
  #closed = false;
  #runsToSeeThrough = new Set();
  #completions = new Set();
  #reports = new Set();
  #asked = new Set();
  #callbacks;
  #stopWaiting;

  constructor(options) {
    this.#config = checkClient(options);
    this.onError = this.#config.onError;
    this.#callbacks = new Callbacks('', { onError: this.onError });
    this.#callbacks.letGo();
    this.server = new Server(this.#config);
    this.#stopWaiting = whenPythonIsThere((python) => this.#attach(python));
  }

  /** The activity that is open, if one is. */
  get current() { return this.#current; }

  start(given) {
    if (this.#closed) throw closed();
    const options = checkStart(given, this.#config.defaultCourse);
    if (this.#reopened) this.#current.end(); // its time is flushed, and what went wrong is told
    if (this.#current) {
      const { id, runId } = this.#current.ref;
      const message = `activity "${id}" (run ${runId}) is still open: call its end() first`;
      throw new TimebackError({ code: 'ACTIVITY_IN_PROGRESS', message });
    }
    this.server.signIn();
    const activity = new Activity(this, options);
    this.#current = activity;
    activity.tell(); // whose callbacks may end it, or close us
    return activity;
  }

  forget(activity) {
    if (this.#current !== activity) return;
    this.#current = null;
    this.#reopened = false;
  }

  /** Its completion was not recorded, as far as is known: it may be ended again. */
  reopen(activity) {
    if (this.#current || this.#closed) return;
    this.#current = activity;
    this.#reopened = true;
  }

  /** Python sends what waits for our learner, and of these runs. @returns {Promise<number>} */
  sendWaiting(runs = []) {
    if (this.#closed) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      const onDone = (left) => resolve(JSON.parse(left));
      const send = () => {
        try {
          heed(this.python.sendWaiting(this.key, JSON.stringify(runs), onDone));
        } catch (error) {
          reject(error);
        }
      };
      if (this.python) send();
      else this.#asked.add(send);
    });
  }

  get closed() { return this.#closed; }

  /**
   * Ends what is open; nothing can be started any more. What Python is to see to is still handed
   * over when it comes.
   */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#current?.end();
    if (this.python) this.python.closeClient(this.key);
    else if (!this.#hasMore) this.#stopWaiting();
  }

  // ── before Python is there ───────────────────────────────────────────────────────────────

  /** The moment, unless the clock was set back behind the run's last end: windows never overlap. */
  notBefore(runId, at) {
    return { ...at, wallMs: Math.max(at.wallMs, lastEndMs(this.server.url(`/${runId}`))) };
  }

  runEnded(runId, wallMs) { runEnded(this.server.url(`/${runId}`), wallMs); }

  /** A window is on its way, and may come to wait in storage. */
  awaitReport(report) {
    this.#reports.add(report);
    report.finally(() => {
      this.#reports.delete(report);
      if (this.#closed && !this.python && !this.#hasMore) this.#stopWaiting();
    });
  }

  /** Something of that run waits in storage: Python sends it. */
  seeThrough(runId) {
    if (this.python && !this.#closed) this.python.seeThrough(this.key, runId);
    else this.#runsToSeeThrough.add(runId);
  }

  /** Python sends a completion, with all its care; if the page is left before, we do. */
  completeLater(activity, ending, onDone) {
    if (this.python) {
      activity.complete(ending, onDone);
      return;
    }
    const completion = { activity, ending, onDone };
    completion.leave = () => {
      this.#completions.delete(completion);
      this.server.submitLeaving(activity.ref, ending);
    };
    this.#completions.add(completion);
    addEventListener('pagehide', completion.leave, { once: true });
  }

  get #hasMore() {
    return [this.#completions, this.#runsToSeeThrough, this.#reports, this.#asked]
      .some(({ size }) => size > 0);
  }

  async #attach(python) {
    if (!this.server.isOfWhoIsSignedIn) this.#keepCompletions();
    if (this.#closed && !(this.#hasMore && this.server.isOfWhoIsSignedIn)) return;
    try {
      this.#open(python);
    } catch (error) {
      this.#callbacks.error(error, { operation: 'start' }); // we go on alone
      return;
    }
    this.#current?.handOver();
    this.#handOverRuns(python);
    this.#handOverCompletions();
    for (const send of this.#asked) send();
    this.#asked.clear();
    if (!this.#closed) return;
    await Promise.allSettled(this.#reports);
    this.#handOverRuns(python);
    python.closeClient(this.key);
  }

  #handOverRuns(python) {
    for (const runId of this.#runsToSeeThrough) python.seeThrough(this.key, runId);
    this.#runsToSeeThrough.clear();
  }

  /** Somebody else is signed in: they wait for their learner. */
  #keepCompletions() {
    for (const { activity, ending, leave } of this.#completions) {
      if (!this.server.keepCompletion(activity.ref, ending)) continue;
      removeEventListener('pagehide', leave);
    }
    this.#completions.clear();
  }

  #handOverCompletions() {
    for (const { activity, ending, onDone, leave } of this.#completions) {
      removeEventListener('pagehide', leave);
      activity.complete(ending, onDone);
    }
    this.#completions.clear();
  }

  #open(python) {
    const { baseURL = '/api/timeback', learner } = this.#config;
    const headers = this.#config.headers && (() => JSON.stringify(this.server.headersNow()));
    const tell = (what, details) => this.#callbacks.told(what, details);
    heed(python.openClient(this.key, JSON.stringify({ baseURL, learner }), headers, tell));
    this.python = python;
  }
}

const closed = () =>
  new TimebackError({ code: 'USAGE', message: 'this client is closed: make a new one' });
