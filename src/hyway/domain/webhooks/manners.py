"""How each API words its webhooks: which events there are, when to try again, what the headers say.

The manner of Hyway's own events lives here; a context above brings its own with `register`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hyway.domain.webhooks import rules
from hyway.kernel.clock import Instant
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid

EVERYTHING = "*"
"""Said in place of a list of events."""
Acknowledged = Callable[[Write, int, str, Instant], None]
"""Told, in the transaction that notes it, that a receiver has the organization's subject."""


@dataclass(frozen=True, slots=True)
class Manner:
    """`backoff` is how long after each failed attempt the next one follows; its last step is repeated when `tail`.

    A delivery is given up `patience` after it was queued.
    """

    name: str
    events: tuple[str, ...]
    headers: Callable[[str, str, str, bytes, int], dict[str, str]]
    backoff: tuple[Instant, ...] = rules.BACKOFF
    patience: Instant = rules.PATIENCE
    tail: bool = False
    acknowledged: Acknowledged | None = None

    def check(self, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """Known events, once each, in the manner's order; all of them as one star."""
        if EVERYTHING in wanted:
            return (EVERYTHING,)
        for event in wanted:
            if event not in self.events:
                raise Invalid("events", "knows no event {event}", event=event[:50])
        if not wanted:
            raise Invalid("events", "must name at least one event")
        return tuple(event for event in self.events if event in wanted)

    def next_try(self, attempts: int, since: Instant, now: Instant, dice: float) -> Instant | None:
        """When to try again after `attempts` failed ones; None to give up. `dice` in [0, 1) spreads the herd."""
        if attempts > len(self.backoff) and not self.tail:
            return None
        step = self.backoff[min(attempts, len(self.backoff)) - 1]
        at = now + int(step * (0.9 + 0.2 * dice))
        return at if at - since <= self.patience else None


HYWAY = Manner("hyway", rules.EVENTS, rules.headers)
_known: dict[str, Manner] = {HYWAY.name: HYWAY}


def register(manner: Manner) -> None:
    if manner.name in _known:
        raise ValueError(f"two manners named {manner.name}")
    _known[manner.name] = manner


def manner(name: str) -> Manner:
    return _known[name]


def all_manners() -> Mapping[str, Manner]:
    return _known
