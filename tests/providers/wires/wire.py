"""What the wires of vendors have in common: they can be told to answer otherwise, and to lose an answer."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.make.loopback import Answerer, Reply, Request, serving

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
Route = tuple[str, re.Pattern[str], Callable[..., Reply]]


def reply(status: int, body: Any = None, **headers: str) -> Reply:
    """JSON, or nothing."""
    told = {name.replace("_", "-"): text for name, text in headers.items()}
    if body is None:
        return status, told, b""
    return status, {"Content-Type": "application/json; charset=utf-8", **told}, json.dumps(body).encode()


class Wire:
    """`instead` answers in its place, while there is one; `loses` breaks the connection of the next request that it
    stands in, once its work is done; `said` is what was asked, with the path as it was sent."""

    home = ""

    def __init__(self) -> None:
        self.instead: Answerer | None = None
        self.loses = ""
        self.said: list[str] = []
        self._routes: list[Route] = []

    def on(self, method: str, path: str, act: Callable[..., Reply]) -> None:
        """`act` is given the request, and the parts of the path in braces."""
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
        self._routes.append((method, re.compile(pattern), act))

    def answer(self, asked: Request) -> Reply | None:
        path = urlsplit(asked.path).path
        self.said.append(f"{asked.method} {path}")
        if self.instead is not None:
            return self.instead(asked)
        done = self.refused(asked) or self._done(asked, path)
        if self.loses and self.loses in self.said[-1]:
            self.loses = ""
            return None
        return done

    def refused(self, asked: Request) -> Reply | None:
        """What those are told who are not let in."""
        return None

    def missing(self) -> Reply:
        return reply(404, {"message": "Not Found"})

    def _done(self, asked: Request, path: str) -> Reply:
        for method, pattern, act in self._routes:
            found = pattern.fullmatch(path)
            if method == asked.method and found:
                return act(asked, **{name: unquote(text) for name, text in found.groupdict().items()})
        return self.missing()

    def count(self, text: str) -> int:
        """How often something was asked that begins so."""
        return sum(said.startswith(text) for said in self.said)


def query(asked: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(asked.path).query))


def form(asked: Request) -> dict[str, str]:
    return dict(parse_qsl(asked.body.decode()))


def told(asked: Request) -> Any:
    return json.loads(asked.body)


@contextmanager
def running(wire: Wire) -> Iterator[str]:
    """Its address."""
    with serving(wire.answer, METHODS) as port:
        wire.home = f"http://127.0.0.1:{port}"
        yield wire.home


def without(of: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in of.items() if name not in names}
