"""Tracking by attributes, for `<script type="py">`: see docs/recipes/one-tag.md."""

from timeback_web.autostart import watch_page

watch = watch_page()
