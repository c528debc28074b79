// Clients of the JavaScript front end: closed, made anew, several on a page, called back.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import {
  advance, answer, attachPython, names, page, reload, sent, settle, storage,
} from './page.mjs';

const core = await import('../../../timeback_web/js/core.js');
const LESSON = { id: 'lesson-1', name: 'Fractions', course: { code: 'MATH-3' } };
const NAVIGATION = { since: 'navigation' };
const METRICS = { xpEarned: 10 };

const open = (options = {}) => core.createClient({ onError() {}, ...options });
const submits = () => sent.filter(({ url }) => url.endsWith('/submit'));
const elapsed = ({ body }) => JSON.parse(body).elapsedMs;

beforeEach(reload);

// ── closed before Python is there ───────────────────────────────────────────────────────────

for (const settled of [true, false]) {
  test(`a closed client hands over what it has, its windows ${settled ? 'kept' : 'on their way'}`, async () => {
    answer(503);
    const client = open();
    const activity = client.activity.start(LESSON);
    advance(10_000);
    activity.end(METRICS);
    if (settled) await settle();
    client.close();
    const told = attachPython();
    await settle();
    assert.deepEqual(
      names(told).toSorted(), ['closeClient', 'complete', 'openClient', 'seeThrough'],
    );
    assert.equal(names(told).at(-1), 'closeClient');
    assert.equal(storage.size, 1);
  });
}

test('a completion waits for Python also if close() is what ended its client', async () => {
  const client = open();
  let done = false;
  client.activity.start({ ...LESSON, time: false }).end(METRICS).then(() => { done = true; });
  client.close();
  const told = attachPython({ complete: (key, options, ending, tell, onDone) => onDone() });
  await settle();
  assert.deepEqual(names(told), ['openClient', 'complete', 'closeClient']);
  assert.ok(done);
});

test('a closed client that has nothing to hand over is not opened', async () => {
  const client = open();
  client.activity.start(LESSON);
  advance(1_000);
  client.close();
  await settle();
  assert.deepEqual(names(attachPython()), []);
  open().close();
  assert.deepEqual(sent.map(elapsed), [1_000]);
});

test('a page that is left first has its completion sent by beacon, and Python is not asked', async () => {
  const client = open();
  client.activity.start({ ...LESSON, time: false }).end(METRICS);
  client.close();
  page.dispatchEvent(new Event('pagehide'));
  assert.equal(submits().length, 1);
  assert.deepEqual(names(attachPython()), []);
});

// ── somebody else signs in ──────────────────────────────────────────────────────────────────

test('what a client still has is not sent for a learner who came after', async () => {
  const ada = open({ learner: 'ada' });
  const hers = ada.activity.start(LESSON);
  advance(5_000);
  const bob = open({ learner: 'bob' });
  bob.activity.start(LESSON);
  hers.end();
  await settle();
  assert.deepEqual(sent, []);
  const [kept] = [...storage.values()].map(JSON.parse);
  assert.equal(kept.learner, 'ada');
  assert.equal(kept.elapsed_ms, 5_000);
});

test('a closed client of somebody else hands nothing over', async () => {
  answer(503);
  const ada = open({ learner: 'ada' });
  ada.activity.start(LESSON);
  advance(5_000);
  ada.close();
  await settle();
  open({ learner: 'bob' }).activity.start(LESSON);
  assert.deepEqual(names(attachPython()), ['openClient', 'start']);
});

test('the client that components share can be closed, and made anew for somebody else', () => {
  core.configure({ learner: 'ada' });
  const first = core.sharedClient();
  assert.throws(() => core.configure({ learner: 'bob' }), { code: 'USAGE' });
  first.close();
  core.configure({ learner: 'bob' });
  const second = core.sharedClient();
  assert.notEqual(second, first);
  second.activity.start(LESSON).end();
  second.close();
});

// ── one page ────────────────────────────────────────────────────────────────────────────────

for (const [before, run] of Object.entries({
  closed: () => { const client = open(); client.activity.start({ ...LESSON, time: NAVIGATION }); client.close(); },
  'still open': () => open().activity.start({ ...LESSON, time: NAVIGATION }),
  'without the past': () => open().activity.start(LESSON),
  'in Python': () => globalThis.timebackWebPage.set('past', true),
})) {
  test(`the page's past is counted once; there was a session ${before}`, () => {
    run();
    const activity = open().activity.start({ ...LESSON, time: NAVIGATION });
    assert.equal(activity.elapsedMs, 0);
  });
}

test('a start that Python refuses leaves the past, and nothing else', () => {
  const refusal = JSON.stringify({ code: 'INTERNAL', message: 'no' });
  let refuse = true;
  const told = attachPython({ start: () => (refuse ? refusal : '') });
  const client = open();
  assert.throws(() => client.activity.start({ ...LESSON, time: NAVIGATION }), { code: 'INTERNAL' });
  assert.equal(client.activity.current, null);
  refuse = false;
  client.activity.start({ ...LESSON, time: NAVIGATION });
  const { began } = JSON.parse(told.at(-1)[4]);
  assert.equal(began.monotonicMs, 100);
});

test('windows of a run never overlap, whichever client made them', async () => {
  const first = open();
  first.activity.start({ ...LESSON, runId: 'r' });
  advance(10_000);
  first.close();
  const { now } = Date;
  Date.now = () => now() - 5_000;
  const second = open();
  second.activity.start({ ...LESSON, runId: 'r' });
  advance(10_000);
  second.close();
  Date.now = now;
  const [one, two] = sent.map(({ body }) => JSON.parse(body));
  assert.equal(two.startedAt, one.endedAt);
});

// ── callbacks that act ──────────────────────────────────────────────────────────────────────

const trouble = (tell) => tell('error', JSON.stringify({ error: { code: 'FAILED', message: 'no' }, context: {} }));

test('end() in onError of start()', () => {
  const told = attachPython({ start: (client, key, options, past, tell) => { trouble(tell); } });
  const client = open();
  const activity = client.activity.start({ ...LESSON, onError: () => client.activity.current.end() });
  assert.ok(activity.ended);
  assert.equal(client.activity.current, null);
  assert.deepEqual(names(told).slice(0, 3), ['openClient', 'start', 'end']);
});

test('close() in onError of start()', () => {
  const told = attachPython({ start: (client, key, options, past, tell) => { trouble(tell); } });
  const client = open();
  const activity = client.activity.start({ ...LESSON, onError: () => client.close() });
  assert.ok(activity.ended);
  assert.equal(names(told).at(-1), 'closeClient');
});

test('end() in a callback while the time is handed over to Python', async () => {
  const client = open();
  const activity = client.activity.start({ ...LESSON, onPause: () => activity.end() });
  advance(5_000);
  const told = attachPython({ start: (c, key, options, past, tell) => { tell('pause', ''); } });
  await settle();
  assert.ok(activity.ended);
  assert.deepEqual(names(told).slice(0, 3), ['openClient', 'start', 'end']);
  assert.deepEqual(sent, [], 'Python has that time, and sends it');
});

test('an end that Python fails at is an end, and is waited for by nobody', async () => {
  attachPython({ end: () => JSON.stringify({ code: 'INTERNAL', message: 'no' }) });
  const told = [];
  const client = open();
  const activity = client.activity.start({ ...LESSON, onError: ({ code }) => told.push(code) });
  await activity.end();
  assert.deepEqual(told, ['INTERNAL']);
  assert.equal(client.activity.current, null);
});

// ── a page that comes back without saying so ────────────────────────────────────────────────

for (const event of ['pageshow', 'focus', 'keydown', 'pointerdown']) {
  test(`after pagehide, ${event} says that somebody is there`, () => {
    const client = open();
    const activity = client.activity.start(LESSON);
    page.dispatchEvent(new Event('pagehide'));
    advance(1_000);
    assert.ok(activity.paused);
    page.dispatchEvent(new Event(event));
    advance(2_000);
    assert.ok(!activity.paused);
    assert.equal(activity.elapsedMs, 2_000);
    client.close();
  });
}

// ── completions, and what waits ─────────────────────────────────────────────────────────────

const UNCONFIRMED = JSON.stringify({ code: 'UNCONFIRMED', message: 'no answer' });

/** A Python that answers each end with the next of these problems. */
function endings(...problems) {
  return (key, metrics, onDone) => {
    const problem = problems.shift();
    if (problem) onDone(problem);
    else onDone();
  };
}

test('a completion of which nobody can say what became of it may be ended again', async () => {
  const told = attachPython({ end: endings(UNCONFIRMED, null), elapsedMs: () => 7 });
  const client = open();
  const activity = client.activity.start(LESSON);
  await assert.rejects(activity.end(METRICS), { code: 'UNCONFIRMED' });
  assert.ok(!activity.ended);
  assert.ok(activity.paused);
  assert.equal(client.activity.current, activity);
  activity.pause();
  await activity.end(METRICS);
  assert.ok(activity.ended);
  assert.equal(activity.elapsedMs, 7);
  assert.equal(client.activity.current, null);
  assert.equal(names(told).filter((name) => name === 'end').length, 2);
  assert.equal(names(told).filter((name) => name === 'forget').length, 1);
  assert.ok(!names(told).includes('pause'));
});

test('the next start ends what is open again', async () => {
  attachPython({ end: endings(UNCONFIRMED, null) });
  const client = open();
  const activity = client.activity.start(LESSON);
  activity.end(METRICS);
  const other = client.activity.start(LESSON);
  assert.ok(activity.ended);
  assert.equal(client.activity.current, other);
});

test('the same for a completion that had waited for Python', async () => {
  const client = open();
  const activity = client.activity.start({ ...LESSON, time: false });
  const ending = activity.end(METRICS);
  const answers = [UNCONFIRMED, undefined];
  const told = attachPython({
    complete: (key, options, end, tell, onDone) => onDone(answers.shift()),
  });
  await assert.rejects(ending, { code: 'UNCONFIRMED' });
  assert.ok(!activity.ended);
  await activity.end(METRICS);
  assert.ok(activity.ended);
  assert.deepEqual(names(told), ['openClient', 'complete', 'complete']);
});

test('a page that is left offline keeps its completion where Python finds it', () => {
  const client = open({ learner: 'ada' });
  client.activity.start({ ...LESSON, runId: 'a/b', time: false }).end(METRICS);
  navigator.onLine = false;
  page.dispatchEvent(new Event('pagehide'));
  navigator.onLine = true;
  assert.deepEqual(submits(), []);
  const [[key, value]] = [...storage];
  const entry = JSON.parse(value);
  assert.ok(key.startsWith('timeback_web/completions/1/%2Fapi%2Ftimeback/a%2Fb/'));
  assert.equal(entry.learner, 'ada');
  assert.equal(JSON.parse(entry.body).metrics.xpEarned, 10);
});

test('what waits is sent by Python, now or when it comes', async () => {
  const sendWaiting = (key, runs, onDone) => onDone(String(JSON.parse(runs).length));
  const client = open();
  const early = client.sendWaiting(['a', 'b']);
  const told = attachPython({ sendWaiting });
  assert.equal(await early, 2);
  assert.equal(await client.sendWaiting(), 0);
  assert.deepEqual(names(told), ['openClient', 'sendWaiting', 'sendWaiting']);
  client.close();
  await assert.rejects(client.sendWaiting(), { code: 'USAGE' });
});
