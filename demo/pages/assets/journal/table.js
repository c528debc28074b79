// The table behind the chart of a run: every session with its windows.
import { dayOf, preciseTimeOf } from '../format.js';
import { seconds } from './amounts.js';
import { make } from './dom.js';

export function windowsTable(sessions) {
  return make(
    'table', {},
    make('caption', {}, 'Windows are what the page reported, each with its start and end.'),
    make('thead', {}, make(
      'tr', {},
      ...['Window', 'From', 'To'].map((text) => make('th', { scope: 'col' }, text)),
      ...['Active', 'Paused'].map((text) => make('th', { scope: 'col', class: 'number' }, text)),
    )),
    ...sessions.map(sessionRows),
  );
}

function sessionRows({ startedAt, windows }, index) {
  const title = `Session ${index + 1}, ${dayOf(startedAt)}`;
  return make(
    'tbody', {},
    make('tr', {}, make('th', { scope: 'rowgroup', colspan: 5 }, title)),
    ...windows.map(windowRow),
  );
}

function windowRow({ startedAt, endedAt, activeMs, inactiveMs }, index) {
  return make(
    'tr', {},
    make('th', { scope: 'row' }, String(index + 1)),
    make('td', {}, preciseTimeOf(startedAt)), make('td', {}, preciseTimeOf(endedAt)),
    make('td', { class: 'number' }, seconds(activeMs)), make('td', { class: 'number' }, seconds(inactiveMs)),
  );
}
