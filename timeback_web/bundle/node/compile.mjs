// node compile.mjs PYODIDE FOLDER SCRIPT JOBS PACKAGES MODULE...: run a Python script in Pyodide, on a
// folder of ours. It can import those modules, which are named by their paths below PACKAGES.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodide, folder, script, jobs, packages, ...modules] = process.argv.slice(2);
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
for (const module of modules) {
  python.FS.mkdirTree(dirname(`/modules/${module}`));
  python.FS.writeFile(`/modules/${module}`, readFileSync(join(packages, module)));
}
python.runPython('import sys; sys.path.append("/modules")');
python.runPython(readFileSync(script, "utf8"));
