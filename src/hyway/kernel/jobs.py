"""What happens later and again: contexts say it here, the worker does it.

`@job("topic")` runs an errand that a transaction left in the outbox, at least once: it must bear two runs.
`@every(seconds)` runs in one process of all that share the database, never twice at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hyway.kernel.blobs import Blobs
from hyway.kernel.db import Database
from hyway.kernel.outbox import Errand
from hyway.kernel.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class Means:
    """What a job works with; `services` are the addresses of the outside services that the operator named, `blobs`
    is where files are kept, `packages` where packages are."""

    db: Database
    outgoing: Outgoing
    services: Mapping[str, str] = field(default_factory=dict)
    blobs: Blobs | None = None
    packages: Blobs | None = None
    parts: Mapping[str, Any] = field(default_factory=dict)
    """What contexts work with besides, by their names."""


Job = Callable[[Means, Errand], None]
Chore = Callable[[Means], None]


@dataclass(frozen=True, slots=True)
class Schedule:
    name: str
    seconds: float
    chore: Chore


JOBS: dict[str, Job] = {}
SCHEDULES: list[Schedule] = []


def job(topic: str) -> Callable[[Job], Job]:
    """Registers the one function that runs errands of the topic, on a worker thread."""

    def register(run: Job) -> Job:
        if topic in JOBS:
            raise ValueError(f"two jobs for the topic {topic}")
        JOBS[topic] = run
        return run

    return register


def every(seconds: float) -> Callable[[Chore], Chore]:
    """Registers a chore that is run each time so many seconds have passed since it last began."""

    def register(chore: Chore) -> Chore:
        SCHEDULES.append(Schedule(f"{chore.__module__}.{chore.__name__}", seconds, chore))
        return chore

    return register
