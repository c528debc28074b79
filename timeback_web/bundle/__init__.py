"""`python -m timeback_web bundle`: everything a page needs, in one folder you host yourself.

This package runs on the host only: the wheel that the page loads leaves it out.

Theory of operation: `pins.json` names every download with its hash. `cache.py` keeps the verified
downloads, `derived.py` what was made from them with some effort (bytecode, compressed copies);
`steps.py` is the list of what happens to them, in order; `build.py` runs that list on a
staging folder and moves the result in place in one go. `manifest.json`, written last, says what is
in the folder, so that a later run can tell a bundle of its own from somebody's files.
"""
