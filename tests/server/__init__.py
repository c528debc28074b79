"""Tests of the demo's server: the real SDK, a real database, a really listening server."""
