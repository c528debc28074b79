// How far a run is, as far as anybody can know from what has arrived.

// Heartbeats come every 15 s; one may be late.
const LIVE_MS = 40_000;
// A window that arrives longer after its end was kept back, while there was no connection.
const LATE_MS = 60_000;

/** `working`, `paused`, `completed` or `open`; `now` is the server's clock, in ms. */
export function standing({ sessions, completion, lastReceivedAt }, now) {
  if (completion) return 'completed';
  const last = sessions.at(-1)?.windows.at(-1);
  if (!last) return 'open';
  const received = Date.parse(lastReceivedAt);
  if (now - received > LIVE_MS || received - Date.parse(last.endedAt) > LATE_MS) return 'open';
  return last.activeMs ? 'working' : 'paused';
}

export const isLive = (name) => name === 'working' || name === 'paused';

export const WORDS = {
  working: { text: 'Working now', badge: 'good' },
  paused: { text: 'Paused now', badge: 'wait' },
  completed: { text: 'Completed', badge: 'recorded' },
  open: { text: 'Open', badge: 'open' },
};
