// Lets a test ask the modules of the front end, one question a line.
import { createInterface } from 'node:readline';
import { openLedger } from '../../timeback_web/js/parts/ledger.js';
import { checkClient, checkMetrics, checkStart } from '../../timeback_web/js/parts/options.js';
import { uuid } from '../../timeback_web/js/parts/uuid.js';

/** The windows that a history leads to, and what the ledger come to in the end. */
function keep({ past, changes, time, endAt }) {
  const ledger = openLedger(past, time);
  const windows = [];
  for (const change of changes) {
    if (change.what === 'sent') windows.push(ledger.cut(change.at));
    else ledger.tell(change);
  }
  const last = ledger.cut(endAt);
  return { windows, last, ...ledger.by(endAt), paused: ledger.paused };
}

const CAUSES = ['app', 'away', 'hidden', 'idle'];

/** What the ledger comes to by the end of a history. */
function row({ past, changes, time }) {
  const ledger = openLedger(past, time);
  const windows = [];
  for (const change of changes) {
    if (change.what === 'cut') windows.push(ledger.cut(change.at));
    else ledger.tell(change);
  }
  const { elapsedMs, pausedMs } = ledger.by(changes.at(-1).at);
  return {
    causes: CAUSES.filter((cause) => ledger.holds(cause)),
    activeMs: elapsedMs,
    pausedMs,
    windows: windows.filter(Boolean).map((one) => [one.startedAtMs, one.endedAtMs, one.elapsedMs]),
  };
}

function refused(check) {
  try {
    check();
    return null;
  } catch ({ code, field }) {
    return { code, field };
  }
}

/** A run id of a page without a secure context. */
function insecureUuid() {
  Object.defineProperty(crypto, 'randomUUID', { value: undefined });
  return uuid();
}

const ANSWERS = {
  insecureUuid,
  keep,
  row,
  start: (options) => refused(() => checkStart(options, undefined)),
  client: (options) => refused(() => checkClient(options)),
  metrics: (options) => refused(() => checkMetrics(options)),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [question, details] = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(ANSWERS[question](details))}\n`);
}
