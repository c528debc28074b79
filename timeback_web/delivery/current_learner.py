"""Whose time may be sent now: the server books a heartbeat for whoever is signed in.

A page can change learners without being loaded again. The cookie is then the new learner's, for the
requests of every client on the page. Which learner that is nobody tells us, but whoever starts an
activity is signed in: so what is tagged with a learner waits from the moment in which an activity
is started for another one, until that learner starts again.

Headers are no proof of the contrary: a callable gives the token of whoever is signed in, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timeback_web.ports import PageRecord


class CurrentLearner:
    """The learner who is signed in at a server, as far as the clients of this page know.

    Args:
        record: What they know of each other.
        server: Its address.
    """

    def __init__(self, record: PageRecord, server: str) -> None:
        """Say nothing yet."""
        self._record = record
        self._server = server

    def starts(self, learner: str) -> None:
        """An activity is started for `learner`; without a tag nobody knows whose it is."""
        if learner:
            self._record.signs_in(self._server, learner)

    def may_be(self, learner: str) -> bool:
        """Whether `learner` may be the one; what has no tag may be anybody's."""
        return not learner or self._record.learner(self._server) in ("", learner)
