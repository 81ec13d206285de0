"""What the event log tells of usage, and those who are in it."""

from collections import Counter
from typing import Any

from sqlalchemy import text

from hyway.domain import billing, identity, links, projects
from hyway.domain.billing import Cycle, Totals
from hyway.domain.identity import Caller
from hyway.domain.projects import App, NewApp, NewProject
from hyway.kernel.clock import Instant
from hyway.kernel.db import Database
from tests.make.people import somebody


def founded(db: Database, name: str) -> Caller:
    made = db.write_now(identity.found_organization, name)
    return identity.command_line(made)


def joined(db: Database, by: Caller, name: str, role: identity.Role = "admin") -> Caller:
    """Somebody new, as a member of the caller's organization."""
    who = somebody(db, name)
    assert who.person is not None
    person = db.read_now(identity.named, [who.person])[who.person]
    db.write_now(identity.join, by, person, role)
    return db.read_now(identity.at_organization, who, by.organization)


def used(db: Database, by: Caller, cycle: int | None = None) -> Totals:
    return db.read_now(billing.usage.of_organization, by, cycle).total


def log(db: Database, by: Caller, before: Instant | None = None) -> list[Any]:
    """All events of an organization, or those before an instant."""
    with db.engine.connect() as connection:
        found = connection.execute(
            text("SELECT at, action, actor_kind, member FROM events WHERE organization = :it"),
            {"it": by.organization},
        ).all()
        connection.rollback() if not db.is_sqlite else None
    return [each for each in found if before is None or each.at < before]


def recounted(db: Database, by: Caller, cycle: Cycle | None = None) -> Totals:
    """The same as `used`, of a cycle or of all time, from the event log alone."""
    until = log(db, by, cycle.ends_at if cycle else None)
    events = [each for each in until if cycle is None or each.at >= cycle.starts_at]
    actions, ever = (Counter(each.action for each in some) for some in (events, until))
    counted = dict.fromkeys(billing.METERS, 0) | {
        "link.created": actions["link.created"],
        "env.push": actions["dotenv.pushed"],
        "env.pull": actions["dotenv.pulled"],
    }
    active = {each.member for each in events if each.actor_kind == "person" and each.member}
    came = ever["member.joined"] + ever["member.created"]
    return Totals(len(active), came - ever["member.left"] - ever["member.removed"], counted)


def shelf(db: Database, by: Caller) -> str:
    return db.write_now(links.put_on_shelf, by, links.COLLECTIONS, [{"name": "Links"}])[0].id


def leave(db: Database, who: Caller) -> None:
    members = db.read_now(identity.members_of, who)
    (mine,) = [each for each in members if each.person.seq == who.person]
    db.write_now(identity.members.remove, who, mine.seq)


def app_of(db: Database, by: Caller) -> App:
    project = db.write_now(projects.create, by, NewProject("shop", "Shop", False))
    return db.write_now(projects.apps.create, by, project.id, NewApp("web", "Web"))


def wish(collection: str) -> links.LinkChange:
    return links.LinkChange(url="https://example.com/", collection_id=collection)
