#!/usr/bin/env bash
# pytest 9.2.0 with pytest-xdist 3.8.0 (PyPI): `--dist loadgroup` is accepted and does nothing.
#
# A good engineer would guess: tests marked `xdist_group("x")` run in one worker, as the documents of
# pytest-xdist say, or the plugin refuses a pytest that it does not know.
#
# Seen: xdist's worker writes the group into `Item._nodeid` ("...@x"), and its scheduler reads it back
# out of the ids that it is sent. pytest 9.2 builds `nodeid` from another attribute, so the suffix is
# never seen: marked tests are spread over the workers, without a warning. What a group shared (a
# server, a database, a browser's focus) is made, or fought for, in each of them. With pytest 9.1.1
# each group stays together.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
pip=("$work/venv/bin/pip" install --quiet --disable-pip-version-check)
cat >"$work/test_groups.py" <<'PYTHON'
import time

import pytest


@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(8))
def test_shares_something(number):
    time.sleep(0.1)
PYTHON

workers() { # how many workers have run tests of the one group
    (cd "$work" && "$work/venv/bin/python" -m pytest -p no:cacheprovider -v -n 2 --dist loadgroup 2>/dev/null) |
        grep -oE '^\[gw[0-9]+\]' | sort -u | wc -l
}

"${pip[@]}" pytest==9.1.1 pytest-xdist==3.8.0
with_9_1="$(workers)"
"${pip[@]}" pytest==9.2.0
with_9_2="$(workers)"
echo "workers that ran the group: $with_9_1 with pytest 9.1.1, $with_9_2 with pytest 9.2.0"
[ "$with_9_1" = 1 ] && [ "$with_9_2" = 2 ] && echo "as described"
