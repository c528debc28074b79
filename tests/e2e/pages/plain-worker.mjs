// Python in a worker without PyScript.
import { loadPyodide } from '/bundle/pyodide/pyodide.mjs';

const pyodide = await loadPyodide({ packages: ['timeback-web-worker'] });
const run = await pyodide.runPythonAsync(`
from timeback_web import TimeOptions, Timeback

timeback = Timeback()
activity = timeback.activity.start(
    id="fractions",
    name="Fractions",
    course={"subject": "Math", "grade": 3},
    time=TimeOptions(heartbeat_ms=600_000),
)
activity.run_id
`);
postMessage({ run });
