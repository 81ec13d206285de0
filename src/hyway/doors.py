"""What stands behind the front door: branches by path, papers, and parts with a life."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from hyway.observe import Meters

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Part(Protocol):
    """Something with a life: started in order, stopped in the opposite one."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@dataclass(frozen=True)
class Paper:
    """A fixed answer: what it is and what it says."""

    kind: bytes
    body: bytes


class Fast(Protocol):
    """An app that takes some requests of a branch before it: so many that they are not told of one by one."""

    def takes(self, scope: Scope) -> bool: ...

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


@dataclass(frozen=True)
class Branch:
    """What answers under `prefix`, which begins and ends with a slash; `family` names it in logs and numbers.

    One with a `nowhere`, a path that it does not have, is asked for that where the host is unknown, and so refuses
    in its own voice. `fast` has the first choice of the requests for a known host.
    Where addresses are `secret`, because keys stand in them, no log has more of one than the prefix.
    """

    prefix: str
    family: str
    app: App
    nowhere: str = ""
    fast: Fast | None = None
    secret: bool = False
    sockets: bool = False
    """Whether the app speaks WebSocket, too."""


class Elsewhere(Protocol):
    """What answers under names that are not the server's own: the domains of organizations."""

    async def find(self, host: bytes) -> Any | None:
        """The domain that a Host header names."""

    async def serve(self, place: Any, scope: Scope, receive: Receive, send: Send) -> None: ...

    async def may_have_certificate(self, name: str) -> bool: ...


@dataclass(frozen=True)
class Doors:
    """Where requests go: to the branch with the longest fitting prefix, the rest to the `redirect`.

    `papers` are fixed answers by path. `ready()` gives what is wrong by part, nothing when all is well.
    """

    redirect: App
    branches: Sequence[Branch]
    papers: Mapping[str, Paper]
    ready: Callable[[], Awaitable[Mapping[str, str]]]
    parts: Sequence[Part] = ()
    hosts: frozenset[str] = frozenset()
    private: tuple[str, ...] = ()
    """Networks that may read `/metrics` and ask for certificates, besides this machine."""
    meters: Meters = field(default_factory=Meters)
    domains: Elsewhere | None = None
    vault: Branch | None = None
    """What answers under the id of an organization as a first word."""
    hush: Callable[[], None] = lambda: None
    """Ends what would go on for ever, such as streams, when the server is asked to finish."""
