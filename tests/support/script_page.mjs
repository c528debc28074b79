// A page by hand around the modules of the JavaScript front end: its clocks, timers, visibility,
// storage and network move as a test says, one command a line, and nothing moves otherwise.
import { createInterface } from 'node:readline';

const settled = () => new Promise((done) => { setImmediate(done); }); // of Node, not of the page

const timers = new Map();
let monotonicMs = 1_000;
let wallMs = 1_763_978_400_000;
let lastTimer = 0;
const listened = new Set();

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
let listedVisibility = [];
const timing = { domLoading: 1_000, navigationStart: 0 };
define('performance', {
  now: () => monotonicMs, timing, getEntriesByType: () => listedVisibility,
});
Date.now = () => wallMs;
define('setTimeout', (call, delay = 0) => plan(call, delay, 0));
define('setInterval', (call, every) => plan(call, every, every));
define('clearTimeout', (number) => timers.delete(number));
define('clearInterval', (number) => timers.delete(number));
define('document', new Place());
document.visibilityState = 'visible';
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

const storage = new Map();
const net = { online: true, status: 204, sent: [] };
let full = false;
define('localStorage', {
  setItem(key, value) {
    if (full) throw new Error('the quota has been exceeded');
    storage.set(key, value);
  },
  getItem: (key) => storage.get(key) ?? null,
  removeItem: (key) => storage.delete(key),
});
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
  timers.set(lastTimer, { call, due: monotonicMs + delay, every });
  return lastTimer;
}

function move(ms) {
  monotonicMs += ms;
  wallMs += ms;
}

/** Let time pass; what falls due on the way is called at its own time, or late by a standstill. */
async function advance(ms) {
  const end = monotonicMs + ms;
  for (;;) {
    const due = [...timers].filter(([, { due: at }]) => at <= end);
    if (!due.length) break;
    const [number, timer] = due.sort(([, one], [, other]) => one.due - other.due)[0];
    move(Math.max(0, timer.due - monotonicMs));
    if (timer.every) timer.due = monotonicMs + timer.every; // a browser does not make up for it
    else timers.delete(number);
    timer.call();
    await settled();
  }
  move(Math.max(0, end - monotonicMs));
}

const show = (hidden) => {
  document.visibilityState = hidden ? 'hidden' : 'visible';
  document.dispatchEvent(new Event('visibilitychange'));
};
const transition = (name, persisted) =>
  dispatchEvent(Object.assign(new Event(name), { persisted }));

const { createClient } = await import('../../timeback_web/js/core.js');
const clients = {};
const activities = {};
const told = [];
const asked = [];

/** Python, as far as JavaScript can tell: what it is asked is written down. */
const python = new Proxy({}, {
  get: (_, name) => (...given) => {
    asked.push([name, given.map((one) => (typeof one === 'function' ? null : one))]);
    return name.startsWith('is') ? false : name.endsWith('Ms') ? 0 : '';
  },
});

const COMMANDS = {
  advance: ({ ms }) => advance(ms),
  stall: async ({ ms }) => { move(ms); await advance(0); },
  sleep: ({ ms }) => { wallMs += ms; },
  hide: () => show(true),
  show: () => show(false),
  leave: () => { transition('pagehide', true); show(true); },
  come_back: () => { show(false); transition('pageshow', true); },
  act: () => { document.dispatchEvent(new Event('keydown')); },
  network: (given) => { Object.assign(net, given); },
  fill_storage: (given) => { ({ full } = given); },
  list_visibility: ({ entries }) => {
    listedVisibility = entries.map(([startTime, hidden]) =>
      ({ startTime, name: hidden ? 'hidden' : 'visible' }));
  },
  open: ({ client, options }) => {
    const onError = (error, context) => told.push({ what: 'error', code: error.code, ...context });
    clients[client] = createClient({ ...options, onError });
  },
  start: ({ client, activity, options }) => {
    activities[activity] = clients[client].activity.start(options);
  },
  pause: ({ activity }) => activities[activity].pause(),
  resume: ({ activity }) => activities[activity].resume(),
  end: ({ activity, metrics }) => { activities[activity].end(metrics); },
  close: ({ client }) => clients[client].close(),
  attach: () => {
    globalThis.timebackWeb = python;
    dispatchEvent(new Event('timebackWeb'));
  },
};

async function bodies() {
  return Promise.all(net.sent.map(async ({ body, ...rest }) =>
    ({ ...rest, body: body === undefined ? null : JSON.parse(await body) })));
}

async function answer() {
  const state = Object.fromEntries(Object.entries(activities).map(([key, { elapsedMs, pausedMs,
    paused, ended }]) => [key, { elapsedMs, pausedMs, paused, ended }]));
  return {
    monotonicMs,
    wallMs,
    activities: state,
    sent: await bodies(),
    stored: Object.fromEntries(storage),
    told,
    asked,
    timers: timers.size,
    listeners: listened.size,
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { what, ...given } = JSON.parse(line);
  try {
    await COMMANDS[what](given);
    await settled();
    process.stdout.write(`${JSON.stringify(await answer())}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ failed: String(error.stack ?? error) })}\n`);
  }
}
