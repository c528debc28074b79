// Lets a test ask the modules of the front end, one question a line.
import { createInterface } from 'node:readline';
import { Books } from '../../timeback_web/js/books.js';
import { checkClient, checkMetrics, checkStart } from '../../timeback_web/js/options.js';
import { uuid } from '../../timeback_web/js/uuid.js';

/** The windows that a history leads to, and what the books come to in the end. */
function keep({ past, changes, time, endAt }) {
  const books = new Books({ ...past, ...time });
  const windows = [];
  for (const { at, what, cause } of changes) {
    if (what === 'hold') books.hold(cause, at);
    else if (what === 'release') books.release(cause, at);
    else if (what === 'input') books.input(at);
    else if (what === 'sent') windows.push(books.cut(at));
    else books.observe(at);
  }
  const last = books.cut(endAt);
  return { windows, last, ...books.by(endAt), paused: books.paused };
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
  start: (options) => refused(() => checkStart(options, undefined)),
  client: (options) => refused(() => checkClient(options)),
  metrics: (options) => refused(() => checkMetrics(options)),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [question, details] = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(ANSWERS[question](details))}\n`);
}
