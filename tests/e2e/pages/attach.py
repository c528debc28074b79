"""Stands behind the JavaScript of its page; twice, which must be harmless."""

from timeback_web import frontends

frontends.attach()
frontends.attach()
