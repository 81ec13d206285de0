"""A person's own browser sessions: where they are signed in at the pages, and how to end that."""

from hyway.domain.identity.records import Caller, SessionShown
from hyway.domain.identity.store import sessions as store
from hyway.domain.identity.tokens import person_of
from hyway.kernel import clock
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Missing


def page(r: Read, by: Caller) -> list[SessionShown]:
    """The caller's own that live, the one used last first."""
    return store.of_person(r, person_of(by), clock.now())


def drop(w: Write, by: Caller, id: str) -> None:
    """Ends a session: its browser is at the sign-in page from its next request on.

    Missing for one that is not the caller's.
    """
    if "\0" in id or not store.drop(w, person_of(by), id):
        raise Missing("there is no such session")
    w.announce(by, "session.ended", "session", id)
