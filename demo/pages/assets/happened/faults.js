// Faults to provoke, each as real as a page can make it, and none that reaches anybody else.
import { api } from '../api.js';

const natural = { fetch: window.fetch, fetchLater: window.fetchLater, sendBeacon: navigator.sendBeacon };

/** Cut this page off, or connect it again: what it sees is what it would see without a network. */
export function cutOff(off) {
  if (off) {
    window.fetch = () => Promise.reject(new TypeError('This page is cut off.'));
    navigator.sendBeacon = () => true; // as browsers do: taken, and lost
    if (natural.fetchLater) window.fetchLater = () => { throw new DOMException('Cut off.', 'QuotaExceededError'); };
    Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false });
  } else {
    window.fetch = natural.fetch;
    delete navigator.sendBeacon;
    delete navigator.onLine;
    if (natural.fetchLater) window.fetchLater = natural.fetchLater;
  }
  dispatchEvent(new Event(off ? 'offline' : 'online'));
}

/** Have the server refuse this browser's heartbeats with 503 for so long; 0 ends that. */
export const refuse = (seconds) => api('/api/outage', { method: 'POST', body: { seconds } });

const DEPTH = 20_000;

/**
 * Crash this tab. Laying out elements that are nested so deeply overflows the stack of Chromium's
 * renderer, and the browser ends its process: no handler runs, nothing is flushed.
 */
export function crash() {
  const root = document.createElement('div');
  let innermost = root;
  for (let depth = 0; depth < DEPTH; depth += 1) {
    const inner = document.createElement('div');
    innermost.append(inner);
    innermost = inner;
  }
  document.body.append(root);
  void root.offsetHeight; // lay it out now; whoever survives this goes on below
  root.remove();
}
