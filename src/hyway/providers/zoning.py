"""What providers of DNS zones share: how names and texts are written, and what they have no use for."""

import re
import time
from collections.abc import Sequence

from hyway.domain.connections import ConnectionType, Declined, Made, Reach, Unclear

MOST = 10_000
"""So many resources are listed at most."""
_NAME = re.compile(r"([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_PART = 255


class Thingless:
    """The half of a provider whose connections hold no people and are verified by nobody."""

    name = ""

    def verify(self, reach: Reach, type: ConnectionType, remote: str, code: str) -> Made:
        raise Declined(f"Nothing is verified by a code at {self.name}")

    def members(self, reach: Reach, type: ConnectionType, remote: str) -> frozenset[str]:
        raise self._nobody()

    def admit(self, reach: Reach, type: ConnectionType, remote: str, who: str) -> None:
        raise self._nobody()

    def dismiss(self, reach: Reach, type: ConnectionType, remote: str, who: str) -> None:
        raise self._nobody()

    def _nobody(self) -> Declined:
        return Declined(f"People cannot be let into this at {self.name}")

    def _cannot(self, type: str) -> Declined:
        return Declined(f"{self.name} provides no {type}")


class Deadline:
    """How long one call of a provider may take, with all its pages."""

    def __init__(self, reach: Reach, name: str) -> None:
        self._end = time.monotonic() + reach.seconds
        self._text = f"{name} took longer than {reach.seconds:g} seconds"

    def check(self) -> None:
        """Unclear where the time is up."""
        if time.monotonic() > self._end:
            raise Unclear(self._text)


def domain_name(text: str) -> str:
    """The name of a zone in lower case without the dot at its end; Declined for what is none."""
    clean = text.strip().rstrip(".").lower()
    try:
        clean = clean.encode("idna").decode("ascii")
    except UnicodeError:
        clean = ""
    if len(clean) > 253 or not _NAME.fullmatch(clean):
        raise Declined("What was chosen is not the name of a domain, such as example.com")
    return clean


def led_elsewhere(name: str, values: Sequence[str], vendor: str) -> Declined:
    """What somebody else wrote is not written over."""
    there = f" to {values[0]}" if values else " elsewhere"
    return Declined(f"{name} leads{there} already; change that at {vendor}")


def several(name: str, ids: Sequence[str], vendor: str) -> Declined:
    return Declined(f"{vendor} has several zones {name}: choose one by its id, {' or '.join(ids)}")


def bare(name: str) -> str:
    """A name as vendors answer it: in lower case, without the dot at its end."""
    return name.rstrip(".").lower()


def quoted(text: str) -> str:
    """The value of a TXT record as master files have it: strings of 255 bytes at most, each in quotes."""
    parts = [text[at : at + _PART] for at in range(0, len(text), _PART)] or [""]
    return " ".join('"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in parts)


def unquoted(text: str) -> str:
    """The other way; what has no quotes stays as it is."""
    if not text.startswith('"'):
        return text
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    return re.sub(r"\\(.)", r"\1", "".join(parts))


def value_of(type: str, text: str) -> str:
    """A record's value so that two that mean the same are equal."""
    return unquoted(text) if type == "TXT" else bare(text)


def has(type: str, values: Sequence[str], value: str) -> bool:
    return value_of(type, value) in {value_of(type, each) for each in values}
