/**
 * One activity, from `start()` to `end()`: a handle that components hold, and behind it whoever
 * keeps the time, which is first this side (`before-python.js`), and Python as soon as it is there.
 */
import { Callbacks } from './callbacks.js';
import { EarlySession, beginning } from './before-python.js';
import { TimebackError } from './errors.js';
import { checkMetrics } from './options.js';
import { now } from './page.js';
import { claimPast } from './page-record.js';
import { heed } from './python.js';
import { uuid } from './uuid.js';

const END_LIMIT_MS = 10_000; // how long an awaited `end()` waits for the server at most

export class Activity {
  #client;
  #options;
  #ref;
  #callbacks;
  #keeper;
  #ending = null;
  #flushed = false;
  /** What `activity.start()` returns. Frozen: Vue would wrap it in proxies otherwise. */
  handle;

  /**
   * @param {object} client who keeps `server`, and the moments at which runs have ended here
   * @param {object} options checked ones
   */
  constructor(client, options) {
    const { onError = client.onError, onPause, onResume, onFlush, ...others } = options;
    const called = now();
    this.#client = client;
    this.#options = { ...others, runId: options.runId ?? uuid() };
    const { id, name, course, runId, process } = this.#options;
    this.#ref = { id, name, course, runId, process };
    this.#callbacks = new Callbacks(runId, { onError, onPause, onResume, onFlush });
    const { time = true } = options;
    const giveBack = time === false ? null : claimPast();
    const began = client.notBefore(this.#options.runId, called);
    try {
      const past = beginning(began, giveBack !== null && time.since === 'navigation');
      this.#keeper = client.python
        ? new InPython(client, this.#options, past, this.#callbacks)
        : new Here(this, client, time, past, this.#callbacks);
    } catch (error) {
      giveBack?.();
      throw error;
    }
    this.handle = handleOf(this);
  }

  /** The app has the handle: what there was to tell, and all else from now on. */
  tell() { this.#callbacks.letGo(); }

  get ref() { return this.#ref; }
  get ended() { return this.#ending !== null; }
  get paused() { return this.ended || this.#flushed || this.#keeper.paused; }
  get elapsedMs() { return this.#keeper.elapsedMs; }
  get pausedMs() { return this.#keeper.pausedMs; }

  pause() { if (!this.#flushed) this.#keeper.pause(); }
  resume() { if (!this.#flushed) this.#keeper.resume(); }

  /**
   * Acts at once, and only once; the Promise is for who wants to wait. It rejects when nobody can
   * say whether the completion was recorded, or when it was refused for good: then the activity has
   * not ended, and may be ended again.
   */
  end(given) {
    if (this.#ending) return this.#ending;
    let metrics = null;
    try {
      metrics = given === null || given === undefined ? null : checkMetrics(given);
    } catch (error) {
      return Promise.reject(error); // the activity goes on
    }
    let settle;
    const ending = new Promise((resolve, reject) => {
      settle = (problem) => (problem ? reject(new TimebackError(problem)) : resolve());
    });
    ending.catch(() => {}); // who does not wait hears of it by onError
    this.#ending = ending;
    this.#flushed = true;
    // First of all, so that a callback of what follows may start the next activity.
    this.#client.forget(this);
    const onDone = (problem) => {
      if (!problem) this.#keeper = this.#keeper.close();
      else if (this.#ending === ending) this.#reopen();
      settle(problem && JSON.parse(problem));
    };
    try {
      this.#keeper.end(metrics, onDone);
    } catch (error) {
      this.#callbacks.error(error, { operation: metrics ? 'submit' : 'heartbeat' });
      settle();
    }
    if (!metrics) this.#keeper = this.#keeper.close();
    return ending;
  }

  #reopen() {
    this.#ending = null;
    this.#client.reopen(this);
  }

  /** Python is there: from here on it keeps the time. */
  handOver() {
    if (!(this.#keeper instanceof Here)) return;
    this.#callbacks.hold(); // until it is clear who keeps the time
    const past = this.#keeper.handOver();
    try {
      this.#keeper = new InPython(this.#client, this.#options, past, this.#callbacks);
    } catch (error) {
      this.#callbacks.error(error, { operation: 'start' });
      this.end();
    } finally {
      this.#callbacks.letGo();
    }
  }

  /** Python is there: it sends the completion of an activity that has ended. */
  complete(ending, onDone) {
    const { python, key } = this.#client;
    const { time, ...options } = this.#options;
    const tell = (what, details) => this.#callbacks.told(what, details);
    try {
      heed(python.complete(key, JSON.stringify(options), JSON.stringify(ending), tell, onDone));
    } catch (error) {
      this.#callbacks.error(error, { operation: 'submit' });
      onDone();
    }
  }
}

/** Time is kept here: Python is on its way. */
class Here {
  #activity;
  #client;
  #session = null;
  #callbacks;
  #past;
  #ended = false;

  constructor(activity, client, time, past, callbacks) {
    this.#activity = activity;
    this.#client = client;
    this.#callbacks = callbacks;
    this.#past = past;
    if (time === false) return;
    this.#session = new EarlySession({
      past,
      time: time === true ? {} : time,
      report: (window, leaving) => this.#report(window, leaving),
      onTurn: (paused) => (paused ? callbacks.pause() : callbacks.resume()),
    });
  }

  get paused() { return this.#session?.paused ?? false; }
  get elapsedMs() { return this.#session?.elapsedMs ?? 0; }
  get pausedMs() { return this.#session?.pausedMs ?? 0; }

  pause() { this.#session?.hold('app'); }
  resume() { this.#session?.release('app'); }
  handOver() { return this.#session?.handOver() ?? this.#past; }

  end(metrics, onDone) {
    const window = this.#ended ? null : this.#session?.end();
    this.#ended = true;
    const sent = window ? this.#report(window, false) : Promise.resolve();
    const endedAtMs = window?.endedAtMs ?? now().wallMs;
    this.#client.runEnded(this.#activity.ref.runId, endedAtMs);
    const timer = setTimeout(onDone, END_LIMIT_MS);
    const done = (problem) => { clearTimeout(timer); onDone(problem); };
    if (metrics) this.#client.completeLater(this.#activity, { metrics, endedAtMs }, done);
    else sent.then(() => done());
  }

  close() { return new Ended(this); }

  #report(window, leaving) {
    const report = this.#send(window, leaving);
    this.#client.awaitReport(report);
    return report;
  }

  async #send(window, leaving) {
    const { ref } = this.#activity;
    const { elapsedMs } = window;
    const { delivered, error, kept } = await this.#client.server.heartbeat(ref, window, leaving);
    if (delivered) {
      this.#callbacks.flush(elapsedMs);
    } else {
      this.#callbacks.error(error, { operation: 'heartbeat', elapsedMs, willRetry: kept });
      if (kept) this.#client.seeThrough(ref.runId);
    }
  }
}

/** Time is kept by Python. */
class InPython {
  #python;
  #key = uuid();

  constructor({ python, key }, options, past, callbacks) {
    this.#python = python;
    const tell = (what, details) => callbacks.told(what, details);
    heed(python.start(key, this.#key, JSON.stringify(options), JSON.stringify(past), tell));
  }

  get paused() { return this.#python.isPaused(this.#key); }
  get elapsedMs() { return this.#python.elapsedMs(this.#key); }
  get pausedMs() { return this.#python.pausedMs(this.#key); }

  pause() { heed(this.#python.pause(this.#key)); }
  resume() { heed(this.#python.resume(this.#key)); }

  end(metrics, onDone) {
    heed(this.#python.end(this.#key, metrics ? JSON.stringify(metrics) : '', onDone));
  }

  close() {
    const ended = new Ended(this);
    this.#python.forget(this.#key);
    return ended;
  }
}

/** It is over: nobody keeps any time. */
class Ended {
  paused = true;

  constructor({ elapsedMs, pausedMs }) { Object.assign(this, { elapsedMs, pausedMs }); }

  close() { return this; }
}

function handleOf(activity) {
  const { id, name, runId } = activity.ref;
  return Object.freeze({
    id,
    name,
    runId,
    get elapsedMs() { return activity.elapsedMs; },
    get pausedMs() { return activity.pausedMs; },
    get paused() { return activity.paused; },
    get ended() { return activity.ended; },
    pause: () => activity.pause(),
    resume: () => activity.resume(),
    end: (metrics) => activity.end(metrics),
  });
}
