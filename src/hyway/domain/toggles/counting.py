"""Who sees what: evaluations and what programs tell of theirs, counted by the hour in few and bounded rows."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from hyway.domain import billing, identity, projects
from hyway.domain.billing import Count
from hyway.domain.identity import Caller
from hyway.domain.toggles.deciding import Decision
from hyway.domain.toggles.records import Seen, Sight, Source
from hyway.domain.toggles.store import counts as store
from hyway.kernel.clock import DAY, HOUR, Instant
from hyway.kernel.db import Read, Write

LONGEST: Final = 100
"""Letters of a value, or of a reason, that are kept."""
MOST: Final = 50
"""Different sights of one toggle from one source in an hour; what comes after them is counted as OTHER."""
MOST_OF_PROJECT: Final = 5_000
"""Different sights of one project from one source in an hour: whatever its programs tell, others still have room."""
MOST_ALTOGETHER: Final = 50_000
"""Different sights from one source in an hour that one process tells apart."""
OTHER: Final = "…"
KEPT: Final = 90 * DAY
"""How long counts are kept."""


class Tally:
    """Sights since they were last taken. Not for several threads at once."""

    def __init__(self) -> None:
        self._counts: dict[Sight, int] = {}
        self._hour = 0
        self._told_apart: dict[tuple[int, str, Source], set[tuple[str, str]]] = {}
        self._of_project: Counter[tuple[int, Source]] = Counter()
        self._altogether: Counter[Source] = Counter()

    def decided(self, decision: Decision, count: int, at: Instant) -> None:
        """So many were given this answer."""
        self._add(
            decision.project, decision.key, "evaluate", as_text(decision.value), decision.reason, count, at
        )

    def told(self, project: int, key: str, value: Any, reason: str, at: Instant) -> None:
        """A program tells that it has shown the value; the toggle must be known to be one of the project's."""
        self._add(project, key, "telemetry", as_text(value), reason, 1, at)

    def _add(
        self, project: int, key: str, source: Source, value: str, reason: str, count: int, at: Instant
    ) -> None:
        hour = at // HOUR
        if hour != self._hour:
            self._hour = hour
            for each in (self._told_apart, self._of_project, self._altogether):
                each.clear()
        known = self._told_apart.setdefault((project, key, source), set())
        seen = (_cut(value), _cut(reason))
        if seen not in known:
            if len(known) < MOST and self._has_room(project, source):
                known.add(seen)
            else:
                seen = (OTHER, OTHER)
        sight = Sight(project, key, hour, source, *seen)
        self._counts[sight] = self._counts.get(sight, 0) + count

    def _has_room(self, project: int, source: Source) -> bool:
        """Whether one more can be told apart; it is counted then."""
        of = (project, source)
        if self._of_project[of] >= MOST_OF_PROJECT or self._altogether[source] >= MOST_ALTOGETHER:
            return False
        self._of_project[of] += 1
        self._altogether[source] += 1
        return True

    def take(self) -> dict[Sight, int]:
        """All of them, which are then no longer here."""
        taken, self._counts = self._counts, {}
        return taken

    def back(self, counts: Mapping[Sight, int]) -> None:
        """What was taken and could not be written; while there is no room it is lost."""
        if len(self._counts) + len(counts) <= 2 * MOST_ALTOGETHER:
            for sight, count in counts.items():
                self._counts[sight] = self._counts.get(sight, 0) + count


def as_text(value: Any) -> str:
    """A value as its JSON text, without what no database takes; an object's text, or any other, as it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        return OTHER


def _cut(text: str) -> str:
    short = text if len(text) <= LONGEST else text[: LONGEST - 1] + OTHER
    return short.replace("\0", OTHER).encode("utf-8", "replace").decode()


def add(w: Write, counts: Mapping[Sight, int], metered: Iterable[Count]) -> None:
    """Adds what was counted, and the requests that organizations' meters show, all or nothing."""
    store.add(w, counts)
    billing.meters.add(w, metered)


def seen(r: Read, by: Caller, project_id: str, key: str, since: Instant) -> list[Seen]:
    """What was seen of a project's toggle from the hour of `since` on, oldest first."""
    project = projects.find(r, by, project_id)
    identity.access.require(by, "read", "Toggle", project.id)
    return list(store.of_toggle(r, project.seq, key, since // HOUR))


def forget(w: Write, now: Instant) -> None:
    """What is older than it is kept for."""
    store.forget(w, (now - KEPT) // HOUR)
