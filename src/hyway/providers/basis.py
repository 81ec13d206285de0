"""What providers have in common: answers for what their vendor has not, and names that vendors take."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TypeVar

from hyway.domain.connections import ConnectionType, Declined, Entry, Made, Reach, Resource

T = TypeVar("T")
MOST = 10_000
"""How many things of a vendor's are looked at."""


class Basis:
    """A provider whose vendor sends no codes, and has nothing that people are put into: others say what it has."""

    entry: Entry

    def verify(self, reach: Reach, type: ConnectionType, remote: str, code: str) -> Made:
        raise Declined(f"{self.entry.name} asks for no code")

    def remove(self, reach: Reach, type: ConnectionType, remote: str) -> None:
        """Nothing was made there: whoever was found stays who they are."""

    def members(self, reach: Reach, type: ConnectionType, remote: str) -> frozenset[str]:
        raise self.unknown(type)

    def admit(self, reach: Reach, type: ConnectionType, remote: str, who: str) -> None:
        raise self.unknown(type)

    def dismiss(self, reach: Reach, type: ConnectionType, remote: str, who: str) -> None:
        raise self.unknown(type)

    def unknown(self, type: str) -> Declined:
        """What is asked for is not among what the vendor has."""
        return Declined(f"{self.entry.name} has no {type} of this kind")


def setting(reach: Reach, name: str) -> str:
    """A setting of the integration; empty where it is not set."""
    return str(reach.config.get(name) or "")


def first(found: Iterable[T]) -> Sequence[T]:
    """As many as are looked at."""
    return list(islice(found, MOST))


def slug(name: str, longest: int, otherwise: str) -> str:
    """Lower-case ASCII letters and digits with hyphens between them; `otherwise` where the name has none of them."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:longest].strip("-") or otherwise


def named(resources: Iterable[Resource]) -> list[Resource]:
    """In the order of their names."""
    return sorted(resources, key=lambda each: (each.name.casefold(), each.id))
