/** The app's callbacks. Whatever they do, tracking goes on. */
import { TimebackError } from './errors.js';

export class Callbacks {
  #runId;
  #own;
  /** What there is to tell, while nobody may be told. */
  #held = [];

  /** @param {string} runId @param {object} own `onError`, `onPause`, `onResume`, `onFlush` */
  constructor(runId, own) {
    this.#runId = runId;
    this.#own = own;
  }

  /** Tell nothing until `letGo`: a callback would find half a session. */
  hold() { this.#held ??= []; }

  letGo() {
    while (this.#held?.length) this.#held.shift()();
    this.#held = null;
  }

  pause() { this.#tell(this.#own.onPause); }
  resume() { this.#tell(this.#own.onResume); }
  flush(elapsedMs) { this.#tell(this.#own.onFlush, elapsedMs); }

  /** Trouble; without an `onError` it is logged. */
  error(error, context) {
    const { onError = logged } = this.#own;
    const told = { runId: this.#runId, elapsedMs: 0, willRetry: false, ...context };
    this.#call(onError, [error, told], (failure) => console.error('onError itself failed', failure));
  }

  /** As Python tells it: what, and the details as JSON. */
  told(what, details) {
    if (what === 'error') {
      const { error, context } = JSON.parse(details);
      this.error(new TimebackError(error), context);
    } else if (what === 'flush') this.flush(JSON.parse(details));
    else this[what]();
  }

  #tell(callback, ...given) {
    if (!callback) return;
    this.#call(callback, given, (failure) => {
      const message = `a callback of the app failed: ${failure}`;
      const error = new TimebackError({ code: 'FAILED', message, cause: failure });
      this.error(error, { operation: 'callback' });
    });
  }

  #call(callback, given, onFailure) {
    if (this.#held) this.#held.push(() => call(callback, given, onFailure));
    else call(callback, given, onFailure);
  }
}

function call(callback, given, onFailure) {
  try {
    // An async callback fails later.
    Promise.resolve(callback(...given)).catch(onFailure);
  } catch (failure) {
    onFailure(failure);
  }
}

function logged(error, context) {
  console.warn(`timeback: ${error.message}`, context);
}
