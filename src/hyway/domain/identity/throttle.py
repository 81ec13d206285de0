"""How often somebody may do what costs others something: counted in the database, for every process."""

from hyway.domain.identity.store import people as store
from hyway.kernel import clock
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Spent


def count(w: Write, who: str, most: int, window: int) -> None:
    """One more time of `who`, named with a word for what they do; Spent when it is one too many.

    `window` in microseconds.
    """
    check(w, who, most, window)
    note(w, who)


def check(r: Read, who: str, most: int, window: int) -> None:
    """Spent when `who` has used up their times already."""
    if store.failed_tries(r, who, clock.now() - window) >= most:
        raise Spent("too many at once; wait and try again", retry_after=window // clock.SECOND)


def note(w: Write, who: str) -> None:
    """One more time of `who`."""
    store.add_try(w, who, clock.now())
