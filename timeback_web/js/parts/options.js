/**
 * What the app gives, checked before anything else happens: here, so that a mistake is thrown where
 * it was made, whether Python is there or not. The rules are those of `timeback_web/options.py`.
 * `null` and `undefined` both mean "not given".
 */
import { invalid } from './errors.js';

const MAX_TEXT_CHARS = 2_000;

const text = (field, value) => {
  if (typeof value !== 'string') throw invalid(field, 'expected a string');
  if (!value.trim()) throw invalid(field, 'must not be blank');
  if ([...value].length > MAX_TEXT_CHARS) {
    throw invalid(field, `longer than ${MAX_TEXT_CHARS} characters`);
  }
};
const number = (field, value) => {
  if (!Number.isFinite(value)) throw invalid(field, 'expected a number');
};
const whole = (least = -Infinity, most = Infinity) => (field, value) => {
  if (!Number.isSafeInteger(value)) throw invalid(field, 'expected a whole number');
  if (value < least || value > most) throw invalid(field, `expected ${least} to ${most}`);
};
const flag = (field, value) => {
  if (typeof value !== 'boolean') throw invalid(field, 'expected true or false');
};
const callback = (field, value) => {
  if (typeof value !== 'function') throw invalid(field, 'expected a function');
};
const oneOf = (...words) => (field, value) => {
  if (!words.includes(value)) throw invalid(field, `expected ${words.join(' or ')}`);
};

const COURSE = { subject: text, grade: whole(), code: text };
const TIME = {
  heartbeatMs: whole(100, 600_000),
  stallLimitMs: whole(1_000),
  idleAfterMs: whole(1_000),
  since: oneOf('start', 'navigation'),
};
const METRICS = {
  xpEarned: number,
  totalQuestions: whole(0),
  correctQuestions: whole(0),
  masteredUnits: whole(0),
  pctComplete: number,
};
const START = {
  id: text,
  name: text,
  course: (field, value) => checkCourse(value, field),
  runId: text,
  time: (field, value) => checkTime(value, field),
  process: flag,
  onError: callback,
  onPause: callback,
  onResume: callback,
  onFlush: callback,
};
const CLIENT = {
  baseURL: text,
  defaultCourse: (field, value) => checkCourse(value, field),
  headers: (field, value) => {
    if (typeof value !== 'function') checkObject(value, field);
  },
  learner: text,
  onError: callback,
};

/** Options of `activity.start()`, without what was not given, and with a course. */
export function checkStart(given, defaultCourse) {
  const options = check(START, given, 'options');
  require(options, ['id', 'name']);
  options.course ??= defaultCourse;
  if (!options.course) throw invalid('course', 'required, as the client has no defaultCourse');
  return options;
}

/** Options of `createClient()`. */
export const checkClient = (given) => check(CLIENT, given ?? {}, 'options');

/** The result in `end(metrics)`. */
export function checkMetrics(given) {
  const metrics = check(METRICS, given, 'metrics', 'metrics.');
  require(metrics, ['xpEarned'], 'metrics.');
  const { totalQuestions: total, correctQuestions: correct } = metrics;
  if ((total === undefined) !== (correct === undefined)) {
    throw invalid('metrics', 'totalQuestions and correctQuestions come together');
  }
  if (correct > total) throw invalid('metrics', 'correctQuestions is more than totalQuestions');
  return metrics;
}

function checkCourse(given, field) {
  const course = check(COURSE, given, field, `${field}.`);
  const byGrade = 'subject' in course && 'grade' in course;
  const byCode = 'code' in course;
  if (byCode === byGrade || (byCode && ('subject' in course || 'grade' in course))) {
    throw invalid(field, 'give either subject and grade, or code');
  }
  return course;
}

function checkTime(given, field) {
  return typeof given === 'boolean' ? given : check(TIME, given, field, `${field}.`);
}

/** A copy with what was given; `rules` may answer with a copy of their own. */
function check(rules, given, name, prefix = '') {
  checkObject(given, name);
  const checked = {};
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(rules, key)) throw invalid(prefix + key, 'there is no such option');
    if (value !== null && value !== undefined) {
      checked[key] = rules[key](prefix + key, value) ?? value;
    }
  }
  return checked;
}

function checkObject(value, name) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(name, 'expected an object');
  }
}

function require(options, names, prefix = '') {
  for (const name of names) {
    if (!(name in options)) throw invalid(prefix + name, 'required');
  }
}
