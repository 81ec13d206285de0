"""The providers that are installed, by the type of integration that each is for."""

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import entry_points
from typing import Any, ParamSpec, TypeVar

from hyway.domain.connections.providing import (
    ENTRY_POINTS,
    SECONDS,
    Entry,
    Inviting,
    Provider,
    Reach,
    Unclear,
)
from hyway.domain.connections.records import Busy
from hyway.domain.connections.store.presence import Presence
from hyway.domain.connections.vendor import Vendor
from hyway.kernel.jobs import Means

P = ParamSpec("P")
T = TypeVar("T")
PART = "connections"
"""What the registry is called among the parts that jobs are handed."""
_THREADS, _OF_ONE_TYPE, _OF_ONE_INTEGRATION = 8, 3, 2
"""Threads of the background, how many of them the vendor of one type may keep busy, and how many of these one
organization may."""
_ASKING, PATIENCE = 16, 30.0
"""Threads for those who wait for an answer, and how many seconds they wait."""
log = logging.getLogger(__name__)


class Registry:
    """Whom organizations can be integrated with. `endpoints` replace the vendors' own addresses, by type.

    Vendors are asked on threads of its own: one that is slow holds up nobody but those who ask vendors. They are asked
    at public addresses alone but where `endpoints` name others, or `anywhere` lets them be asked at any.
    """

    def __init__(
        self,
        providers: Sequence[Provider],
        endpoints: Mapping[str, str] | None = None,
        *,
        anywhere: bool = False,
        seconds: float = SECONDS,
        patience: float = PATIENCE,
    ) -> None:
        self._providers = {each.entry.type: each for each in providers}
        self._endpoints = dict(endpoints or {})
        self._anywhere = anywhere
        self._seconds, self._patience = seconds, patience
        self._threads = ThreadPoolExecutor(_THREADS, "hyway-vendor")
        self._desk = ThreadPoolExecutor(_ASKING, "hyway-vendor-desk")
        self.presence = Presence()
        self._lock = threading.Condition()
        self._running: dict[Hashable, tuple[str, int]] = {}
        self._ending = 0

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(sorted(self._providers))

    def entries(self) -> list[Entry]:
        """The catalogue, by name."""
        return sorted(
            (each.entry for each in self._providers.values()), key=lambda each: each.name.casefold()
        )

    def find(self, type: str) -> Provider | None:
        return self._providers.get(type)

    def entry(self, type: str) -> Entry | None:
        found = self._providers.get(type)
        return found.entry if found else None

    def reach(self, type: str, config: Mapping[str, Any]) -> Reach:
        return Reach(config, self._endpoints.get(type, ""), self._seconds, self._anywhere)

    def inviting(self, type: str) -> Inviting | None:
        """The provider, if one is let in by being invited."""
        found = self._providers.get(type)
        return found if isinstance(found, Inviting) else None

    def vendor(self, type: str, config: Mapping[str, Any]) -> Vendor:
        """The vendor of an integration as it may be asked; KeyError where its provider is not installed."""
        return Vendor(self._providers[type], self.reach(type, config))

    def busy(self) -> Busy:
        """Of whom nothing more is started for now."""
        with self._lock:
            return self._busy()

    def _busy(self) -> Busy:
        types = Counter(type for type, _ in self._running.values())
        integrations = Counter(integration for _, integration in self._running.values() if integration)
        return Busy(
            frozenset(each for each, many in types.items() if many >= _OF_ONE_TYPE),
            frozenset(each for each, many in integrations.items() if many >= _OF_ONE_INTEGRATION),
        )

    def start(
        self,
        key: Hashable,
        type: str,
        run: Callable[[], None],
        then: Callable[[], None],
        integration: int = 0,
    ) -> bool:
        """Runs it on a thread, unless what has this key is running already or there is no thread for the type or the
        integration; `then` follows when it went well, and others may have the thread."""
        with self._lock:
            busy = self._busy()
            if key in self._running or len(self._running) >= _THREADS:
                return False
            if type in busy.types or integration in busy.integrations:
                return False
            self._running[key] = (type, integration)
        try:
            self._threads.submit(self._run, key, run, then)
        except RuntimeError:  # the process is at its end
            with self._lock:
                del self._running[key]
            return False
        return True

    def _run(self, key: Hashable, run: Callable[[], None], then: Callable[[], None]) -> None:
        follow = then
        try:
            run()
        except Exception:
            # It is still due, and found again when its claim has run out.
            log.exception("the work %s was interrupted", key)
            follow = _nothing
        with self._lock:
            del self._running[key]
            self._ending += 1
        try:
            follow()
        except Exception:
            log.exception("what follows %s was interrupted", key)
        with self._lock:
            self._ending -= 1
            self._lock.notify_all()

    def rest(self, seconds: float) -> bool:
        """Waits so long until nothing is running; whether nothing is."""
        with self._lock:
            return self._lock.wait_for(lambda: not self._running and not self._ending, seconds)

    async def ask(self, run: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
        """Runs what asks a vendor off the event loop; Unclear where it takes longer than anybody waits for it."""
        loop = asyncio.get_running_loop()
        asking = loop.run_in_executor(self._desk, lambda: run(*args, **more))
        try:
            return await asyncio.wait_for(asking, self._patience)
        except TimeoutError:
            raise Unclear("The vendor takes too long to answer") from None


def _nothing() -> None:
    return


def load(services: Mapping[str, str], *, anywhere: bool = False) -> Registry:
    """Those that the installed packages name; one that cannot be loaded is left out, with a warning in the log."""
    found: dict[str, Provider] = {}
    for point in entry_points(group=ENTRY_POINTS):
        try:
            made = point.load()
            provider: Provider = made if hasattr(made, "entry") else made()
            found[provider.entry.type] = provider
        except Exception as error:  # anybody's package may be broken in any way
            log.warning("the provider %s cannot be used: %s", point.name, error)
    return Registry(list(found.values()), services, anywhere=anywhere)


def of(means: Means) -> Registry:
    """The registry that jobs were handed."""
    found = means.parts.get(PART)
    if not isinstance(found, Registry):
        raise TypeError("the worker was made without the registry of providers")
    return found
