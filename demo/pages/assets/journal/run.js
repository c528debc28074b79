// One attempt: its figures, a time line of its sessions, the same as a table, and the raw events.
import { amount, dayAndTime } from './amounts.js';
import { sessionsChart } from './chart.js';
import { make } from './dom.js';
import { isLive, WORDS } from './standing.js';
import { windowsTable } from './table.js';

const template = document.querySelector('#run');

/**
 * The card of one attempt.
 *
 * `standing` is how far it is, `level` the rank of its heading, `owner` whose it is where that is
 * not whoever is signed in: raw events are for the learner alone.
 */
export function runCard(run, { standing, level, owner = null }) {
  const card = template.content.firstElementChild.cloneNode(true);
  const part = (selector) => card.querySelector(selector);
  const id = `run-${run.runId}`;
  const attempt = run.attempt ? `Attempt ${run.attempt}` : 'Not saved as an attempt';
  card.dataset.runId = run.runId;
  card.dataset.standing = standing;
  card.setAttribute('aria-labelledby', id);
  part('.attempt').replaceWith(make(`h${level}`, { id, class: 'attempt' }, attempt));
  part('.recorded').textContent = run.completion ? `Recorded ${dayAndTime(run.completion.recordedAt)}` : '';
  part('.badge').textContent = WORDS[standing].text;
  part('.badge').dataset.state = WORDS[standing].badge;
  if (isLive(standing)) part('.badge').prepend(make('span', { class: 'dot', 'aria-hidden': 'true' }));
  part('.figures').append(...figures(run));
  part('.waiting').hidden = run.sessions.length > 0;
  if (run.sessions.length) {
    part('.waiting').after(sessionsChart(run.sessions));
    part('.scroll').append(windowsTable(run.sessions));
  }
  part('[data-fold="table"]').hidden = !run.sessions.length;
  part('.scroll').setAttribute('aria-label', `Sessions and windows of ${[owner, run.name, attempt].filter(Boolean).join(', ')}`);
  if (owner) part('[data-fold="events"]').remove();
  return card;
}

function figures({ sessions, activeMs, inactiveMs, completion }) {
  const entries = [['Active', amount(activeMs)], ['Paused', amount(inactiveMs)], ['Sessions', String(sessions.length)]];
  const { totalQuestions, correctQuestions, xpEarned } = completion?.metrics ?? {};
  if (totalQuestions !== undefined) entries.push(['Right answers', `${correctQuestions} of ${totalQuestions}`]);
  if (xpEarned !== undefined) entries.push(['XP earned', String(xpEarned)]);
  return entries.map(([term, value]) => make('div', {}, make('dt', {}, term), make('dd', {}, value)));
}

/** Open folds stay open in the card that takes the old one's place, and keep what they show. */
export function takeOver(old, card) {
  for (const fold of old.querySelectorAll('details[open]')) {
    const place = card.querySelector(`[data-fold="${fold.dataset.fold}"]`);
    place.open = true;
    // Until the raw events have come anew, those of before stay: nothing on the page jumps.
    if (fold.dataset.fold === 'events') place.replaceChildren(...fold.children);
  }
}

export function fillEvents(fold, events) {
  fold.querySelector('summary').textContent = `Raw events (${events.length})`;
  fold.querySelector('ol').replaceChildren(...events.map((event, index) => {
    const name = `${event.type ?? 'Event'} ${index + 1}`;
    const text = make('pre', { tabindex: 0, role: 'region', 'aria-label': name }, JSON.stringify(event, null, 2));
    return make('li', {}, make('strong', {}, name), text);
  }));
}
