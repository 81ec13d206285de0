"""References: a few words about another thing."""

from typing import Protocol

from msgspec import Struct

from hyway.domain import identity


class OrganizationRef(Struct):
    id: str
    name: str


class AlternateRef(Struct, rename="camel"):
    id: str
    alternate_id: str
    name: str


class Named(Protocol):
    """Whatever has an id of this wire and a name."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


class Alternate(Named, Protocol):
    """Whatever can be found by an id of its owner's choosing too."""

    @property
    def alternate_id(self) -> str: ...


def organization(of: identity.Organization | Named) -> OrganizationRef:
    """Also of the record that all APIs share, whose own id is another's."""
    return OrganizationRef(of.wire_id if isinstance(of, identity.Organization) else of.id, of.name)


def project(of: Alternate) -> AlternateRef:
    return AlternateRef(of.id, of.alternate_id, of.name)


app = environment = project
