"""Nouns of billing."""

from dataclasses import dataclass

from hyway.kernel.clock import Instant


@dataclass(frozen=True, slots=True)
class Account:
    """Who pays for organizations; `seq` stays inside."""

    seq: int
    id: str
    name: str
    email: str
    created_at: Instant


@dataclass(frozen=True, slots=True)
class NewAccount:
    name: str
    email: str
