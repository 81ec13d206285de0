"""People in and outside organizations, as they come through a door."""

from hyway.domain import identity
from hyway.domain.identity import Caller, Organization, Person
from hyway.kernel.db import Database, Read
from hyway.kernel.faults import Fault

PASSWORD = "correct horse battery"


def alone(person: Person) -> Caller:
    """A person, in no organization."""
    return Caller(
        identity.NOBODYS, "self-hosted", "person", person.id, person.name, "hypemarket", person=person.seq
    )


def somebody(db: Database, name: str) -> Caller:
    """Somebody new whom the server's operator vouches for."""
    return alone(db.write_now(identity.add_person, f"{name.lower()}@example.com", name, PASSWORD))


def there(db: Database, by: Caller, organization: Organization) -> Caller:
    """The same person in an organization that they belong to."""
    return db.read_now(identity.at_organization, by, organization.seq)


def roles(db: Database, organization: Organization) -> dict[str, str]:
    """Everybody's role, by name."""

    def found(r: Read) -> dict[str, str]:
        every = identity.members_of(r, identity.command_line(organization))
        return {m.person.name: m.role for m in every}

    return db.read_now(found)


def person(db: Database, by: Caller) -> Person:
    """The person behind a caller."""
    assert by.person is not None
    return db.read_now(identity.named, [by.person])[by.person]


def signed_in(db: Database, email: str) -> tuple[str, identity.Session]:
    """A browser's token and its session, by the password that `somebody` has."""
    opened = db.write_now(identity.sign_in, email, PASSWORD)
    assert opened is not None
    return opened


def faults(error: Fault) -> list[tuple[str, str]]:
    """What was refused, in order: fields and messages."""
    several: tuple[Fault, ...] = getattr(error, "faults", (error,))
    return [(each.field, each.message) for each in several]
