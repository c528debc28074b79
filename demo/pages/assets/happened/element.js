// <what-happened>: every heartbeat of the run on display, how it travelled, and what the server has.
//
// For developers, and folded until one opens it: until then reports are taken, and nothing is drawn.
// Whoever has a `Report` calls `tell(json)`, whoever knows the run sets `run`.
import { api } from '../api.js';
import { duration, plural, preciseTimeOf } from '../format.js';
import { bindFaults } from './buttons.js';
import { outcome, way, Windows } from './windows.js';

const SETTLE_MS = 700; // the platform has an event a moment after the page's request is answered
const seconds = (ms) => (ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : duration(ms));

const FRAME = `
  <details class="happened" data-testid="happened">
    <summary>What happened <span class="muted">every heartbeat, for developers</span></summary>
    <div class="inner">
      <p class="muted">A heartbeat reports a window of time: active and paused milliseconds that add
        up to it. Here is each window of this run, how it travelled, and whether the server has it.</p>
      <p class="armed" data-testid="armed"></p>
      <div class="scroll" tabindex="0" role="region" aria-label="Windows of this run">
        <table data-testid="windows">
          <caption></caption>
          <thead><tr>
            <th scope="col">Window</th>
            <th scope="col" class="number">Active</th>
            <th scope="col" class="number">Paused</th>
            <th scope="col">How it travelled</th>
            <th scope="col">Server</th>
          </tr></thead>
          <tbody></tbody>
        </table>
      </div>
      <h3>Provoke a fault</h3>
      <p class="muted">In this browser only; nobody else notices. Watch the table, and the clock.</p>
      <ul class="faults">
        <li><button type="button" data-fault="cut-off" aria-pressed="false">Cut this page off</button>
          <p>Its requests fail, and it is told that it is offline. The server is fine. Press again, or
            load the page, to connect it.</p></li>
        <li><button type="button" data-fault="outage" aria-pressed="false">Server down for a minute</button>
          <p>The server refuses this browser’s heartbeats with 503. Answers are taken.</p></li>
        <li><button type="button" data-fault="crash">Crash this tab</button>
          <p>Overflows the stack of the tab’s process, which the browser then ends: no handler of the
            page runs. Load the page again to go on. Made for Chromium; other browsers may survive it.</p></li>
      </ul>
      <p role="status" class="fault-note"></p>
    </div>
  </details>`;

customElements.define('what-happened', class extends HTMLElement {
  #windows = new Windows();
  #run = '';
  #drawing = 0;
  #asking = 0;
  #tableIsOld = true;

  connectedCallback() {
    this.innerHTML = FRAME;
    this.querySelector('details').addEventListener('toggle', () => this.#refresh());
    bindFaults(this);
  }

  get run() { return this.#run; }

  set run(id) {
    this.#run = id;
    this.#refresh();
  }

  get #open() { return this.querySelector('details').open; }

  /** Something has become of a window: a `timeback_web.reports.Report` as JSON. */
  tell(json) {
    const report = JSON.parse(json);
    this.#windows.tell(report);
    this.#draw({ table: report.outcome !== 'armed' });
    if (['delivered', 'handed over'].includes(report.outcome)) this.#askSoon();
  }

  #refresh() {
    this.#draw();
    this.#ask();
  }

  #askSoon() {
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => this.#ask(), SETTLE_MS);
  }

  /** What earlier pages, crashed ones too, have reported is known to the server alone. */
  async #ask() {
    if (!this.#open || !this.#run) return;
    try {
      this.#windows.received(await api(`/api/journal?run_id=${encodeURIComponent(this.#run)}`));
      this.#draw();
    } catch {
      // Not saved yet, or no connection: the next report asks again.
    }
  }

  /** Once a frame at most, however much is told; the table only when there is something new in it. */
  #draw({ table = true } = {}) {
    this.#tableIsOld ||= table;
    if (!this.#open || this.#drawing) return;
    this.#drawing = requestAnimationFrame(() => {
      this.#drawing = 0;
      this.querySelector('.armed').textContent = armedText(this.#windows.armed);
      if (this.#tableIsOld) this.#drawTable();
    });
  }

  #drawTable() {
    this.#tableIsOld = false;
    const rows = this.#windows.of(this.#run);
    this.querySelector('caption').textContent = `${plural(rows.length, 'window')}, the newest first`;
    this.querySelector('tbody').replaceChildren(...rows.map(tableRow));
  }
});

const shortDay = new Intl.DateTimeFormat('en', { weekday: 'short', day: 'numeric', month: 'short' });

/** On which day it was, unless that was today. */
function day(stamp) {
  const today = new Date().toDateString() === new Date(stamp).toDateString();
  return today ? '' : `${shortDay.format(new Date(stamp))}, `;
}

function armedText(armed) {
  if (armed === undefined) return ''; // in a worker, it is the guard who knows
  if (armed === null) return 'Nothing is at stake now: a crash would lose nothing.';
  const place = armed.via === 'journal' ? 'in storage, for the next page to send' : 'with the browser (fetchLater)';
  return `If this tab crashed now, the open window would survive: ${seconds(armed.activeMs)} of active time, ${place}.`;
}

function tableRow(row) {
  const node = document.createElement('tr');
  const cell = (text, name = 'td') => {
    const made = document.createElement(name);
    made.textContent = text;
    node.append(made);
    return made;
  };
  cell(`${day(row.startedAt)}${preciseTimeOf(row.startedAt)} – ${preciseTimeOf(row.endedAt)}`, 'th').scope = 'row';
  cell(seconds(row.activeMs)).className = 'number';
  cell(seconds(row.pausedMs)).className = 'number';
  cell(way(row).join(' → '));
  const verdict = document.createElement('span');
  verdict.className = 'badge';
  verdict.dataset.state = outcome(row);
  verdict.textContent = { good: row.received ? 'received' : 'answered', wait: 'not yet', bad: 'refused' }[outcome(row)];
  cell('').append(verdict);
  node.dataset.outcome = outcome(row);
  return node;
}
