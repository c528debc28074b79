// The main-thread guard: the part of timeback_web that stays on the page while Python runs in a
// worker. A worker hears that its page is hidden or left when it is too late to send anything
// (docs/workers.md). So the guard keeps a copy of the open window (worker-guard/window.js), and reports it
// in the very task in which the page is hidden, left or frozen (worker-guard/page.js). The worker's
// ledger follows.
//
//   <script type="module" src="/bundle/js/guard.js"></script>   guards PyScript's workers
//   import { guard } from '/bundle/js/guard.js'; guard(worker)  guards any other
//
// All times that are exchanged are on the worker's own performance.now().
import { listenForInput, Page } from './worker-guard/page.js';
import { OpenWindow } from './worker-guard/window.js';
import { request, store, stored } from './worker-guard/wire.js';

const HELLO = 'timeback_web/hello/1';
const PREFIX = 'timeback_web/';

/** Guard the Python in a worker; it says hello when it is ready. */
export function guard(worker) {
  worker.addEventListener('message', ({ data, ports }) => {
    if (data === HELLO) new Guard(ports[0]);
  });
}

class Guard {
  seq = 0; // of what was told; the worker says how much of it has been heard
  shift = 0; // from the worker's clock to the page's
  moment = null;

  constructor(port) {
    this.port = port;
    this.page = new Page(this);
    this.open = new OpenWindow(this);
    port.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.do === 'hello') this.shift = message.origin - performance.timeOrigin;
      this.atOnce(() => this[`do_${message.do}`](message));
    };
  }

  now() { return this.moment ?? performance.now() - this.shift; }

  /** Whatever is done and told in here happens at one moment. */
  atOnce(act) {
    this.moment = this.now();
    try {
      act();
    } finally {
      this.moment = null;
    }
  }

  tell(message) {
    const clocks = { seq: this.seq += 1, at: this.now(), wall: Date.now() };
    this.port.postMessage(JSON.stringify({ ...clocks, ...message }));
  }

  async send({ id, url, headers, body }) {
    const answer = await request(url, headers, body);
    this.open.heard(url, answer);
    this.tell({ tell: 'answer', id, ...answer });
  }

  // ── what the worker says ──────────────────────────────────────────────────────────────────────

  do_hello() {
    const known = { online: navigator.onLine, stored: stored(PREFIX) };
    this.tell({ tell: 'hello', ...known, ...this.page.past() });
    this.page.listen();
    addEventListener('storage', ({ key, newValue }) => {
      if (key?.startsWith(PREFIX)) this.tell({ tell: 'stored', key, value: newValue });
    });
  }

  do_window(news) { this.open.follow(news); }

  do_over() { this.open.close(); }

  do_fetch(message) {
    if (this.open.grants(message.claim)) this.send(message);
    else this.tell({ tell: 'answer', id: message.id }); // it was not sent, and has no status
  }

  do_store({ key, value, claim }) {
    if (this.open.grants(claim)) store(key, value);
    else this.tell({ tell: 'stored', key, value: null });
  }

  do_remove({ key }) { store(key, null); }

  do_inputs() { listenForInput(() => this.tell({ tell: 'event', event: 'input' })); }

  do_go({ url }) { location.assign(url); }
}

// PyScript puts the worker on the element that asked for it, and tells nobody when.
const guarded = new Set();
setInterval(() => {
  for (const element of document.querySelectorAll('[worker]')) {
    if (element.xworker && !guarded.has(element)) {
      guarded.add(element);
      guard(element.xworker);
    }
  }
}, 100);
