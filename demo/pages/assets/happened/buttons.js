// The buttons that provoke faults, and what they say meanwhile.
import { crash, cutOff, refuse } from './faults.js';

const OUTAGE_S = 60;

/** Connect the buttons in `panel`. */
export function bindFaults(panel) {
  const note = (text) => { panel.querySelector('.fault-note').textContent = text; };
  const button = (fault) => panel.querySelector(`[data-fault="${fault}"]`);
  const isOn = (fault) => button(fault).getAttribute('aria-pressed') === 'true';
  const show = (fault, on) => button(fault).setAttribute('aria-pressed', on);
  let outageEnds;

  button('cut-off').addEventListener('click', () => {
    const off = !isOn('cut-off');
    cutOff(off);
    show('cut-off', off);
    note(off ? 'This page is cut off. Windows wait in its storage.' : 'This page is connected again.');
  });

  function endOutage(text) {
    clearTimeout(outageEnds);
    show('outage', false);
    note(text);
  }

  button('outage').addEventListener('click', async () => {
    const begin = !isOn('outage');
    try {
      await refuse(begin ? OUTAGE_S : 0);
    } catch (error) {
      note(error.message);
      return;
    }
    if (!begin) {
      endOutage('The server takes heartbeats again. What waits goes out at the next try.');
      return;
    }
    show('outage', true);
    note(`For ${OUTAGE_S} s the server refuses this browser’s heartbeats.`);
    outageEnds = setTimeout(() => endOutage('The server takes heartbeats again.'), OUTAGE_S * 1000);
  });

  button('crash').addEventListener('click', () => {
    note('Crashing …');
    // After the note is painted: nothing is, afterwards.
    requestAnimationFrame(() => setTimeout(() => {
      crash();
      note('This browser has survived it. Its task manager can end the tab’s process.');
    }));
  });
}
