// A class at a glance: a table with a row for each learner, and their active time as bars.
import { duration } from '../format.js';
import { dayAndTime } from './amounts.js';
import { draw, make } from './dom.js';
import { isLive, WORDS } from './standing.js';

const sum = (runs, pick) => runs.reduce((total, run) => total + pick(run), 0);
export const activeMs = (runs) => sum(runs, (run) => run.activeMs);

/** A row for each of `learners`; `standingOf(run)` says how far a run is. */
export function overviewRows(learners, standingOf) {
  const most = Math.max(...learners.map(({ runs }) => activeMs(runs)), 1);
  return learners.map((learner) => row(learner, activeMs(learner.runs) / most, standingOf));
}

function row({ id, name, runs }, share, standingOf) {
  return make(
    'tr', { 'data-learner': id },
    make('th', { scope: 'row' }, make('a', { href: `#learner-${id}` }, name)),
    make('td', { class: 'with-bar' }, make('span', {}, duration(activeMs(runs))), bar(share)),
    make('td', { class: 'number extra' }, String(sum(runs, ({ sessions }) => sessions.length))),
    make('td', { class: 'number extra' }, String(runs.filter(({ completion }) => completion).length)),
    make('td', {}, ...now(runs, standingOf)),
  );
}

function bar(share) {
  const piece = draw('rect', { class: 'active', x: '0', y: '0', width: `${(100 * share).toFixed(2)}%`, height: '100%' });
  return draw('svg', { class: 'bar', 'aria-hidden': 'true', focusable: 'false' }, piece);
}

/** What the learner does now, or when something was last heard. */
function now(runs, standingOf) {
  const live = runs.find((run) => isLive(standingOf(run)));
  if (live) {
    const { text, badge } = WORDS[standingOf(live)];
    const dot = make('span', { class: 'dot', 'aria-hidden': 'true' });
    return [make('span', { class: 'badge', 'data-state': badge }, dot, text), ` ${live.name}`];
  }
  const heard = runs.map(({ lastReceivedAt }) => lastReceivedAt).filter(Boolean).sort().at(-1);
  return [make('span', { class: 'muted' }, heard ? `Last heard ${dayAndTime(heard)}` : 'Not started')];
}
