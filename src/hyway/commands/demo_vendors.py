"""Vendors as the demonstration plays them: they stand in for the real ones within this command, and nobody is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hyway.domain.connections import ConnectionType, Declined, Entity, Entry, Made, Reach, Resource, Unclear

REFUSED = "web-shop"
"""What is asked for by this name is refused."""
SILENT = "shop/web-shop"
"""By this one there is no answer."""
CONFIRMED = "support@example.com"
"""By this one somebody has to tell a code."""
LOCKED = "app.shop.example"
"""A name of which no record may be written."""
REPOSITORIES = (
    Resource("501", "storefront"),
    Resource("502", "infrastructure"),
    Resource("503", "design-system"),
    Resource("504", "---"),
)
ZONES = (Resource("023e105f4ecef8ad9ca31a8372d0c353", "shop.example"),)
_THERE: Mapping[ConnectionType, Sequence[Resource]] = {"GitRepository": REPOSITORIES, "DNSZone": ZONES}


class Played:
    """What it is asked to make is there at once, but for what is called as above."""

    def __init__(self, entry: Entry) -> None:
        """Without the credentials that the real one is asked with."""
        fields = tuple(replace(each, required=False) for each in entry.fields)
        self.entry = replace(entry, fields=fields)
        self._inside: dict[str, set[str]] = {}

    def check(self, reach: Reach) -> None:
        """Anybody is let in."""

    def resources(self, reach: Reach, type: ConnectionType, parent: str = "") -> Sequence[Resource]:
        return _THERE.get(type, ())

    def make(self, reach: Reach, type: ConnectionType, entity: Entity, input: str, key: str) -> Made:
        name = input or entity.name
        if name == REFUSED:
            raise Declined(f"The token of {self.entry.name} may read {entity.name}, and may not change it")
        if name == SILENT:
            raise Unclear(f"{self.entry.name} did not answer in 20 seconds")
        if name == CONFIRMED:
            return Made(name, {"name": name}, ("owner@example.com",))
        more = {"identifier": name} if type == "User" else {}
        return Made(name.lower(), {"name": name, **more})

    def verify(self, reach: Reach, type: ConnectionType, remote: str, code: str) -> Made:
        raise Declined("No code was sent")

    def remove(self, reach: Reach, type: ConnectionType, remote: str) -> None:
        """It is gone."""

    def members(self, reach: Reach, type: ConnectionType, remote: str) -> frozenset[str]:
        return frozenset(self._inside.get(remote, ()))

    def admit(self, reach: Reach, type: ConnectionType, remote: str, who: str) -> None:
        self._inside.setdefault(remote, set()).add(who)

    def dismiss(self, reach: Reach, type: ConnectionType, remote: str, who: str) -> None:
        self._inside.get(remote, set()).discard(who)

    def records(self, reach: Reach, zone: str, name: str, type: str) -> Sequence[str]:
        return []

    def put_record(self, reach: Reach, zone: str, name: str, type: str, value: str, seconds: int) -> None:
        if name.endswith(LOCKED):
            raise Declined(f"The token of {self.entry.name} may not write records of {LOCKED}")

    def drop_record(self, reach: Reach, zone: str, name: str, type: str, value: str) -> None:
        """It is gone."""


class Knowing(Played):
    """One that knows people by names of its own: all but those of the support."""

    def whom(self, reach: Reach, email: str, accounts: Mapping[str, str]) -> str:
        name = email.partition("@")[0]
        return "" if name == "support" else f"{name}-{self.entry.type}"


__all__ = ["CONFIRMED", "LOCKED", "REFUSED", "REPOSITORIES", "SILENT", "ZONES", "Knowing", "Played"]
