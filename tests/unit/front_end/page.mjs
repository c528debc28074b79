// A page for the front end's modules in Node.js: clocks that are moved by hand, a server, and a
// Python that writes down what it is told.
let monotonicMs = 1_000;
let onFetch = async () => new Response(null, { status: 204 });

/** Its window, which forgets who listened when the page is loaded anew. */
class Window extends EventTarget {
  #listening = [];

  addEventListener(...given) {
    this.#listening.push(given);
    super.addEventListener(...given);
  }

  forget() {
    for (const [name, listener] of this.#listening) this.removeEventListener(name, listener);
  }
}

export const page = new Window();
export const sent = [];
export const storage = new Map();

export function advance(ms) { monotonicMs += ms; }

/** Let the server answer like this from now on. */
export function answer(status) {
  onFetch = async () => new Response(status === 204 ? null : '{}', { status });
}

/** Whatever Promises have to do. */
export const settle = () => new Promise((resolve) => { setImmediate(resolve); });

/** A page that was just loaded. */
export function reload() {
  globalThis.timebackWebPage?.clear();
  delete globalThis.timebackWeb;
  page.forget();
  sent.length = 0;
  storage.clear();
  answer(204);
  document.visibilityState = 'visible';
}

/** Python comes. `does` replaces some of its methods. @returns {object[]} what it is told */
export function attachPython(does = {}) {
  const told = [];
  const method = (name) => (...given) => {
    told.push([name, ...given]);
    return does[name]?.(...given) ?? '';
  };
  globalThis.timebackWeb = new Proxy({}, { get: (_, name) => method(name) });
  page.dispatchEvent(new Event('timebackWeb'));
  return told;
}

export const names = (told) => told.map(([name]) => name);

globalThis.window = page;
for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) {
  globalThis[name] = page[name].bind(page);
}
globalThis.document = new EventTarget();
const { setTimeout } = globalThis;
globalThis.setTimeout = (...given) => setTimeout(...given).unref(); // the tests wait for none
globalThis.setInterval = () => 1;
globalThis.clearInterval = () => {};
globalThis.PerformanceObserver = class { static supportedEntryTypes = []; };
Date.now = () => 1_700_000_000_000 + monotonicMs;
const define = (name, value) => Object.defineProperty(globalThis, name, { value });
define('performance', {
  now: () => monotonicMs,
  timing: { domLoading: 99, navigationStart: 0 },
  getEntriesByType: () => [{ startTime: 0, name: 'visible' }],
});
define('navigator', {
  onLine: true,
  sendBeacon: (url, body) => { sent.push({ way: 'beacon', url, body }); return true; },
});
globalThis.fetch = async (url, { body }) => {
  sent.push({ way: 'fetch', url, body });
  return onFetch();
};
globalThis.localStorage = { setItem: (key, value) => storage.set(key, value) };
