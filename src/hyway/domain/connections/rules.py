"""Pure decisions: what a configuration may hold, which ids may be asked for, how long to wait before the next try."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hyway.domain.connections.providing import Entry, Field, Offer
from hyway.domain.connections.records import ConnectionType
from hyway.kernel.clock import HOUR, SECOND, Instant
from hyway.kernel.faults import Invalid, Missing

LONGEST_ID, LONGEST_INPUT, LONGEST_CODE, MOST_RESOURCES = 500, 500, 200, 1_000
MOST_TRIES = 12
"""After so many tries that were unclear a connection has failed, until somebody tries it again: they last longer than
two hours, as a vendor may be down for one."""
STUCK = "This was interrupted each time that it was tried"
LONGEST_SIGN_IN_CODE = 4_000
IN_STEP: frozenset[str] = frozenset({"DistributionList", "MessagingChannel", "GitTeam"})
"""What holds everybody who is in the entity, and one entity alone."""
LETS_IN: frozenset[str] = IN_STEP | {"GitRepository"}
"""What people get into; into a repository those alone who have an account connected."""
_RESOURCE = re.compile(r"[\w.:/@+=~#()\-]+", re.ASCII)
_WIRE_ID = re.compile(r"(org|proj|app|team|memb|intg|conn|cacc|impt)_[0-9a-f]{24}", re.ASCII)


def is_id(prefix: str, text: str) -> bool:
    return text.startswith(prefix + "_") and _WIRE_ID.fullmatch(text) is not None


def resource_id(field: str, text: str) -> str:
    """An id of a vendor's that can be put into an address of it without leading anywhere else."""
    if not text:
        raise Invalid(field, "must NOT have fewer than 1 characters")
    if len(text) > LONGEST_ID:
        raise Invalid(field, "must NOT have more than {most} characters", most=LONGEST_ID)
    if not _RESOURCE.fullmatch(text) or {".", ".."} & set(text.split("/")) or "//" in text:
        raise Invalid(field, "must be the id of a resource")
    return text


def input(text: str) -> str:
    """What somebody chose: a name or an address, in one line."""
    clean = text.strip()
    if len(clean) > LONGEST_INPUT:
        raise Invalid("input", "must NOT have more than {most} characters", most=LONGEST_INPUT)
    if not clean.isprintable():
        raise Invalid("input", "must NOT contain control characters")
    if ".." in clean.split("/") or "\\" in clean:
        raise Invalid("input", "must NOT lead elsewhere")
    return clean


def offer(entry: Entry, type: str) -> Offer:
    """What the vendor provides of a type; Invalid where it is nothing."""
    for each in entry.provides:
        if each.connection == type:
            return each
    raise Invalid("type", "must be one that {name} provides", name=entry.name)


def importable(entry: Entry, type: str) -> Offer:
    """The same of what can be imported."""
    found = offer(entry, type)
    if not found.is_importable:
        raise Invalid("type", "must be one that can be imported")
    return found


def config(entry: Entry, given: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """What may be shown of a configuration, and what is secret; what is no field of the vendor's is left out."""
    plain: dict[str, str] = {}
    secret: dict[str, str] = {}
    for field in entry.fields:
        value = _setting(field, given.get(field.name))
        if value:
            (secret if field.secret else plain)[field.name] = value
    return plain, secret


def _setting(field: Field, value: Any) -> str:
    place = f"config/{field.name}"
    if value is None or value == "":
        if field.required:
            raise Invalid("config", "must have required property '{name}'", name=field.name)
        return ""
    if not isinstance(value, str):
        raise Invalid(place, "must be string")
    clean = value.strip()
    if not clean and field.required:
        raise Invalid(place, "must NOT have fewer than 1 characters")
    if len(clean) > field.longest:
        raise Invalid(place, "must NOT have more than {most} characters", most=field.longest)
    if not clean.replace("\n", "").isprintable():
        raise Invalid(place, "must NOT contain control characters")
    if field.pattern and clean and not re.fullmatch(field.pattern, clean):
        raise Invalid(place, 'must match pattern "{pattern}"', pattern=field.pattern)
    return clean


def sign_in(given: Mapping[str, Any]) -> dict[str, str]:
    """The code of an invitation, and what proves who asked for it."""
    told = {name: given[name] for name in ("code", "codeVerifier") if given.get(name) is not None}
    for name, value in told.items():
        if not isinstance(value, str):
            raise Invalid(f"config/{name}", "must be string")
        if not 0 < len(value) <= LONGEST_SIGN_IN_CODE or not (value.isascii() and value.isprintable()):
            raise Invalid(f"config/{name}", "must be what the vendor gave")
    return told


def resources(given: Sequence[Mapping[str, Any]]) -> list[str]:
    """The ids of what is to be imported, each once."""
    if not given:
        raise Invalid("resources", "must NOT have fewer than 1 items")
    if len(given) > MOST_RESOURCES:
        raise Invalid("resources", "must NOT have more than {most} items", most=MOST_RESOURCES)
    found: list[str] = []
    for at, each in enumerate(given):
        id = each.get("id") if isinstance(each, Mapping) else None
        if id is None:
            raise Invalid(f"resources/{at}", "must have required property 'id'")
        if not isinstance(id, str):
            raise Invalid(f"resources/{at}/id", "must be string")
        found.append(resource_id(f"resources/{at}/id", id))
    return list(dict.fromkeys(found))


def backoff(tries: int, chance: float = 0.5, after: float = 0.0) -> Instant:
    """How long to wait after so many tries: 5 seconds, twice as long each time, an hour at most; `chance` from 0 to 1
    spreads them by a fifth either way. Never less than the `after` seconds for which the vendor wants to be left
    alone."""
    wait = min(5 * SECOND * 2 ** min(max(tries, 1) - 1, 20), HOUR)
    return max(int(wait * (0.8 + 0.4 * chance)), int(after * SECOND))


def kept(text: str, prefix: str) -> str:
    """An id of ours; Missing for what can be none."""
    if not is_id(prefix, text):
        raise Missing("There is no such thing", id=text)
    return text


def connection_type(entry: Entry, text: str) -> ConnectionType:
    return offer(entry, text).connection
