"""A web server on the loopback that records what it is sent and answers as it is told."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.make import loopback
from tests.make.loopback import Request

Answer = loopback.Reply


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`answers` are given one after the other, then `otherwise`."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    otherwise: Answer = (200, {}, b"ok")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    made, lock = Receiver(), threading.Lock()

    def answer(asked: Request) -> Answer:
        with lock:
            made.received.append(Received(asked.path, dict(asked.headers), asked.body))
            return made.answers.pop(0) if made.answers else made.otherwise

    with loopback.serving(answer) as made.port:
        yield made
