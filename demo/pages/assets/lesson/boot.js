// What can be shown before Python is ready: who is here, what the lesson is about, how far it is.
import { api } from '../api.js';
import { duration } from '../format.js';
import { showLearner } from '../header.js';

const PATIENCE_MS = 20_000;

const main = document.querySelector('#main');
const text = (id, value) => { document.querySelector(id).textContent = value; };
const booting = () => main.dataset.state === 'booting';

function step(done, note = '') {
  if (!booting()) return;
  const progress = document.querySelector('#boot-progress');
  progress.value = Math.max(progress.value, done);
  document.querySelectorAll('#boot-steps li').forEach((item, index) => {
    item.dataset.step = index < progress.value ? 'done' : index === progress.value ? 'now' : 'ahead';
  });
  if (note) text('#boot-note', note);
}

function fail(title, message, { signIn = false } = {}) {
  if (!booting()) return;
  text('#error-title', title);
  text('#error-text', message);
  if (signIn) text('#error-link', 'Sign in');
  document.querySelector('#error-reload').hidden = signIn;
  main.dataset.state = 'error';
}

async function showLesson() {
  const id = location.pathname.split('/').filter(Boolean).at(-1);
  try {
    if (!await showLearner({ signOut: false })) {
      fail('Please sign in first', 'Choose who is learning, then open the lesson again.', { signIn: true });
      return;
    }
    const [lesson, progress] = await Promise.all([api(`/api/lessons/${id}`), api(`/api/progress/${id}`)]);
    document.title = lesson.name;
    text('#course', `${lesson.course.subject}, grade ${lesson.course.grade}`);
    text('#title', lesson.name);
    text('#summary', lesson.summary);
    if (booting()) text('#standing', standing(progress));
    if (lesson.time === 'server') {
      text('#time-label', 'Time so far, kept by the server');
      document.querySelector('#happened').hidden = true; // there are no heartbeats
    }
  } catch (error) {
    if (error.status === 404) fail('There is no such lesson', 'Pick one from the list of lessons.');
    else fail('The lesson can’t be loaded', `${error.message} Check the connection, then load the page again.`);
  }
}

function standing({ answers, total, activeMs }) {
  const worked = activeMs ? `, ${duration(activeMs)} so far` : '';
  return `${answers.length} of ${total} questions answered${worked}`;
}

async function startPython() {
  step(0);
  addEventListener('unhandledrejection', cannotStart);
  document.querySelector('script[type="py"]').addEventListener('py:ready', () => step(3));
  // PyScript puts its errors at the end of the page, in words for developers; style.css hides them.
  new MutationObserver(() => { if (document.querySelector('.py-error')) cannotStart(); })
    .observe(document.body, { childList: true });
  setTimeout(() => step(0, 'This takes longer than usual. If it stays like this, load the page again.'), PATIENCE_MS);
  try {
    const { hooks } = await import('/bundle/pyscript/core.js');
    // This page runs no Python workers, and their set-up needs eval(), which a strict policy forbids.
    hooks.worker.onBeforeRunAsync.clear();
    step(1);
  } catch {
    cannotStart();
  }
  watchDownloads();
}

/** Of a missing file PyScript tells the console alone; the browser knows it, too. */
function watchDownloads() {
  new PerformanceObserver((list) => {
    for (const { name, responseStatus } of list.getEntries()) {
      const { pathname } = new URL(name);
      if (!pathname.startsWith('/bundle/') && !pathname.startsWith('/assets/lesson/')) continue;
      if (responseStatus >= 400) cannotStart();
      else if (pathname.endsWith('.wasm')) step(2);
    }
  }).observe({ type: 'resource', buffered: true });
}

function cannotStart() {
  fail('The lesson can’t start', 'Its program could not be loaded. Check the connection, then load the page again.');
}

document.querySelector('#error-reload').addEventListener('click', () => location.reload());
showLesson();
startPython();
