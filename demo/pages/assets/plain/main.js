// Python without PyScript: load it, run a file, hand the page over to it.
import { api } from '../api.js';
import { showLearner } from '../header.js';

const text = (id, value) => { document.querySelector(`#${id}`).textContent = value; };
const lesson = location.pathname.split('/').filter(Boolean).at(-1);

async function startPython() {
  const { loadPyodide } = await import('/bundle/pyodide/pyodide.mjs');
  const [python, source] = await Promise.all([
    loadPyodide({ packages: ['timeback-web'] }),
    fetch('/assets/plain/session.py').then((answer) => answer.text()),
  ]);
  await python.runPythonAsync(source, { filename: 'session.py' });
  return python.globals.get('open_lesson');
}

async function main() {
  const [learner, openLesson] = await Promise.all([showLearner({ signOut: false }), startPython()]);
  if (!learner) {
    fail('Please sign in first', 'Choose who is learning, then open this page again.');
    return;
  }
  const { name, summary } = await api(`/api/lessons/${lesson}`);
  document.title = name;
  text('title', name);
  text('summary', summary);
  for (const link of ['questions', 'result']) document.querySelector(`#${link}`).href = `/lesson/${lesson}`;
  await openLesson(lesson, learner.id);
}

function fail(title, words) {
  text('error-title', title);
  text('error-text', words);
  document.querySelector('#main').dataset.state = 'error';
}

main().catch((error) => {
  fail('The lesson can’t start', 'Check the connection, then load the page again.');
  throw error;
});
