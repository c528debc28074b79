// One attempt: its figures, a time line for each session, the same as a table, and the raw events.
import { dayOf, duration, plural, preciseTimeOf, timeOf } from '../format.js';
import { timeline } from './timeline.js';

const template = document.querySelector('#run');

function make(name, text = '', attributes = {}) {
  const node = document.createElement(name);
  node.textContent = text;
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

/** The card of one attempt; `title` is the name of its lesson. */
export function runCard(run, title) {
  const card = template.content.firstElementChild.cloneNode(true);
  const part = (selector) => card.querySelector(selector);
  const id = `run-${run.runId}`;
  card.dataset.runId = run.runId;
  card.setAttribute('aria-labelledby', id);
  part('h2').textContent = title;
  part('h2').id = id;
  part('.attempt').textContent = run.attempt ? `Attempt ${run.attempt}` : 'Not saved as an attempt';
  part('.badge').textContent = run.completion ? 'Completion recorded' : 'Open';
  part('.badge').dataset.state = run.completion ? 'recorded' : 'open';
  part('.figures').append(...figures(run));
  const longest = Math.max(...run.sessions.map(length), 1);
  part('.session-lines').append(...run.sessions.map((session) => sessionLine(session, longest)));
  part('.waiting').hidden = run.sessions.length > 0;
  part('[data-fold="table"]').hidden = !run.sessions.length;
  part('.scroll').append(table(run));
  part('.scroll').setAttribute('aria-label', `Sessions and windows of ${title}`);
  part('[data-fold="events"] summary').textContent = 'Raw events';
  return card;
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
const amount = (ms) => (ms && ms < 60_000 ? seconds(ms) : duration(ms));
const length = ({ activeMs, inactiveMs }) => activeMs + inactiveMs;

function figures({ sessions, activeMs, inactiveMs, completion }) {
  const entries = [['Active', amount(activeMs)], ['Inactive', amount(inactiveMs)], ['Sessions', String(sessions.length)]];
  const { totalQuestions, correctQuestions, xpEarned } = completion?.metrics ?? {};
  if (totalQuestions !== undefined) entries.push(['Right answers', `${correctQuestions} of ${totalQuestions}`]);
  if (xpEarned !== undefined) entries.push(['XP earned', String(xpEarned)]);
  if (completion) entries.push(['Recorded at', timeOf(completion.recordedAt)]);
  return entries.map(([term, value]) => {
    const entry = make('div');
    entry.append(make('dt', term), make('dd', value));
    return entry;
  });
}

const span = ({ startedAt, endedAt }) => `${dayOf(startedAt)}, ${preciseTimeOf(startedAt)} to ${preciseTimeOf(endedAt)}`;

function sessionLine(session, longest) {
  const item = make('li', '', { class: 'session-line' });
  const caption = make('div', '', { class: 'caption' });
  const amounts = `${amount(session.activeMs)} active, ${amount(session.inactiveMs)} inactive, ${plural(session.windows.length, 'window')}`;
  caption.append(make('span', span(session)), make('span', amounts));
  item.append(caption, timeline(session, longest));
  return item;
}

function table({ sessions }) {
  const node = make('table');
  node.append(make('caption', 'Windows are what the page reported, each with its start and end.'));
  const head = make('tr');
  head.append(
    ...['Window', 'From', 'To'].map((text) => make('th', text, { scope: 'col' })),
    ...['Active', 'Inactive'].map((text) => make('th', text, { scope: 'col', class: 'number' })),
  );
  const thead = make('thead');
  thead.append(head);
  node.append(thead, ...sessions.map(sessionRows));
  return node;
}

function row(first, { startedAt, endedAt, activeMs, inactiveMs }) {
  const node = make('tr');
  node.append(
    first, make('td', preciseTimeOf(startedAt)), make('td', preciseTimeOf(endedAt)),
    make('td', seconds(activeMs), { class: 'number' }), make('td', seconds(inactiveMs), { class: 'number' }),
  );
  return node;
}

function sessionRows(session, index) {
  const body = make('tbody');
  const name = make('tr');
  name.append(make('th', `Session ${index + 1}, ${dayOf(session.startedAt)}`, { scope: 'rowgroup', colspan: 5 }));
  body.append(
    name,
    ...session.windows.map((window, number) => row(make('th', String(number + 1), { scope: 'row' }), window)),
  );
  return body;
}

export function fillEvents(fold, events) {
  fold.querySelector('summary').textContent = `Raw events (${events.length})`;
  fold.querySelector('ol').replaceChildren(...events.map((event, index) => {
    const item = make('li');
    const name = `${event.type ?? 'Event'} ${index + 1}`;
    item.append(make('h3', name), make('pre', JSON.stringify(event, null, 2), { tabindex: 0, role: 'region', 'aria-label': name }));
    return item;
  }));
}
