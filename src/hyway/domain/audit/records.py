"""Nouns of the event log."""

from dataclasses import dataclass
from typing import Any

from hyway.kernel.clock import Instant


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
