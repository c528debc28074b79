// The sessions of a run, one below the other on one scale: how long, and what of it was active.
//
// A window is known by its active and its paused share, not by where in it they lay; it is drawn
// with the active share first. The drawings are hidden from screen readers, who get the words of
// each row, and every window from the table below.
import { amount, dayAndTime, length } from './amounts.js';
import { draw, make } from './dom.js';
import { duration, plural } from '../format.js';

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];
const MOST_STEPS = 4;
const LEAST = 1 / 200; // of the width, so that even a moment can be seen

/** The end of the scale and its marks, in ms. */
export function scaleFor(sessions) {
  const longest = Math.max(...sessions.map(length), 1000);
  const step = 1000 * (STEPS_S.find((each) => 1000 * each * MOST_STEPS >= longest) ?? STEPS_S.at(-1));
  const count = Math.ceil(longest / step);
  return { end: count * step, marks: Array.from({ length: count + 1 }, (_, index) => index * step) };
}

export function sessionsChart(sessions) {
  const scale = scaleFor(sessions);
  const rows = sessions.map((session) => row(session, scale));
  const caption = make('figcaption', { class: 'for-readers' }, `${plural(sessions.length, 'session')}, oldest first`);
  return make('figure', { class: 'chart' }, caption, make('ol', {}, ...rows), axis(scale));
}

function row(session, scale) {
  const paused = session.inactiveMs ? make('span', { class: 'paused-amount' }, `${amount(session.inactiveMs)} paused`) : '';
  return make(
    'li', { class: 'session', 'data-testid': 'session' },
    make('span', { class: 'when' }, dayAndTime(session.startedAt)),
    bar(session, scale),
    make('span', { class: 'length' }, make('span', {}, `${amount(session.activeMs)} active`), paused),
  );
}

const percent = (share) => `${(100 * share).toFixed(3)}%`;

function bar({ startedAt, windows }, { end, marks }) {
  const start = Date.parse(startedAt);
  const piece = (name, from, ms, least = 0) => draw('rect', {
    class: name, x: percent(from / end), width: percent(Math.max(ms / end, least)),
    y: name === 'active' ? '0' : '50%', height: name === 'active' ? '100%' : '50%',
  });
  const pieces = windows.flatMap(({ startedAt: at, activeMs, inactiveMs }) => {
    const from = Date.parse(at) - start;
    return [
      ...(activeMs ? [piece('active', from, activeMs, LEAST)] : []),
      ...(inactiveMs ? [piece('paused', from + activeMs, inactiveMs)] : []),
    ];
  });
  const lines = marks.map((mark) => draw('line', { class: 'mark', x1: percent(mark / end), x2: percent(mark / end), y1: '0', y2: '100%' }));
  return draw('svg', { class: 'bar', 'aria-hidden': 'true', focusable: 'false' }, ...lines, ...pieces);
}

/** Marks of less than a minute are all in seconds: 60 s, 90 s. */
const label = (mark, step) => (step < 60_000 ? `${mark / 1000} s` : duration(mark));

function axis({ end, marks }) {
  const labels = marks.map((mark, index) => draw('text', {
    x: percent(mark / end), y: '1em',
    'text-anchor': index === 0 ? 'start' : index === marks.length - 1 ? 'end' : 'middle',
  }, mark ? label(mark, marks[1]) : '0'));
  return draw('svg', { class: 'axis', 'aria-hidden': 'true', focusable: 'false' }, ...labels);
}
