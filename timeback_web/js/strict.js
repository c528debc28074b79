/**
 * Lets PyScript boot under a Content-Security-Policy without `'unsafe-eval'`: one
 * `<script type="module">` before PyScript's, on a page whose Python is on the main thread. What
 * PyScript prepares for workers is put together by eval(), and there it is prepared for nobody.
 */
import { hooks } from '../pyscript/core.js';

hooks.worker.onBeforeRunAsync.clear();
