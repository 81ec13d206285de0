"""While the database cannot be reached: what was known of toggles when it went holds on, for a while."""

import logging
from typing import Final

from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import may_pass

HOLDS: Final = clock.HOUR
"""How long after the database went what was known then is answered with."""
_AGAIN: Final = 1_000_000
"""Microseconds until it is asked again: not by every request."""
log = logging.getLogger(__name__)


class Away:
    """Since when the database has not answered. For the event loop alone."""

    def __init__(self) -> None:
        self._since: Instant | None = None
        self._asked: Instant = 0

    def is_fresh(self) -> bool:
        """Whether it has just not answered, so that what is known may be told without asking it."""
        return self._since is not None and clock.now() < min(self._asked + _AGAIN, self._since + HOLDS)

    def failed(self, error: Exception) -> bool:
        """Whether what was known still holds: the error says that the database is away, and it is so not for long."""
        if not may_pass(error):
            return False
        now = clock.now()
        if self._since is None:
            self._since = now
            log.warning("the database cannot be reached: toggles are evaluated as they were last known")
        self._asked = now
        return now - self._since < HOLDS

    def answered(self) -> None:
        self._since = None
