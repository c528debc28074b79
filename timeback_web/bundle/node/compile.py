"""Runs inside Pyodide: compile modules with the very Python that will load them.

$JOBS is JSON: a list of [folder below /archives, level of optimization].
"""

import compileall
import json
import os
import sys
from py_compile import PycInvalidationMode

[library] = [path for path in sys.path if path.endswith(".zip")]
[packages] = [path for path in sys.path if path.endswith("/site-packages")]

for folder, optimize in json.loads(os.environ["JOBS"]):
    complete = compileall.compile_dir(
        f"/archives/{folder}",
        # What tracebacks name: where the module will be, not where it is now.
        stripdir=f"/archives/{folder}",
        prependdir=library if folder.endswith(".zip") else packages,
        legacy=True,  # module.pyc beside module.py, which is found without its source
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        optimize=optimize,
        maxlevels=100,
        quiet=1,
    )
    if not complete:
        raise SystemExit(f"{folder} can't be compiled")
