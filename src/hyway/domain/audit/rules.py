"""What an event speaks of, and the ids that events are known by outside."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any

from hyway.domain.audit.records import Event, Reference
from hyway.kernel import sqid

MOST_REFERENCES = 16
"""So many of what an event speaks of can be searched by: every two of them are written down as a pair."""
_PREFIX = "evnt_"
_TIME, _HEX = 12, 24
_KINDS = {"person": "User", "dotenv": "DotEnv", "dot_env": "DotEnv"}
# Other contexts know these by our numbers; what is shown of them are the ids that their wires show.
_NUMBERED = frozenset({"person", "programme", "submission"})


@lru_cache(1_000)
def kind(noun: str) -> str:
    """A subject's noun as references spell it: `api_key` is an `ApiKey`."""
    known = _KINDS.get(noun)
    return known or "".join(part[:1].upper() + part[1:] for part in noun.split("_"))


def subject(noun: str, id: str, data: Mapping[str, Any], organization_id: str = "") -> Reference:
    """What an event is about; an organization goes by the id that projects know it by."""
    name = data.get("name")
    shown = organization_id if noun == "organization" and organization_id else id
    return Reference(kind(noun), shown, {"name": name} if isinstance(name, str) else {})


def doer(actor_kind: str, actor_id: str, name: str, member: str) -> Iterator[Reference]:
    """Who did it: a member, a person who is none, a key; the server is nobody to search for."""
    if actor_kind == "key":
        yield Reference("ApiKey" if actor_id.startswith("akey_") else "Key", actor_id, {"name": name})
    if member:
        yield Reference("Member", member, {"name": name})
    elif actor_kind == "person":
        yield Reference("User", actor_id, {"name": name})


def each_once(references: Iterable[Reference]) -> tuple[Reference, ...]:
    """Without those named before; a later one tells how it looked where the first did not."""
    kept: dict[tuple[str, str], Reference] = {}
    for each in references:
        known = kept.get((each.kind, each.id))
        if known is None or not known.view:
            kept[each.kind, each.id] = each
    return tuple(kept.values())


def pairs(references: Sequence[Reference]) -> list[int]:
    """A number for every two of the references: what an event about both is found by at once."""
    return [pair((a.kind, a.id), (b.kind, b.id)) for a, b in combinations(references, 2)]


def pair(one: tuple[str, str], other: tuple[str, str]) -> int:
    """64 bits of a digest: two pairs of one organization do not share a number by chance."""
    text = "\n".join(f"{kind}\t{id}" for kind, id in sorted((one, other)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def wire_id(event: Event) -> str:
    """How the wire of projects knows it."""
    return event_id(event.id, event.seq)


def event_id(id: str, seq: int) -> str:
    """`evnt_` with the time out of its UUID and its number, 12 hex digits each."""
    return f"{_PREFIX}{id.replace('-', '')[:_TIME]}{seq:012x}"


def number(text: str) -> int | None:
    """The number in an event's id, None where it is no such id."""
    digits = text.removeprefix(_PREFIX)
    if len(text) != len(_PREFIX) + _HEX or len(digits) != _HEX or set(digits) - set("0123456789abcdef"):
        return None
    return int(digits[_TIME:], 16)


def shown(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of an event without our numbers: people and work are named as their own wire names them."""
    return {
        name: sqid.text(value) if name in _NUMBERED and isinstance(value, int) else value
        for name, value in data.items()
    }
