"""The time of a session, in pure Python: told what happens and when, it says what counts."""
