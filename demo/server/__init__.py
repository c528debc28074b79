"""The demo's server. Start it with `python -m demo.server`; HTTP interface: docs/demo-api.md."""
