// What the page does by itself, and what it says if Python can't start.
import { showLearner } from '../header.js';

const PATIENCE_MS = 60_000;
const main = document.querySelector('#main');
const text = (id, value) => { document.querySelector(id).textContent = value; };

function fail(title, message) {
  if (main.dataset.state !== 'booting') return;
  text('#error-title', title);
  text('#error-text', message);
  main.dataset.state = 'error';
}

document.querySelector('#error-reload').addEventListener('click', () => location.reload());
// The worker hears of a submit when the browser has sent the form already.
document.querySelector('#question').addEventListener('submit', (event) => event.preventDefault());

setTimeout(() => fail('The lesson can’t start', 'Its program could not be loaded. Check the connection, then load the page again.'), PATIENCE_MS);
if (!crossOriginIsolated) {
  fail('The lesson can’t start', 'A worker reaches this page only when it is served with the COOP and COEP headers.');
} else if (!await showLearner({ signOut: false })) {
  fail('Please sign in first', 'Choose who is learning, then open the lesson again.');
}
