// Lets a test guard a worker on a page by hand: what the worker says goes in, and what the guard
// says to it, and asks of the server, comes out.
import { createInterface } from 'node:readline';
import { HAPPENINGS, listened, net, settled, timers } from './fake_page.mjs';

const { guard } = await import('../../timeback_web/js/guard.js');
let port = null;
let posted = [];
let asked = [];
let armed = [];
const answers = new Map();

globalThis.fetch = (url, { headers, body = null }) => {
  if (!net.online) return Promise.reject(new TypeError('Failed to fetch'));
  const id = answers.size;
  asked.push({ id, url, headers, body });
  return new Promise((answer) => { answers.set(id, answer); });
};
navigator.sendBeacon = (url, blob) => {
  if (net.online) asked.push({ id: null, url, headers: {}, body: blob.text() });
  return true;
};
if (!process.argv.includes('--no-fetch-later')) {
  globalThis.fetchLater = (url, { body, signal }) => {
    const later = { url, body, activated: false };
    armed.push(later);
    signal.addEventListener('abort', () => { armed = armed.filter((one) => one !== later); });
    return later;
  };
}

const COMMANDS = {
  ...HAPPENINGS,
  /** A worker begins, and says hello. */
  begin: () => {
    const worker = new EventTarget();
    guard(worker);
    port = { postMessage: (text) => posted.push(text) };
    worker.dispatchEvent(Object.assign(new Event('message'), {
      data: 'timeback_web/hello/1', ports: [port],
    }));
  },
  say: ({ texts }) => { for (const data of texts) port.onmessage({ data }); },
  answer: ({ id, status, body }) => {
    const mayHaveBody = ![204, 304].includes(status);
    answers.get(id)(new Response(mayHaveBody ? body : null, { status }));
  },
  store: ({ items }) => { Object.assign(localStorage, items); },
  /** The page is gone: the browser sends what it was left with. */
  die: () => {
    for (const { url, body } of armed) asked.push({ id: null, url, headers: {}, body });
    armed = [];
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { what, ...given } = JSON.parse(line);
  let state;
  try {
    await COMMANDS[what](given);
    for (let turn = 0; turn < 3; turn += 1) await settled();
    const requests = asked.map(async (one) => ({ ...one, body: await one.body }));
    const open = { timers: timers.size, listeners: listened.size, armed: armed.length };
    state = { posted, asked: await Promise.all(requests), stored: { ...localStorage }, ...open };
    posted = [];
    asked = [];
  } catch (error) {
    state = { failed: String(error.stack ?? error) };
  }
  process.stdout.write(`${JSON.stringify(state)}\n`);
}
