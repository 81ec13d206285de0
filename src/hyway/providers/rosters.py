"""Vendors where members have accounts of their own, and nothing is made: an account is found, and then known."""

from collections.abc import Iterable
from dataclasses import dataclass

from hyway.domain.connections import ConnectionType, Declined, Entity, Made, Reach, Resource
from hyway.providers.basis import Basis, first, named


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account: `id` is what connected accounts have as their identifier."""

    id: str
    name: str
    email: str = ""


class Roster(Basis):
    """A provider of accounts; who it is for says `people`, and `one` where it can find them without reading all."""

    def people(self, reach: Reach) -> Iterable[Person]:
        raise NotImplementedError

    def matching(self, reach: Reach, wanted: str) -> list[Person]:
        """Those of an id, or of an e-mail address."""
        known = wanted.casefold()
        return [
            each
            for each in first(self.people(reach))
            if each.id == wanted or (each.email and each.email.casefold() == known)
        ]

    def resources(self, reach: Reach, type: ConnectionType, parent: str = "") -> list[Resource]:
        """Everybody with an account; `more` has their e-mail addresses, where the vendor tells them."""
        if type != "Account":
            raise self.unknown(type)
        return named(
            Resource(each.id, each.name or each.id, {"email": each.email} if each.email else {})
            for each in first(self.people(reach))
        )

    def make(self, reach: Reach, type: ConnectionType, entity: Entity, input: str, key: str) -> Made:
        if type != "Account":
            raise self.unknown(type)
        wanted = input or entity.email
        if not wanted:
            raise Declined(f"Say which account at {self.entry.name} is {entity.name}'s")
        found = self.matching(reach, wanted)
        if not found:
            raise Declined(f"Nobody at {self.entry.name} is known as {wanted}")
        if len(found) > 1:
            raise Declined(f"Several accounts at {self.entry.name} are {wanted}: choose one by its id")
        return _made(found[0])


def _made(person: Person) -> Made:
    told = {"identifier": person.id, "name": person.name or person.id, "email": person.email}
    return Made(person.id, {name: value for name, value in told.items() if value})
