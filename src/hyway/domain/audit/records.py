"""Nouns of the event log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hyway.kernel.clock import Instant


@dataclass(frozen=True, slots=True)
class Reference:
    """Something that an event speaks of: `kind` as the wire of projects spells it (`Project`), `view` as it was."""

    kind: str
    id: str
    view: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """Who did what, to what, when, and by which way in."""

    seq: int
    id: str
    at: Instant
    via: str
    actor_kind: str
    actor_id: str
    actor_name: str
    action: str
    subject_kind: str
    subject_id: str
    data: dict[str, Any]
    request_id: str
    member: str = ""
    """The membership (`memb_…`) through which it was done; empty where a server or an older kind of key did it."""
    references: tuple[Reference, ...] = ()
    """What it is about, who did it, and what else it speaks of, in this order."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reference to search by: whatever has the id, or only what is of the kind, too."""

    id: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a search; `next` is the cursor of the page after it, None on the last one."""

    events: list[Event]
    next: str | None
