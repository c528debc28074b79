/**
 * One tag for a page whose author writes no Python: it brings Python, and the tracking that the
 * page's `data-timeback-` attributes ask for (docs/recipes/one-tag.md). A page that runs PyScript
 * anyway names autostart.py of the bundle there instead: two Pythons are one too many.
 *
 *   <script type="module" async src="/static/runtime/js/autostart.js"></script>
 */
// The smallest module there is. A policy that refuses it refuses Python, too, whose loader would
// never say so.
const NOTHING = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

try {
  new WebAssembly.Module(NOTHING);
  const { loadPyodide } = await import('../pyodide/pyodide.mjs');
  const python = await loadPyodide({ packages: ['timeback-web-autostart'] });
  python.runPython('from timeback_web.autostart import watch_page\nwatch = watch_page()');
} catch (error) {
  fail(`Python could not be started: ${error.message}`);
  throw error;
}

/** As Python itself does it (`timeback_web/autostart/state_attributes.py`); here there is none. */
function fail(message) {
  const element = document.querySelector('[data-timeback-activity]');
  if (!element) return;
  element.setAttribute('data-timeback-state', 'failed');
  element.setAttribute('data-timeback-error', message);
  for (const shown of document.querySelectorAll('[data-timeback-when]')) {
    shown.hidden = !shown.getAttribute('data-timeback-when').split(/\s+/).includes('failed');
  }
  const detail = { message, attribute: null, willRetry: false };
  element.dispatchEvent(new CustomEvent('timeback:error', { bubbles: true, detail }));
}
