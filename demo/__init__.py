"""The demo: two lessons that show `timeback_web` and the official `timeback-sdk` at work."""
