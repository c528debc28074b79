import { api } from './api.js';
import { duration } from './format.js';
import { showLearner } from './header.js';

const main = document.querySelector('#main');
const clone = (id) => document.querySelector(id).content.firstElementChild.cloneNode(true);

async function showLearners() {
  const learners = await api('/api/learners');
  document.querySelector('#learners').replaceChildren(...learners.map(({ id, name }) => {
    const item = clone('#learner');
    const button = item.querySelector('button');
    button.dataset.learner = id;
    item.querySelector('.initial').textContent = name.slice(0, 1);
    item.querySelector('.name').textContent = name;
    button.addEventListener('click', () => guarded(async () => {
      await api('/api/signin', { method: 'POST', body: { learner: id } });
      await show();
      document.querySelector('#hello').focus();
    }));
    return item;
  }));
  main.dataset.state = 'signed-out';
}

async function showLessons(learner) {
  const lessons = await api('/api/lessons');
  const progress = await Promise.all(lessons.map(({ id }) => api(`/api/progress/${encodeURIComponent(id)}`)));
  document.querySelector('#hello').textContent = `Hello, ${learner.name}`;
  document.querySelector('#lessons').replaceChildren(
    ...lessons.map((lesson, index) => lessonCard(lesson, progress[index])),
  );
  main.dataset.state = 'signed-in';
  sendWaiting(learner).catch(() => {}); // it waits on
}

/** What an earlier page could not send of this learner's time; most of the time there is none. */
async function sendWaiting({ id }) {
  const waiting = await import('/bundle/js/send-waiting.js');
  await waiting.sendWaiting({ learner: id });
}

function lessonCard(lesson, progress) {
  const item = clone('#lesson');
  const { action, standing } = where(lesson, progress);
  item.dataset.lesson = lesson.id;
  item.dataset.status = lesson.status;
  item.querySelector('h3').textContent = lesson.name;
  item.querySelector('.summary').textContent = lesson.summary;
  item.querySelector('.standing').textContent = standing;
  const link = item.querySelector('a');
  link.href = `/lesson/${encodeURIComponent(lesson.id)}`;
  link.textContent = action;
  link.setAttribute('aria-label', `${action}: ${lesson.name}`);
  return item;
}

function where({ total, status }, { answers, correct, activeMs }) {
  const worked = activeMs ? `, ${duration(activeMs)} so far` : '';
  switch (status) {
    case 'completed':
      return { action: 'See result', standing: `Completed: ${correct} of ${total} right in ${duration(activeMs)}` };
    case 'started':
      return { action: 'Resume', standing: `Resume at question ${Math.min(answers.length + 1, total)} of ${total}${worked}` };
    default:
      return { action: 'Start', standing: `New, ${total} questions` };
  }
}

const FRAMEWORKS = { react: 'React', vue: 'Vue', svelte: 'Svelte', solid: 'Solid' };

function link(href, text) {
  const node = document.createElement('a');
  node.href = href;
  node.textContent = text;
  return node;
}

/** Links to what has been built. */
async function showExtras() {
  const { frameworks, docs } = await api('/api/extras');
  const built = Object.keys(FRAMEWORKS).filter((name) => frameworks.includes(name));
  if (built.length) {
    const item = document.createElement('li');
    const links = built.map((name) => link(`/frameworks/${name}.html`, FRAMEWORKS[name]));
    item.append('The guide’s component in ', ...links.flatMap((each, index) => (index ? [', ', each] : [each])));
    document.querySelector('#links').append(item);
  }
  for (const link of document.querySelectorAll('.docs')) link.hidden = !docs;
}

async function show() {
  const learner = await showLearner();
  await (learner ? showLessons(learner) : showLearners());
}

async function guarded(action) {
  try {
    await action();
  } catch (error) {
    document.querySelector('#problem').textContent = `${error.message} Check the connection, then load the page again.`;
    main.dataset.state = 'error';
  }
}

document.querySelector('#reload').addEventListener('click', () => location.reload());
// A page that comes back from the browser's cache shows what was true then.
addEventListener('pageshow', ({ persisted }) => { if (persisted) guarded(show); });
guarded(show);
showExtras().catch(() => {}); // without it there is less to choose from, and nothing is wrong
