// Lets a test use the JavaScript front end on a page by hand: one command a line, and after each of
// them all that can be seen of the page.
import { createInterface } from 'node:readline';
import { clock, HAPPENINGS, listened, net, settled, timers } from './fake_page.mjs';

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
  ...HAPPENINGS,
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
    ...clock,
    activities: state,
    sent: await bodies(),
    stored: { ...localStorage },
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
