// The journal as it changes: one stream of server-sent events, open while somebody looks.
//
// A browser has six connections to a server, and each open stream holds one. So a page that is
// hidden lets go of its stream, and asks for everything again when it is seen.

const LOST_AFTER_MS = 4_000; // the browser comes back by itself; nobody need hear of a moment
const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 30_000;

/**
 * Follow the journal at `path`.
 *
 * `onJournal(data)` gets everything, `onRuns(data)` the runs that changed, `onLive()` is called
 * when the stream is open, `onLost()` when it has been closed for a while. `onRefused()` is asked
 * when the server gave another answer than a stream; it says whether to try again.
 */
export function follow(path, { onJournal, onRuns, onLive, onLost, onRefused }) {
  let source = null;
  let lost = 0;
  let retry = 0;
  let delay = FIRST_RETRY_MS;

  function open() {
    if (source || document.hidden) return;
    source = new EventSource(path);
    source.addEventListener('journal', ({ data }) => onJournal(JSON.parse(data)));
    source.addEventListener('runs', ({ data }) => onRuns(JSON.parse(data)));
    source.addEventListener('open', opened);
    source.addEventListener('error', failed);
  }

  function opened() {
    clearTimeout(lost);
    lost = 0;
    delay = FIRST_RETRY_MS;
    onLive();
  }

  function failed() {
    lost ||= setTimeout(onLost, LOST_AFTER_MS);
    if (source.readyState === EventSource.CLOSED) refused();
  }

  async function refused() {
    source = null;
    if (!await onRefused()) return stop();
    retry = setTimeout(open, delay);
    delay = Math.min(2 * delay, LAST_RETRY_MS);
  }

  function close() {
    clearTimeout(lost);
    clearTimeout(retry);
    lost = 0;
    source?.close();
    source = null;
  }

  const lookedAt = () => (document.hidden ? close() : open());

  function stop() {
    close();
    document.removeEventListener('visibilitychange', lookedAt);
    removeEventListener('pagehide', close);
    removeEventListener('pageshow', open);
  }

  document.addEventListener('visibilitychange', lookedAt);
  addEventListener('pagehide', close);
  addEventListener('pageshow', open);
  open();
  return stop;
}
