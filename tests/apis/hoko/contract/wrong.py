"""Wrong requests of every kind, made from what the contract says of a field."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.apis.hoko.contract import stage
from tests.apis.hoko.contract.contract import Documented
from tests.apis.hoko.contract.stage import Party

RAW = "\ue000"
"""Stands in a body for a lone surrogate, which no encoder of ours would write."""


class Wrong(NamedTuple):
    """What is sent, and how the English refusal must begin."""

    what: str
    body: Any = None
    query: str = ""
    begins: str = ""


_BROKEN = "The request body is not valid JSON"
# JSON values of a wrong type or form, with what is said of them.
_OF_TYPE: dict[str, list[tuple[Any, str]]] = {
    "text": [(7, "must be text"), (True, "must be text"), ([], "must be text"), ({}, "must be text")],
    "uuid": [(7, "must be text"), ("nope", "must be a UUID"), ("", "must be a UUID")],
    "url": [
        (7, "must be text"), ("nope", "must be an http or https URL"), ("", "must be an http or https URL"),
        ("javascript:alert(1)", "must be an http or https URL"), ("data:text/html,x", "must be an http or https URL"),
        ("http://", "must be an http or https URL"), ("https://a b.example", "must be an http or https URL"),
    ],
    "email": [(7, "must be text"), ("nobody", "must be an e-mail address"), ("a@b@c", "must be an e-mail address")],
    "date-time": [
        (7, "must be text"), ("soon", "must be an ISO 8601 date-time"), ("2030-01-01", "must be an ISO 8601 date-time"),
        ("2030-01-01T00:00:00", "must be an ISO 8601 date-time"),
        ("2030-02-30T00:00:00Z", "must be an ISO 8601 date-time"),
    ],
    "boolean": [(1, "must be true or false"), ("true", "must be true or false"), ([], "must be true or false")],
    "integer": [
        ("1", "must be a whole number"), (1.5, "must be a whole number"), (True, "must be a whole number"),
        (10**30, ""), ([], "must be a whole number"),
    ],
    "object": [("x", "must be an object"), (1, "must be an object"), ([], "must be an object")],
    "utm": [([], "must be an object"), ({"source": 7}, "must be text"), ({"colour": "x"}, "knows no key colour"),
            ({"source": "x" * 256}, ""), ({"source": "a\0"}, "")],
    "geo": [([], "must be an object"), ({"US": 7}, "must be text"), ({"US": "nope"}, "must be an http or https URL"),
            ({"XX": "https://a.example"}, "knows no country XX")],
    "color": [(7, "must be text"), ("beige", "must be one of slate, gray"), ("", "must be one of")],
    "word": [(7, "must be text"), ("sometimes", "must be one of")],
    "uuids": [("x", "must be a list"), ([7], ""), (["nope"], "")],
}  # fmt: skip
_TEXTS = ("text", "url", "email", "uuid", "date-time", "color", "word")


def bodies(of: Documented, ours: Party) -> Iterator[Wrong]:
    """Every wrong body of an operation that takes one."""
    good = stage.good_body(of.name, ours)
    yield Wrong("empty body", b"", begins="The request body is empty")
    raw = json.dumps(good).encode()
    for broken in (
        b"not json",
        raw[:-1],
        raw[:-1] + b",",
        raw + b"x",
        b"\xff\xfe",
        b"'a'",
        b"\xef\xbb\xbf" + raw,
    ):
        yield Wrong(f"malformed {broken[:12]!r}", broken, begins=_BROKEN)
    for broken in (b"[" * 200_000, b'{"a":' * 50_000, b'"\xed\xa0\x80"', b"NaN", b"-" * 99):
        yield Wrong(f"broken {broken[:12]!r}", broken)
    top: tuple[Any, ...] = (None, True, 7, "x", {}) if of.bulk else (None, True, 7, "x", [])
    for value in top:
        must = "must be a list" if of.bulk else "must be an object"
        yield Wrong(f"top {value!r}", json.dumps(value).encode(), begins=f"body {must}")
    if of.bulk:
        yield Wrong("empty list", b"[]", begins="The list must not be empty")
        many = json.dumps([good[0]] * (of.bulk + 1)).encode()
        yield Wrong("10,001 items", many, begins="At most 10000 objects may be sent in one request")
    if of.body == "uuid":
        yield from _ids(good)
    else:
        yield from _fields(of, good)


def _ids(good: list[str]) -> Iterator[Wrong]:
    for value, said in (
        *_OF_TYPE["uuid"],
        (None, "must be text"),
        ("a\0", "must be a UUID"),
        ("x" * 10_000, ""),
    ):
        yield Wrong(f"id {str(value)[:20]!r}", [*good, value], begins=f"[1] {said}")
    yield Wrong("a lone surrogate", _surrogate([*good, RAW]), begins=_BROKEN)
    unknown = "550e8400-e29b-41d4-a716-446655440000"
    yield Wrong("an unknown id", [*good, unknown], begins="[1] names no ")


def _fields(of: Documented, good: Any) -> Iterator[Wrong]:
    for name, facts in of.body.items():
        if name == "shortId" and of.method == "PUT":
            yield _with(good, name, "other1", "cannot be changed")
        for value, said in _values(facts):
            yield _with(good, name, value, said)
        if facts["type"] in _TEXTS:
            yield Wrong(f"{name} with a lone surrogate", _surrogate(_item(good, name, RAW)), begins=_BROKEN)
        if facts.get("required") is True:
            yield Wrong(
                f"without {name}", _item(good, name, ..., new=True), begins=f"{_at(good)}{name} is required"
            )
        if facts.get("required") == "on create":
            yield Wrong(
                f"new without {name}", _created(of, good, name), begins=f"{_at(good)}{name} is required"
            )


def _values(facts: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    kind = facts["type"]
    yield from _OF_TYPE[kind]
    most = facts.get("max") or facts.get("limit")
    if kind in ("text", "url") and most:
        long = "x" * (most + 1) if kind == "text" else "https://a.example/" + "x" * most
        yield long, ""
        yield long * 200, ""
    if kind in _TEXTS:
        yield "a\0b", ""
    if kind == "integer":
        yield facts["min"] - 1, f"must be at least {facts['min']}"
    if facts.get("min") == 1 and kind == "text":
        yield "", "must not be empty"
    if facts.get("required") and not facts.get("nullable"):
        yield None, ""


def _with(good: Any, name: str, value: Any, said: str) -> Wrong:
    shown = f"{name}={json.dumps(value)[:40]}"
    return Wrong(shown, _item(good, name, value), begins=f"{_at(good)}{name}{' ' + said if said else ''}")


def _at(good: Any) -> str:
    return "[1]." if isinstance(good, list) else ""


def _item(good: Any, name: str, value: Any, new: bool = False) -> Any:
    """The good request with one field changed (`...`: left out); of a list a second item, after a good one."""
    item = dict(good[0] if isinstance(good, list) else good)
    item[name] = value
    if value is ...:
        del item[name]
    return [good[0], item] if isinstance(good, list) else item


def _created(of: Documented, good: list[Any], name: str) -> Any:
    """An upsert's second item that makes a new one, and lacks what a new one needs."""
    needs = {
        "url": "https://new.example",
        "collectionId": "550e8400-e29b-41d4-a716-446655440000",
        "name": "new",
    }
    item = {each: needs[each] for each in of.body if each in needs and each != name}
    return [good[0], item]


def _surrogate(body: Any) -> bytes:
    return json.dumps(body).replace("\\ue000", "\\ud800").encode()


_ASKED: dict[str, list[tuple[str, str]]] = {
    "text": [("%00", "must not contain control characters"), ("", "must not be empty"), ("%FF", "must be UTF-8 text"),
             ("%ED%A0%80", "must be UTF-8 text"), ("a%0Ab", "must not contain control characters")],
    "uuid": [("nope", "must be a UUID"), ("", "must not be empty"), ("%00", "must not contain control characters"),
             ("%FF", "must be UTF-8 text"), ("x" * 10_000, "must be a UUID")],
    "date-time": [("2024-01-01", "must be an ISO 8601"), ("2024-01-01T00:00:00", "must be an ISO 8601"),
                  ("x", "must be an ISO 8601"), ("", "must not be empty"), ("2024-13-01T00:00:00Z", "must be an ISO")],
    "boolean": [("yes", "must be true or false"), ("", "must not be empty"), ("TRUE", "must be true or false")],
    "word": [("sideways", "must be one of"), ("", "must not be empty"), ("ASC", "must be one of")],
    "integer": [("x", "must be a whole number"), ("1.5", "must be a whole number"), ("", "must not be empty"),
                ("%D9%A1", "must be a whole number"), ("1e3", "must be a whole number"),
                ("9" * 30, "must be a whole number"), ("null", "must be a whole number")],
}  # fmt: skip


def queries(of: Documented) -> Iterator[Wrong]:
    """Every wrong query of an operation that takes one."""
    for name, facts in of.query.items():
        for value, said in _ASKED[facts["type"]]:
            yield Wrong(f"{name}={value[:20]}", query=f"{name}={value}", begins=f"{name} {said}")
        if "min" in facts:
            least = facts["min"]
            yield Wrong(f"{name} low", query=f"{name}={least - 1}", begins=f"{name} must be at least {least}")
        if "max" in facts:
            most = facts["max"]
            yield Wrong(f"{name} high", query=f"{name}={most + 1}", begins=f"{name} must be at most {most}")
        if "limit" in facts:
            yield Wrong(
                f"{name} long", query=f"{name}={'x' * (facts['limit'] + 1)}", begins=f"{name} must be at most"
            )
        yield Wrong(
            f"{name} twice",
            query=f"{name}={_one(facts)}&{name}={_one(facts)}",
            begins=f"{name} must be given",
        )


def _one(facts: dict[str, Any]) -> str:
    sample = {
        "uuid": "550e8400-e29b-41d4-a716-446655440000",
        "date-time": "2024-01-01T00:00:00Z",
        "boolean": "true",
    }
    return str(facts.get("default") or facts.get("words", [sample.get(facts["type"], "1")])[0])
