"""How a family speaks: data and functions for the doorman and the handlers; the kit has no family's words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hyway.domain.identity import Caller
from hyway.kernel.db import Read
from hyway.kernel.faults import Fault, Missing
from hyway.kernel.limits import Standing

Header = tuple[bytes, bytes]


class Nowhere(Missing):
    """There is no such path."""

    def __init__(self) -> None:
        super().__init__("Not found")


class WrongMethod(Missing):
    """There is such a path, but not with this method."""

    def __init__(self, method: str, allowed: tuple[str, ...]) -> None:
        super().__init__("Not found")
        self.method = method
        self.allowed = allowed


@dataclass(frozen=True, slots=True)
class Voiced:
    """A refusal in a family's own words."""

    status: int
    body: bytes
    headers: tuple[Header, ...] = ()
    media_type: bytes = b"application/json"


@dataclass(frozen=True, slots=True)
class Style:
    """One family's manners.

    `find` tells whom the hash of a credential speaks for; `token` reads the credential out of the headers (names in
    lower case) or raises Unknown; `voice` words a refusal, None for an unexpected error; `standing` shows how far a
    limit is used; `cors` is what browsers are told on every answer, `preflight` what they are told beforehand; empty
    where browsers are not meant to come. `screen` refuses a request for its headers before anything else is asked.
    Where `tells_methods`, a wrong method is told as such to whom has a credential; else the path is not there for it.
    `always` stands on every answer. `sign` puts the request's id into a refusal, where the family has it in the body.
    """

    family: str
    find: Callable[[Read, str], Caller | None]
    token: Callable[[Mapping[bytes, bytes]], str]
    voice: Callable[[Fault | None], Voiced]
    standing: Callable[[Standing], tuple[Header, ...]]
    cors: tuple[Header, ...] = ()
    preflight: tuple[Header, ...] = ()
    screen: Callable[[Mapping[bytes, bytes]], None] | None = None
    tells_methods: bool = False
    always: tuple[Header, ...] = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
    sign: Callable[[Voiced, str], Voiced] = lambda said, _request_id: said
