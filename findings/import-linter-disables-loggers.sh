#!/usr/bin/env bash
# import-linter 2.17 (PyPI): a call of its `lint_imports()` switches off the loggers of the process.
#
# A good engineer would guess: a linter that is called from a test ("are the layers kept?") returns an
# exit code and leaves the process as it was.
#
# Seen: `importlinter.cli.lint_imports()` calls `logging.config.dictConfig` with that function's own
# default for `disable_existing_loggers`. From then on every logger that existed before is disabled,
# and each later test in the same process that expects a log record fails; alone it passes. Run the
# command `lint-imports` as a process of its own instead.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check import-linter==2.17
mkdir -p "$work/project/layered"
cd "$work/project"
printf '"""Two layers."""\n' >layered/__init__.py
printf 'from layered import low\n' >layered/high.py
: >layered/low.py
cat >.importlinter <<'INI'
[importlinter]
root_package = layered

[importlinter:contract:layers]
name = Layers
type = layers
containers = layered
layers =
    high
    low
INI
cat >try.py <<'PYTHON'
import logging
import sys

sys.path.insert(0, ".")
from importlinter.cli import lint_imports

logger = logging.getLogger("an.application")
before = logger.disabled
code = lint_imports(config_filename=".importlinter", no_cache=True)
print(f"exit code {code}, logger disabled before: {before}, after: {logger.disabled}")
sys.exit((code, before, logger.disabled) != (0, False, True))
PYTHON
"$work/venv/bin/python" try.py && echo "as described"
