// What is on the page: the journals of some learners, each lesson with its attempts.
import { duration, plural } from '../format.js';
import { make, setChildren } from './dom.js';
import { activeMs, overviewRows } from './overview.js';
import { runCard, takeOver } from './run.js';
import { standing } from './standing.js';

const main = document.querySelector('#main');
const journals = document.querySelector('#journals');
const overview = document.querySelector('#overview');
const rows = document.querySelector('#overview-rows');

export class View {
  /** `ofClass` when a teacher looks; `onCard(runId, card)` is told of each new card. */
  constructor({ ofClass, onCard = () => {} }) {
    this.ofClass = ofClass;
    this.onCard = onCard;
    this.sections = new Map(); // a learner's id, or that and a lesson -> { node, title, body }
    this.cards = new Map(); // run id -> { text, node }
    overview.hidden = !ofClass;
  }

  /** Show the journals of `learners` as they are at `now` (ms, by the server's clock). */
  show(learners, now) {
    const standingOf = (run) => standing(run, now);
    const focus = focused();
    if (this.ofClass) {
      rows.replaceChildren(...overviewRows(learners, standingOf));
      setChildren(journals, learners.map((learner) => this.learner(learner, standingOf)));
    } else {
      setChildren(journals, learners.flatMap((learner) => this.lessons(learner, standingOf)));
    }
    main.dataset.state = this.ofClass || learners.some(({ runs }) => runs.length) ? 'filled' : 'empty';
    focus?.();
  }

  learner(learner, standingOf) {
    const section = this.section(learner.id, { class: 'learner-journal', id: `learner-${learner.id}` }, 2, learner.name);
    const { runs } = learner;
    const lessons = new Set(runs.map(({ lesson }) => lesson)).size;
    section.note.textContent = runs.length
      ? `${plural(lessons, 'lesson')}, ${duration(activeMs(runs))} active`
      : 'Nothing has arrived yet.';
    setChildren(section.body, this.lessons(learner, standingOf));
    return section.node;
  }

  lessons({ id, name, runs }, standingOf) {
    const level = this.ofClass ? 3 : 2;
    return [...grouped(runs)].map(([lesson, attempts]) => {
      const section = this.section(`${id} ${lesson}`, { class: 'lesson-journal' }, level, attempts[0].name);
      section.note.textContent = `${plural(attempts.length, 'attempt')}, ${duration(activeMs(attempts))} active`;
      const owner = this.ofClass ? name : null;
      setChildren(section.body, attempts.map((run) => this.card(run, standingOf(run), level + 1, owner)));
      return section.node;
    });
  }

  section(key, attributes, level, title) {
    const known = this.sections.get(key);
    if (known) return known;
    const id = `title-${this.sections.size}`;
    const heading = make(`h${level}`, { id, tabindex: -1 }, title);
    const note = make('p', { class: 'muted' });
    const body = make('div', { class: 'entries' });
    const head = make('header', {}, heading, note);
    const section = { node: make('section', { ...attributes, 'aria-labelledby': id }, head, body), note, body };
    this.sections.set(key, section);
    return section;
  }

  card(run, name, level, owner) {
    const text = JSON.stringify([run, name]);
    const known = this.cards.get(run.runId);
    if (known?.text === text) return known.node;
    const node = runCard(run, { standing: name, level, owner });
    if (known) takeOver(known.node, node);
    this.cards.set(run.runId, { text, node });
    this.onCard(run.runId, node);
    return node;
  }
}

function grouped(runs) {
  const byLesson = new Map();
  for (const run of runs) byLesson.set(run.lesson, [...byLesson.get(run.lesson) ?? [], run]);
  return byLesson;
}

/** How to put the focus back where it is now, on what takes the place of its element. */
function focused() {
  const element = document.activeElement;
  const row = element?.closest?.('tr[data-learner]');
  if (row) return () => rows.querySelector(`[data-learner="${row.dataset.learner}"] a`)?.focus({ preventScroll: true });
  const run = element?.closest?.('.run')?.dataset.runId;
  const fold = element?.closest?.('details')?.dataset.fold;
  if (!run || !fold) return null;
  const part = element.closest('summary') ? 'summary' : '.scroll, pre';
  return () => {
    if (element.isConnected) return;
    journals.querySelector(`[data-run-id="${run}"] [data-fold="${fold}"] :is(${part})`)?.focus({ preventScroll: true });
  };
}
