"""The app is told when a change is complete, in order, in the same task."""

import pytest

from timeback_web.notices import Notices


def test_outside_a_change_it_is_told_at_once():
    notices, told = Notices(), []
    notices.tell(lambda: told.append("now"))
    assert told == ["now"]


def test_within_changes_it_is_told_when_the_outermost_is_done():
    notices, told = Notices(), []
    with notices:
        notices.tell(lambda: told.append(1))
        with notices:
            notices.tell(lambda: told.append(2))
        assert told == []
    assert told == [1, 2]


def test_what_a_callback_changes_is_told_after_what_is_older():
    notices, told = Notices(), []

    def change_more():
        told.append("first")
        with notices:
            notices.tell(lambda: told.append("third"))
        assert told[-1] == "third"

    with notices:
        notices.tell(change_more)
        notices.tell(lambda: told.append("second"))
    assert told == ["first", "second", "third"]


def test_a_change_that_fails_still_tells_what_has_happened():
    notices, told = Notices(), []

    def fail():
        with notices:
            notices.tell(lambda: told.append("before"))
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert told == ["before"]
