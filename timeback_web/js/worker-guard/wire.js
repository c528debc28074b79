// How the guard reaches the server and the page's storage, as browser/network.py and
// browser/storage.py do, and what it sends and keeps, as wire.py and outbox.py have it.
const JSON_TYPE = 'application/json';
const GIVE_UP_MS = 300_000; // a browser may have six requests open to a server

const iso = (ms) => new Date(ms).toISOString();

/** An open window as an entry of the outbox, with the heartbeat that reports it. */
export function heartbeat({ run, started, ended, elapsed, body, learner }) {
  const times = {
    startedAt: iso(started),
    endedAt: iso(ended),
    elapsedMs: elapsed,
    pausedMs: ended - started - elapsed,
  };
  return {
    run_id: run,
    started_at_ms: started,
    ended_at_ms: ended,
    elapsed_ms: elapsed,
    body: JSON.stringify({ ...JSON.parse(body), ...times }),
    learner,
  };
}

function options(headers, body) {
  const accept = { Accept: JSON_TYPE };
  // A signed-out request that is redirected to a login page would end in a cheerful 200.
  const common = { credentials: 'same-origin', cache: 'no-store', redirect: 'manual' };
  if (body === null) return { ...common, headers: { ...accept, ...headers } };
  const both = { 'Content-Type': JSON_TYPE, ...accept, ...headers };
  return { ...common, method: 'POST', keepalive: true, body, headers: both };
}

/** The answer, `status` null where none came. */
export async function request(url, headers, body) {
  try {
    const signal = AbortSignal.timeout?.(GIVE_UP_MS);
    const response = await fetch(url, { ...options(headers, body), signal });
    if (response.type === 'opaqueredirect') return { status: null, redirected: true };
    const { status, redirected, headers: said } = response;
    return {
      status,
      redirected,
      body: await response.text().catch(() => ''), // the status decides
      retry_after: said.get('Retry-After') ?? '',
      content_type: said.get('Content-Type') ?? '',
    };
  } catch (error) {
    return { status: null, body: String(error) };
  }
}

/** Whether it is the server's word that it was taken: see delivery/answers.py. */
export const isTaken = ({ status, redirected, content_type: type = '' }) =>
  !redirected && (status === 204 || (status === 200 && /json *(;|$)/i.test(type)));

/** Whether the browser has taken it. */
export function beacon(url, body) {
  return navigator.sendBeacon(url, new Blob([body], { type: JSON_TYPE }));
}

/** Have the browser send it when the page dies; null where it can't, or over 64 KiB an origin. */
export function arm(url, headers, body) {
  if (!window.fetchLater) return null;
  const controller = new AbortController();
  try {
    const later = fetchLater(url, { ...options(headers, body), signal: controller.signal });
    return { gone: () => later.activated, drop: () => controller.abort() };
  } catch {
    return null;
  }
}

/** Store a text, or remove it (null); whether that went well. */
export function store(key, text) {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

/** All that is stored under a prefix; nothing where storage is blocked. */
export function stored(prefix) {
  try {
    const all = Object.entries(localStorage);
    return Object.fromEntries(all.filter(([key]) => key.startsWith(prefix)));
  } catch {
    return {};
  }
}
