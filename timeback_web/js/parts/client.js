/** A client: one server, one activity at a time; in JavaScript alone until Python is there. */
import { Activity } from './activity.js';
import { Callbacks } from './callbacks.js';
import { TimebackError } from './errors.js';
import { checkClient, checkStart } from './options.js';
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
  #closed = false;
  #hasCounted = false;
  #ends = new Map();
  #runsToSeeThrough = new Set();
  #completions = new Set();
  #callbacks;
  #stopWaiting;

  constructor(options) {
    this.#config = checkClient(options);
    this.onError = this.#config.onError;
    this.#callbacks = new Callbacks('', { onError: this.onError });
    this.server = new Server(this.#config);
    this.#stopWaiting = whenPythonIsThere((python) => this.#attach(python));
  }

  /** The activity that is open, if one is. */
  get current() { return this.#current; }

  start(given) {
    if (this.#closed) {
      throw new TimebackError({ code: 'USAGE', message: 'this client is closed: make a new one' });
    }
    const options = checkStart(given, this.#config.defaultCourse);
    if (this.#current) {
      const { id, runId } = this.#current.ref;
      const message = `activity "${id}" (run ${runId}) is still open: call its end() first`;
      throw new TimebackError({ code: 'ACTIVITY_IN_PROGRESS', message });
    }
    return (this.#current = new Activity(this, options));
  }

  forget(activity) { if (this.#current === activity) this.#current = null; }

  /** What was seen of the page before is counted for the first session only, or never. */
  countsFromNavigation({ time = true }) {
    const first = !this.#hasCounted;
    if (time !== false) this.#hasCounted = true;
    return first && time.since === 'navigation';
  }

  /** Ends what is open; nothing can be started any more. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#current?.end();
    this.#stopWaiting();
    this.python?.closeClient(this.key);
  }

  // ── before Python is there ───────────────────────────────────────────────────────────────

  /** The moment, unless the clock was set back behind the run's last end: windows never overlap. */
  notBefore(runId, at) {
    return { ...at, wallMs: Math.max(at.wallMs, this.#ends.get(runId) ?? 0) };
  }

  runEnded(runId, wallMs) { this.#ends.set(runId, wallMs); }

  /** Something of that run waits in storage: Python sends it. */
  seeThrough(runId) {
    if (this.python) this.python.seeThrough(this.key, runId);
    else this.#runsToSeeThrough.add(runId);
  }

  /** Python sends a completion, with all its care; if the page is left before, we do. */
  completeLater(activity, ending, onDone) {
    const completion = { activity, ending, onDone };
    completion.leave = () => {
      this.#completions.delete(completion);
      this.server.submitLeaving(activity.ref, ending);
    };
    this.#completions.add(completion);
    addEventListener('pagehide', completion.leave, { once: true });
  }

  #attach(python) {
    try {
      this.#open(python);
    } catch (error) {
      this.#callbacks.error(error, { operation: 'start' }); // we go on alone
      return;
    }
    this.#current?.handOver();
    for (const runId of this.#runsToSeeThrough) this.seeThrough(runId);
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
