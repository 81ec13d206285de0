"""Nouns of billing."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

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


Meter = Literal[
    "env.pull", "env.push", "link.created", "net_info.requests", "toggle.evaluations", "toggle.telemetry"
]
METERS: tuple[Meter, ...] = get_args(Meter)
"""What is counted of an organization."""


Count = tuple[int, Meter, int, int]
"""Organization, meter, day (as `cycles.day` numbers them), and how many."""


class Days(NamedTuple):
    """From the first day on, up to but without the end, as `cycles.day` numbers them."""

    first: int
    end: int
