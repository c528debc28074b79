// A page by hand: its clocks, timers, visibility, storage and network move as a test says, and
// nothing moves otherwise. Whoever imports this has it in the place of the browser.
import { setMaxListeners } from 'node:events';

setMaxListeners(0); // every listener of a page hangs on one signal, which ends them all

/** What was begun has come to rest; by the clock of Node, not of the page. */
export const settled = () => new Promise((done) => { setImmediate(done); });

export const timers = new Map();
export const clock = { monotonicMs: 1_000, wallMs: 1_763_978_400_000 };
let lastTimer = 0;
export const listened = new Set();

/** A place for listeners that knows how many it has. */
class Place extends EventTarget {
  addEventListener(name, listener, options) {
    super.addEventListener(name, listener, options);
    const entry = { place: this, name, listener };
    listened.add(entry);
    options?.signal?.addEventListener('abort', () => listened.delete(entry));
    if (options?.once) super.addEventListener(name, () => listened.delete(entry), { once: true });
  }

  removeEventListener(name, listener) {
    super.removeEventListener(name, listener);
    for (const one of listened) {
      if (one.place === this && one.name === name && one.listener === listener) listened.delete(one);
    }
  }
}

const define = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true });
const page = new Place();
page.listed = [];
const timing = { domLoading: 1_000, navigationStart: 0 };
define('performance', {
  now: () => clock.monotonicMs, timing, timeOrigin: 0, getEntriesByType: () => page.listed,
});
Date.now = () => clock.wallMs;
define('setTimeout', (call, delay = 0) => plan(call, delay, 0));
define('setInterval', (call, every) => plan(call, every, every));
define('clearTimeout', (number) => timers.delete(number));
define('clearInterval', (number) => timers.delete(number));
define('document', new Place());
document.visibilityState = 'visible';
document.hasFocus = () => document.visibilityState === 'visible';
document.querySelectorAll = () => [];
define('window', globalThis);
define('PerformanceObserver', class { static supportedEntryTypes = []; });
for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) {
  define(name, page[name].bind(page));
}

Promise.withResolvers ??= function withResolvers() { // Node.js has it from 22 on
  const made = {};
  made.promise = new this((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
};

export const net = { online: true, status: 204, sent: [], full: false };
/** What is stored lies on the store itself, as in a browser. */
class Store {
  setItem(key, value) {
    if (net.full) throw new Error('the quota has been exceeded');
    this[key] = value;
  }

  getItem(key) { return this[key] ?? null; }
  removeItem(key) { delete this[key]; }
}
define('localStorage', new Store());
define('navigator', {
  get onLine() { return net.online; },
  sendBeacon(url, blob) {
    net.sent.push({ url, way: 'beacon', body: blob.text(), taken: net.online && net.status < 300 });
    return true;
  },
});
define('fetch', async (url, { body }) => {
  net.sent.push({ url, way: 'fetch', body, taken: net.online && net.status < 300 });
  if (!net.online) throw new TypeError('Failed to fetch');
  const { status } = net;
  return new Response(status === 204 ? null : '{}', { status });
});

function plan(call, delay, every) {
  lastTimer += 1;
  timers.set(lastTimer, { call, due: clock.monotonicMs + delay, every });
  return lastTimer;
}

function move(ms) {
  clock.monotonicMs += ms;
  clock.wallMs += ms;
}

/** Let time pass; what falls due on the way is called at its own time, or late by a standstill. */
async function advance(ms) {
  const end = clock.monotonicMs + ms;
  for (;;) {
    const due = [...timers].filter(([, { due: at }]) => at <= end);
    if (!due.length) break;
    const [number, timer] = due.sort(([, one], [, other]) => one.due - other.due)[0];
    move(Math.max(0, timer.due - clock.monotonicMs));
    if (timer.every) timer.due = clock.monotonicMs + timer.every; // a browser does not make up for it
    else timers.delete(number);
    timer.call();
    await settled();
  }
  move(Math.max(0, end - clock.monotonicMs));
}

const show = (hidden) => {
  document.visibilityState = hidden ? 'hidden' : 'visible';
  document.dispatchEvent(new Event('visibilitychange'));
};
const transition = (name, persisted) =>
  dispatchEvent(Object.assign(new Event(name), { persisted }));

/** What can happen to the page. */
export const HAPPENINGS = {
  advance: ({ ms }) => advance(ms),
  stall: async ({ ms }) => { move(ms); await advance(0); },
  sleep: ({ ms }) => { clock.wallMs += ms; },
  hide: () => show(true),
  show: () => show(false),
  leave: () => { transition('pagehide', true); show(true); },
  come_back: () => { show(false); transition('pageshow', true); },
  act: () => { document.dispatchEvent(new Event('keydown')); },
  network: (given) => { Object.assign(net, given); },
  fill_storage: ({ full }) => { net.full = full; },
  list_visibility: ({ entries }) => {
    page.listed = entries.map(([startTime, hidden]) =>
      ({ startTime, name: hidden ? 'hidden' : 'visible' }));
  },
};
