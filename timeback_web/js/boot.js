/**
 * Brings Python into a page that has none of its own: one `<script type="module">` in a bundle made
 * by `python -m timeback_web bundle`, and it keeps the time of the page's components. Say `async`,
 * too: module scripts run in order otherwise, and the page's own would wait.
 */
import { loadPyodide } from '../pyodide/pyodide.mjs';

const python = await loadPyodide({ packages: ['timeback-web-frontends'] });
python.runPython('from timeback_web import frontends\nfrontends.attach()');
