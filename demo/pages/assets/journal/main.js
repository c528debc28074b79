// The journal: what the platform has received, for a learner or for the teacher of a class, live.
import { api } from '../api.js';
import { preciseTimeOf } from '../format.js';
import { showAccount } from '../header.js';
import { make } from './dom.js';
import { follow } from './feed.js';
import { fillEvents } from './run.js';
import { View } from './view.js';

const AGE_MS = 5_000; // how often "now" is looked at again, with nothing new to show

const main = document.querySelector('#main');
const status = document.querySelector('#status');
const runsOf = new Map(); // a learner's id -> { id, name, runs }
let ahead = 0; // of the page's clock: the server's

const serverNow = () => Date.now() + ahead;

function setStatus(name, text) {
  status.dataset.live = name;
  if (status.textContent !== text) status.textContent = text;
}

/** Take runs in; those of a learner that are new come first. */
function take(learners) {
  for (const { id, name, runs } of learners) {
    const known = runsOf.get(id)?.runs ?? [];
    const changed = new Map(runs.map((run) => [run.runId, run]));
    const kept = known.map((run) => changed.get(run.runId) ?? run);
    const added = runs.filter(({ runId }) => !known.some((run) => run.runId === runId));
    runsOf.set(id, { id, name, runs: [...added, ...kept] });
  }
}

function open(path, view) {
  const show = () => view.show([...runsOf.values()], serverNow());
  const receive = ({ now, learners }) => {
    ahead = Date.parse(now) - Date.now();
    take(learners);
    show();
  };
  follow(path, {
    onJournal: (data) => { runsOf.clear(); receive(data); },
    onRuns: receive,
    onLive: () => setStatus('on', 'Live: what arrives is shown at once.'),
    onLost: () => lost('The server cannot be reached.'),
    onRefused: stillSignedIn,
  });
  setInterval(() => { if (!document.hidden && runsOf.size) show(); }, AGE_MS);
}

function lost(reason) {
  if (main.dataset.state === 'loading') {
    document.querySelector('#problem').textContent = `${reason} Trying again …`;
    main.dataset.state = 'error';
    return;
  }
  setStatus('lost', `${reason} This is how it was at ${preciseTimeOf(Date.now())}.`);
}

/** The server gave no stream. Ask who is signed in: if nobody is, there is nothing to try again. */
async function stillSignedIn() {
  try {
    const { learner, teacher } = await api('/api/me');
    if (learner || teacher) return true;
    location.reload();
    return false;
  } catch {
    return true;
  }
}

/** Raw events are many: they are fetched when somebody opens their fold. */
function fetchEvents(runId, card) {
  const fold = card.querySelector('[data-fold="events"]');
  fold.addEventListener('toggle', async () => {
    if (!fold.open) return;
    try {
      fillEvents(fold, (await api(`/api/journal?run_id=${encodeURIComponent(runId)}`)).events);
    } catch (error) {
      setStatus('lost', error.message);
    }
  });
}

async function offerTeachers() {
  const teachers = await api('/api/teachers');
  document.querySelector('#teachers').replaceChildren(...teachers.map((teacher) => {
    const button = make('button', { type: 'button', 'data-teacher': teacher.id }, `${teacher.name}, ${teacher.class}`);
    button.addEventListener('click', async () => {
      await api('/api/signin', { method: 'POST', body: { teacher: teacher.id } });
      location.reload();
    });
    return make('li', {}, button);
  }));
  main.dataset.state = 'signed-out';
}

function openClass(teacher) {
  document.querySelector('#title').textContent = teacher.class;
  document.querySelector('#lead').textContent = 'What the platform has received of your learners: every attempt, its sessions, and the time in them.';
  open('/api/class/journal/stream', new View({ ofClass: true }));
}

async function start() {
  try {
    const { learner, teacher } = await showAccount();
    if (teacher) openClass(teacher);
    else if (learner) open('/api/journal/stream', new View({ ofClass: false, onCard: fetchEvents }));
    else await offerTeachers();
  } catch (error) {
    lost(error.message);
    setTimeout(start, 4_000);
  }
}

start();
