// node compile.mjs PYODIDE FOLDER SCRIPT JOBS: run a Python script in Pyodide, on a folder of ours.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [pyodide, folder, script, jobs] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(pyodide));
const env = {
  JOBS: jobs,
  PYTHONHASHSEED: "0", // the same sources make the same bytes
  // A traceback keeps its lines; the columns within them, which mark a part of a line that a page
  // has no source of, are a fifth of all bytes on the wire.
  PYTHONNODEBUGRANGES: "1",
};
const python = await loadPyodide({ env });
python.mountNodeFS("/archives", folder);
python.runPython(readFileSync(script, "utf8"));
