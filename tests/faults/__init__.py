"""The fault matrix: how exactly a learner's time is counted when things go wrong."""
