"""The documented facts as data, and what it means that an answer keeps to them."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hyway.domain.links import TAG_COLORS
from hyway.kernel import clock

SOURCE = Path(__file__).parents[3] / "contracts" / "hoko.json"
CONTRACT: dict[str, Any] = json.loads(SOURCE.read_text())
OURS: dict[str, Any] = CONTRACT["additions"]
SHAPES: dict[str, Any] = {
    name: {**CONTRACT["shapes"].get(name, {}), **OURS["shapes"].get(name, {})}
    for name in (*CONTRACT["shapes"], *OURS["shapes"])
}
HEADERS: list[str] = CONTRACT["headers"]
ARABIC = re.compile(r"[\u0621-\u064a]")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Documented:
    """One operation. `body` is None, the word `uuid` (a list of ids), or fields by name."""

    method: str
    path: str
    scopes: tuple[str, ...]
    success: int
    errors: tuple[int, ...]
    query: dict[str, dict[str, Any]]
    body: Any
    bulk: int | None
    answer: Any
    content: str
    examples: tuple[dict[str, Any], ...]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def _read(name: str, facts: dict[str, Any]) -> Documented:
    method, path = name.split()
    body = facts.get("body")
    if isinstance(body, dict):
        body = {**body, **OURS["body"].get(name, {})}
    return Documented(
        method=method,
        path=path,
        scopes=tuple(facts["scopes"]),
        success=facts["success"],
        errors=tuple(facts["errors"]),
        query={**facts.get("query", {}), **OURS["query"].get(name, {})},
        body=body,
        bulk=facts.get("bulk"),
        answer=facts.get("answer"),
        content=facts.get("content", "application/json"),
        examples=tuple(facts.get("examples", ())),
    )


@cache
def operations() -> dict[str, Documented]:
    """All of them, our additions last."""
    stated = {**CONTRACT["operations"], **OURS["operations"]}
    return {name: _read(name, facts) for name, facts in stated.items()}


API = {name: each for name, each in operations().items() if each.path.startswith("/api/")}
EDGE = {name: each for name, each in operations().items() if name not in API}


def differs(shape: Any, value: Any, place: str = "$") -> str:
    """Where a value is not of a shape, "" where it is: keys in their order, types, nothing more, nothing less."""
    if isinstance(shape, list):
        if not isinstance(value, list):
            return f"{place} is no list"
        found = (differs(shape[0], each, f"{place}[{at}]") for at, each in enumerate(value))
        return next((text for text in found if text), "")
    if isinstance(shape, dict):
        if not isinstance(value, dict) or list(value) != list(shape):
            return f"{place} has {list(value) if isinstance(value, dict) else value!r}, not {list(shape)}"
        found = (differs(shape[key], value[key], f"{place}.{key}") for key in shape)
        return next((text for text in found if text), "")
    if shape.startswith("@"):
        return differs(SHAPES[shape[1:]], value, place)
    if shape.endswith("?") and value is None:
        return ""
    return "" if _is(shape.removesuffix("?"), value) else f"{place} is {value!r}, not {shape}"


def _is(kind: str, value: Any) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in ("object", "utm", "geo"):
        return isinstance(value, dict) and (kind != "utm" or set(value) <= set(CONTRACT["utm"]))
    if not isinstance(value, str):
        return False
    match kind:
        case "uuid":
            return bool(_UUID.fullmatch(value))
        case "url":
            return urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).netloc)
        case "date-time":
            return clock.text(clock.parse("", value)) == value
        case "email":
            return bool(_EMAIL.fullmatch(value))
        case "color":
            return value in CONTRACT["colors"]
    return True


def refusal_differs(answer: Any, status: int) -> str:
    """Where a refusal is not the documented envelope: both languages, and only what belongs to the status."""
    if answer.status_code != status:
        return f"status {answer.status_code} instead of {status}: {answer.text[:200]}"
    if answer.headers["content-type"] != "application/json":
        return f"content type {answer.headers['content-type']}"
    said = answer.json()
    extra = set(said) - {"error"}
    allowed = {403: {"missingScopes"}, 429: {"retryAfter"}}.get(status, set())
    if extra - allowed or (status == 429 and not extra):
        return f"keys {sorted(said)}"
    if list(said["error"]) != ["en", "ar"] or not said["error"]["en"]:
        return f"error {said['error']}"
    if not ARABIC.search(said["error"]["ar"]):
        return f"no Arabic in {said['error']['ar']!r}"
    return headers_differ(answer)


def headers_differ(answer: Any) -> str:
    """Where the headers of every answer are missing or no whole numbers."""
    for name in HEADERS:
        if not answer.headers.get(name, "").isdigit():
            return f"{name}: {answer.headers.get(name)!r}"
    return "" if answer.headers.get("X-Request-Id") else "no X-Request-Id"


assert tuple(CONTRACT["colors"]) == tuple(TAG_COLORS)
