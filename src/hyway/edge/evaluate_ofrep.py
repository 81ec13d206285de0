"""OpenFeature's Remote Evaluation Protocol: what any of its SDKs sends, and what it is answered."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote

import msgspec

from hyway.domain import toggles
from hyway.edge.evaluate_wire import object_of
from hyway.kernel.faults import Fault, Invalid, Missing, Spent

_encode = msgspec.json.Encoder().encode
_OWN: Final = frozenset(
    ("targetingKey", "user", "customAttributes", "ipAddress", "application", "environment")
)


class NoContext(Invalid):
    """The context is none."""


def context(raw: bytes) -> dict[str, Any]:
    """What rules see: SDKs of the protocol send flat attributes, which rules look for among `customAttributes`.

    Without a `user` the targeting key is who it is, as a provider of the vendor's has it.
    """
    sent = object_of(raw).get("context")
    if sent is None:
        sent = {}
    if type(sent) is not dict:
        raise NoContext("context", "must be object")
    more = sent.get("customAttributes")
    flat = {name: value for name, value in sent.items() if name not in _OWN}
    made = {**sent, "customAttributes": {**flat, **more} if type(more) is dict else flat}
    if made.get("user") is None and type(key := made.get("targetingKey")) is str:
        made["user"] = {"id": key}
    return toggles.deciding.context_of(made)


def flag(decision: toggles.deciding.Decision) -> dict[str, Any]:
    """One flag. The variant names the target whose value it is; an object goes out as the text that it is."""
    value: Any = decision.value
    if decision.type == "object":
        value = msgspec.Raw(str(value).encode())
    matched = decision.target is not None
    return {
        "key": decision.key,
        "value": value,
        "reason": "TARGETING_MATCH" if matched else "STATIC" if decision.is_static else "DEFAULT",
        "variant": f"target-{decision.target}" if matched else "default",
        "metadata": {"type": decision.type, "reason": decision.reason},
    }


def bulk(decisions: Iterable[toggles.deciding.Decision], news: str | None) -> tuple[bytes, bytes]:
    """All flags, and the ETag of just this answer. `news` is where clients hear that they should ask anew."""
    told: dict[str, Any] = {"flags": [flag(each) for each in decisions]}
    if news is not None:
        told["eventStreams"] = [{"type": "sse", "url": news}]
    body = _encode(told)
    return body, b'"' + sha256(body).hexdigest()[:32].encode() + b'"'


def news(home: str, token: str) -> str:
    """The address of the stream for who shows that key: a browser's EventSource sends no headers."""
    return f"{home}/toggle/stream?key={quote(token, safe='')}"


def single(decision: toggles.deciding.Decision) -> bytes:
    return _encode(flag(decision))


def is_known(etag: bytes, headers: Mapping[bytes, bytes]) -> bool:
    """Whether the client already has this answer."""
    said = headers.get(b"if-none-match", b"")
    return any(each.strip().removeprefix(b"W/") in (etag, b"*") for each in said.split(b","))


def refusal(fault: Fault, status: int, key: str | None) -> bytes:
    """A refusal as the protocol spells it; `key` where one flag was asked for."""
    told: dict[str, Any] = {} if key is None else {"key": key}
    match fault:
        case NoContext():
            told["errorCode"] = "INVALID_CONTEXT"
        case Missing() if key is not None:
            told["errorCode"] = "FLAG_NOT_FOUND"
        case Invalid():
            told["errorCode"] = "PARSE_ERROR"
        case Spent():
            pass
        case _ if status < 500:
            told["errorCode"] = "GENERAL"
    place = f"{fault.field} " if fault.field else ""
    return _encode({**told, "errorDetails": place + fault.message})
