/**
 * The way to Python: `timeback_web.frontends` puts itself at `globalThis.timebackWeb` and fires an
 * event of that name. Whoever is first, this module or Python, need not wait for the other; and
 * several copies of this module (two bundles on one page) find the same Python.
 */
import { TimebackError } from './errors.js';

const NAME = 'timebackWeb';

/** Call back with Python, now or when it comes. @returns {() => void} what calls that off */
export function whenPythonIsThere(callback) {
  const python = globalThis[NAME];
  if (python) {
    callback(python);
    return () => {};
  }
  const there = () => callback(globalThis[NAME]);
  globalThis.addEventListener(NAME, there, { once: true });
  return () => globalThis.removeEventListener(NAME, there);
}

/** What Python answers: nothing, or what is wrong. @throws {TimebackError} */
export function heed(answer) {
  if (answer) throw new TimebackError(JSON.parse(answer));
}
