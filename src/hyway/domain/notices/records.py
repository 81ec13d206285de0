"""Nouns of notices."""

from dataclasses import dataclass

from hyway.kernel.clock import Instant


@dataclass(frozen=True, slots=True)
class Notice:
    """Something an organization should know; `link` is a path of the console or empty."""

    seq: int
    id: str
    kind: str
    title: str
    body: str
    link: str
    created_at: Instant
    seen_at: Instant | None
