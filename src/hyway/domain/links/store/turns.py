"""Turns: what an organization has so many of, or one of by name, without a constraint that could say so."""

from sqlalchemy import func, select

from hyway.kernel.db import Write

_LINKS = 0x6C696E6B  # "link" in ASCII, as the first half of PostgreSQL's number of an advisory lock


def take(w: Write, organization: int) -> None:
    """Waits until nobody else has the organization's turn, and keeps it until the commit; before any row is locked.

    What is read from then on shows what those before have made. SQLite has one writer and needs no turns.
    """
    if w.engine == "postgresql":
        w.run(select(func.pg_advisory_xact_lock(_LINKS, organization)))
