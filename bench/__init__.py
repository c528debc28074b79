"""`make bench`: boot, beat, bytes, memory and accuracy, measured side by side in one run.

Theory of operation: `__main__.py` runs the sections that were asked for, one by one, on one server
(`site.py`). A section is a module with `measure(lab)`, which returns its chapter of
`docs/benchmarks.md`. Pages tell what they have measured by a POST to `/report`; what peers and
heartbeats send is written down by the same server.
"""
