"""Questions to map services that the operator chose, over their documented HTTP interfaces."""

import json
import math
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from hyway.kernel.outgoing import Outgoing, Unreachable

SECONDS = 5.0
_MOST = 4_000_000


class Unanswered(Exception):
    """The service did not answer, or with nothing that can be used; the text says why."""


def address(base: str, path: str, **query: object) -> str:
    """The base with a path below it and more of a query, which may have a key of its own."""
    parts = urlsplit(base)
    asked = "&".join(filter(None, (parts.query, urlencode(query))))
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + path, asked, ""))


def service(text: str, kinds: tuple[str, ...]) -> tuple[str, str]:
    """`kind+https://host/path` as the kind and its address; ValueError if it is none of these kinds."""
    kind, _, base = text.partition("+")
    parts = urlsplit(base)
    if kind not in kinds or parts.scheme not in ("http", "https") or not parts.hostname:
        known = ", ".join(f"{known}+https://…" for known in kinds)
        raise ValueError(f"must be one of {known}")
    return kind, base


def ask(out: Outgoing, method: str, url: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, Any]:
    """The status and the JSON of the answer; Unanswered if there is none, or if it is not JSON."""
    try:
        answer = out.send(method, url, headers, body, seconds=SECONDS, most=_MOST)
    except Unreachable as error:
        raise Unanswered(str(error)) from error
    try:
        return answer.status, json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise Unanswered(f"the answer ({answer.status}) is not JSON") from error


def number(value: object, least: float, most: float) -> float:
    """A number, or the text of one, from `least` to `most`; else Unanswered."""
    try:
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            found = float(value)
            if math.isfinite(found) and least <= found <= most:
                return found
    except (ValueError, OverflowError):
        pass  # it is told of below, like every other value that is no number
    raise Unanswered("the answer has no usable number where one is due")
