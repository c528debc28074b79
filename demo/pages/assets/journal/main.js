// The journal: what the platform has received, looked up again every few seconds while it is seen.
import { api } from '../api.js';
import { preciseTimeOf } from '../format.js';
import { showLearner } from '../header.js';
import { fillEvents, runCard } from './run.js';

const REFRESH_MS = 4_000;

const main = document.querySelector('#main');
const list = document.querySelector('#runs');
const status = document.querySelector('#status');
const cards = new Map(); // run id -> { text, node }
let lessons = null;
let timer = 0;

async function refresh() {
  clearTimeout(timer);
  try {
    lessons ??= await api('/api/lessons');
    show(await api('/api/journal'));
    status.textContent = '';
  } catch (error) {
    if (error.status === 401) {
      main.dataset.state = 'signed-out';
      return;
    }
    if (main.dataset.state === 'loading') {
      document.querySelector('#problem').textContent = `${error.message} Trying again …`;
      main.dataset.state = 'error';
    } else {
      status.textContent = `${error.message} This is how it was at ${preciseTimeOf(Date.now())}.`;
    }
  }
  if (!document.hidden) timer = setTimeout(refresh, REFRESH_MS);
}

function show(runs) {
  if (!runs.length) {
    main.dataset.state = 'empty';
    return;
  }
  const nodes = runs.map((run) => {
    const text = JSON.stringify(run);
    const known = cards.get(run.runId);
    if (known?.text === text) return known.node;
    const node = runCard(run, lessons.find(({ id }) => id === run.lesson)?.name ?? run.lesson);
    if (known) takeOver(known.node, node);
    watchEvents(run.runId, node);
    cards.set(run.runId, { text, node });
    return node;
  });
  const shown = [...list.children];
  if (nodes.length !== shown.length || nodes.some((node, index) => node !== shown[index])) replace(nodes);
  main.dataset.state = 'filled';
}

/** Open folds stay open in the card that takes the old one's place. */
function takeOver(old, node) {
  for (const fold of old.querySelectorAll('details[open]')) {
    node.querySelector(`[data-fold="${fold.dataset.fold}"]`).open = true;
  }
}

/** Put the cards in, and the focus back where it was. */
function replace(nodes) {
  const summary = document.activeElement?.closest?.('summary');
  const run = summary?.closest('.run')?.dataset.runId;
  const fold = summary?.parentElement.dataset.fold;
  list.replaceChildren(...nodes);
  if (run) cards.get(run)?.node.querySelector(`[data-fold="${fold}"] summary`).focus({ preventScroll: true });
}

/** Raw events are many: they are fetched when somebody opens their fold. */
function watchEvents(runId, node) {
  const fold = node.querySelector('[data-fold="events"]');
  const load = async () => {
    if (!fold.open) return;
    try {
      fillEvents(fold, (await api(`/api/journal?run_id=${encodeURIComponent(runId)}`)).events);
    } catch (error) {
      status.textContent = error.message;
    }
  };
  fold.addEventListener('toggle', load);
}

async function start() {
  try {
    if (!await showLearner()) {
      main.dataset.state = 'signed-out';
      return;
    }
  } catch {
    // The refresh below says what is wrong, and tries again.
  }
  document.addEventListener('visibilitychange', () => (document.hidden ? clearTimeout(timer) : refresh()));
  refresh();
}

start();
