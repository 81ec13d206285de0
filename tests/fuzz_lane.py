"""Toggles as programs ask for them, fuzzed: whatever is sent is answered as is meant, for any origin to read."""

import json
import random
import string
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx

Known = Mapping[str, Sequence[str]]
FLAGS = "/ofrep/v1/evaluate/flags"
PATHS = ("/toggle/evaluate", "/toggle/telemetry", FLAGS, f"{FLAGS}/look-3", "/toggle/evaluate/")
STRANGE = (
    "/toggle/stream",
    "/toggle/x",
    "/ofrep/v1/configuration",
    f"{FLAGS}/%00",
    f"{FLAGS}/a/b",
    f"{FLAGS}/%FF",
    "/toggle/",
)
MEANT = {200, 204, 304, 400, 401, 403, 404, 405, 413, 429}
NAMES = (
    "application", "environment", "targetingKey", "user", "customAttributes", "ipAddress", "toggles", "context", "data",
    "toggle", "key", "value", "reason", "id", "Id", "email", "plan", "", "segments", "__proto__", "\0",
)  # fmt: skip
WORDS = (
    "vip",
    "a@example.com",
    "look-1",
    "shop-1",
    "web-2",
    "production",
    "",
    "\0",
    "\u202e",
    "10.0.0.1",
    "x" * 3_000,
)


class Sender:
    """Makes requests up; the same seed makes the same."""

    def __init__(self, known: Known, seed: int) -> None:
        self._known = known
        self._chance = random.Random(seed)

    def key(self) -> str:
        """A good one mostly: public, or secret."""
        roll = self._chance.random()
        if roll < 0.6:
            return self._chance.choice(self._known["asking"])
        if roll < 0.9:
            return self._chance.choice(self._known["secret_value"])
        return self._chance.choice(("", "public_", "public_!", "key_nobodys", "x" * 2_000))

    def value(self, depth: int = 0) -> Any:
        """Any JSON, and what Python alone takes for it."""
        pick = self._chance.random()
        if depth < 4 and pick < 0.35:
            return {
                self._chance.choice(NAMES): self.value(depth + 1) for _ in range(self._chance.randrange(5))
            }
        if depth < 4 and pick < 0.45:
            return [self.value(depth + 1) for _ in range(self._chance.randrange(4))]
        if pick < 0.7:
            return self._chance.choice(WORDS)
        return self._chance.choice(
            (None, True, False, 0, -1, 2**63, 2**64, 10**40, 1.5, 1e300, float("nan"), float("inf"), "\ud800",
             "".join(self._chance.choices(string.printable, k=20)))
        )  # fmt: skip

    def context(self) -> dict[str, Any]:
        whole = {
            "application": "shop-1",
            "environment": "production",
            "targetingKey": "u",
            "user": {"id": "vip"},
        }
        for _ in range(self._chance.randrange(4)):
            whole[self._chance.choice(NAMES)] = self.value()
        return whole

    def body(self) -> bytes:
        made = self._chance.choice((self._whole, self._whole, self._whole, self._broken, self._strange))
        return made()

    def _whole(self) -> bytes:
        told = {"key": "look-1", "type": "boolean", "value": self.value(3), "reason": "x"}
        of_protocol = {"context": self.context()}
        shapes: tuple[Any, ...] = (
            self.context(),
            of_protocol,
            {**of_protocol, "data": {"toggle": told}},
            self.value(),
        )
        return json.dumps(self._chance.choice(shapes)).encode()

    def _broken(self) -> bytes:
        """Some bytes of it are others, or gone."""
        made = bytearray(self._whole())
        for _ in range(self._chance.randrange(1, 4)):
            at = self._chance.randrange(len(made) + 1)
            made[at : at + self._chance.randrange(3)] = self._chance.randbytes(self._chance.randrange(3))
        return bytes(made)

    def _strange(self) -> bytes:
        deep = self._chance.choice((10, 300, 900, 1_000, 50_000))
        opening, closing = self._chance.choice((("[", "]"), ('{"user":', "}")))
        return self._chance.choice(
            (
                b"",
                b"null",
                b"[]",
                b"\xff\xfe",
                b'"' + b"x" * 300_000 + b'"',
                (opening * deep + "1" + closing * deep).encode(),
            )
        )

    def headers(self) -> dict[bytes, bytes]:
        key = self.key().encode("latin-1")
        is_plain = not key or self._chance.random() < 0.7
        shown = {b"x-api-key": key} if is_plain else {b"authorization": b"Bearer " + key}
        for name in (b"if-none-match", b"origin", b"content-type", b"x-forwarded-for", b"x-request-id"):
            if self._chance.random() < 0.1:
                odd = (b"*", b"", b"null", b"\xfc", b"x" * 500, b"application/json")
                shown[name] = self._chance.choice(odd)
        return shown

    def request(self) -> tuple[str, str, dict[bytes, bytes], bytes]:
        """Method, path, headers and body; no open stream, for that has no end."""
        path = self._chance.choice(PATHS if self._chance.random() < 0.85 else STRANGE)
        method = (
            "POST"
            if self._chance.random() < 0.9
            else self._chance.choice(("OPTIONS", "PUT", "HEAD", "DELETE", "GET"))
        )
        headers = self.headers()
        if (method, path) == ("GET", "/toggle/stream"):
            headers = {}
        return method, path, headers, self.body()


def wrong(method: str, path: str, answer: httpx.Response) -> str | None:
    """What is wrong with an answer."""
    if answer.status_code not in MEANT:
        return f"status {answer.status_code}"
    if answer.headers.get("access-control-allow-origin") != "*":
        return "no origin may read it"
    if path == PATHS[1] and method == "POST" and answer.status_code not in (200, 401, 429):
        return "telemetry is refused"
    if method != "HEAD" and answer.content:
        try:
            answer.json()
        except ValueError:
            return "no JSON"
    return None


def fuzz(url: str, known: Known, seconds: float, seed: int, say: Callable[[str], None] = print) -> bool:
    """Whether all was well; what was not is said, and how often which status was answered."""
    sender, seen, ends = Sender(known, seed), Counter[int](), time.monotonic() + seconds
    accidents: list[str] = []
    with httpx.Client(base_url=url, timeout=30) as client:
        while time.monotonic() < ends and len(accidents) < 20:
            method, path, headers, body = sender.request()
            try:
                answer = client.request(method, path, headers=headers, content=body)
            except httpx.TransportError as error:
                accidents.append(f"{method} {path} {headers} {len(body)} {body[:300]!r}: {error!r}")
                continue
            seen[answer.status_code] += 1
            found = wrong(method, path, answer)
            if found is not None:
                accidents.append(f"{method} {path} {headers} {body[:300]!r}: {found}: {answer.text[:300]}")
    say(f"the lane, seed {seed}: {seen.total()} requests, {dict(sorted(seen.items()))}")
    for each in accidents:
        say(each)
    return not accidents
