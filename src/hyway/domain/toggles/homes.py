"""Whose toggles a secret key asks for: it names no project, so the application that it tells of has to."""

from collections.abc import Sequence
from typing import Final

from hyway.domain import identity, projects
from hyway.domain.identity import NOBODYS, Caller
from hyway.kernel.db import Fact, Read, Write
from hyway.kernel.faults import Missing, Refused

TOPIC: Final = "toggle_homes"
"""Changes by organization: another project or app may now be meant."""
MOST: Final = 100
"""Projects whose toggles are put together at most."""
_ACTIONS: Final = frozenset(("project.created", "project.deleted", "app.created", "app.deleted"))


def of_secret(r: Read, by: Caller, application: str) -> tuple[int, ...]:
    """The projects (their `seq`) whose toggles the key may read: that of the application, by id or alternate id of an
    app or of a project, else all of them, oldest first.

    `by` is as its credential says, in no organization yet.
    """
    if by.organization == NOBODYS:
        raise Refused("Toggles are evaluated with a key of an organization")
    inside = identity.access.enter(r, by, identity.organization(r, by).wire_id)
    identity.access.require_somewhere(inside, "read", "Toggle")
    named = _named(r, inside, application) if application else None
    if named is not None:
        return (named,)
    found, _ = projects.page(r, inside, 0, MOST)
    return tuple(each.seq for each in found if identity.access.may(inside, "read", "Toggle", each.id))


def _named(r: Read, by: Caller, application: str) -> int | None:
    try:
        app = projects.apps.find(r, by, application)
    except Missing:
        pass  # no app is called so that the key may know of; clients name the project as often
    else:
        if identity.access.may(by, "read", "Toggle", *app.within):
            return app.project.seq
    try:
        project = projects.find(r, by, application)
    except Missing:
        return None
    return project.seq if identity.access.may(by, "read", "Toggle", project.id) else None


def hear(w: Write, facts: Sequence[Fact]) -> None:
    """Lets who remembers forget: a hearer of the database."""
    for fact in facts:
        if fact.action in _ACTIONS:
            whose = fact.by.organization
            w.changed(TOPIC, "*" if whose == NOBODYS else str(whose))
