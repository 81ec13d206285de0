"""An organization with something of everything, whose texts all bear its name."""

import contextlib
import itertools
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, text

from hyway.domain import creators, identity
from hyway.domain.creators import collabs, money
from hyway.domain.identity import Caller
from hyway.kernel import clock, sqid
from hyway.kernel.db import Database
from hyway.kernel.sql import METADATA
from tests.apis.hypemarket.conftest import World, alone, make_world
from tests.make.campaigns import WHOLE, verify

_STEP = 10_000
_NOT_SHOWN = ("events", "changes", "outbox", "links", "clicks")
"""Their numbers are on no wire, and the event log gives nothing back."""
HOME = {"city": "Cupertino", "postal_code": "95014", "country_code": "US"}


def party(db: Database, name: str) -> tuple[World, dict[str, str]]:
    """The organization, closed to strangers, and the id of each thing in it by its noun."""
    world = make_world(db, name)
    _privacy(world, "public")
    creator = _creator(world, name)
    found = {
        **_people(world, name),
        **_campaign(world, creator, name),
        **_collab(world, creator, name),
        **_own(world, creator),
    }
    _privacy(world, "private")
    db.write_now(creators.campaigns.pause, world.by, found["campaign"])
    db.write_now(collabs.pause, world.by, found["collab"])
    return world, {noun: sqid.text(seq) for noun, seq in found.items()}


def _privacy(world: World, setting: str) -> None:
    world.db.write_now(identity.organizations.change, world.by, {"privacy_setting": setting})


def _creator(world: World, name: str) -> Caller:
    by = alone(world.person(f"{name}-creator"))
    for platform, uid in (("youtube", "UC"), ("tiktok", "tt")):
        url = f"https://www.{platform}.com/@{name}"
        world.db.write_now(verify, by, platform, url, f"{uid}-{name}")
    world.db.write_now(creators.addresses.put, by, {**HOME, "address_one": f"1 {name} Loop"})
    return by


def _people(world: World, name: str) -> dict[str, int]:
    """A member, somebody who asks to join, and somebody who is invited."""
    db, member, asks = world.db, world.person(f"{name}-member", "member"), world.person(f"{name}-asks")
    _privacy(world, "restricted")
    request = db.write_now(identity.joining.ask, alone(asks), world.organization.seq)
    invited = db.write_now(identity.joining.invite, world.by, f"{name}-guest@example.com")
    _privacy(world, "public")
    members, _ = db.read_now(identity.members.page, world.by, 0, 20)
    return {
        "organization": world.organization.seq,
        "member": next(each.seq for each in members if each.person.seq == member.seq),
        "join_request": request.seq,
        "invitation": invited.seq,
        "user": member.seq,
    }


def _campaign(world: World, creator: Caller, name: str) -> dict[str, int]:
    """A campaign with a creator in it, who has posted, talked, and is being paid."""
    db, by = world.db, world.by
    named = {"name": f"{name} campaign", "brief": f"<p>{name}</p>", "website": f"https://{name}.example.com/"}
    campaign = db.write_now(creators.campaigns.create, by, {**WHOLE, **named}).seq
    funding = db.write_now(money.fund, by, "campaign", campaign, "usd", 100_000, "manual", f"by {name}")
    db.write_now(creators.campaigns.publish, by, campaign)
    application = db.write_now(creators.applications.apply, creator, campaign, f"{name} would")
    db.write_now(creators.applications.accept, by, application.seq)
    url = f"https://www.youtube.com/watch?v={name[:8]:a<11}"
    post = db.write_now(creators.submissions.submit, creator, campaign, url).seq
    db.write_now(creators.submissions.approve, by, post)
    db.write_now(collabs.chat.say, creator, "campaign", post, f"{name} says")
    return {
        "campaign": campaign,
        "funding": funding.seq,
        "application": application.seq,
        "submission": post,
        "payout": _payout(db, by, campaign, post, creator),
    }


def _payout(db: Database, by: Caller, campaign: int, post: int, creator: Caller) -> int:
    person = identity.person_of(creator)
    work = money.Work(by.organization, "campaign", campaign, "campaign", post, person, "usd")
    db.write_now(money.earn, by, work, "work", 1_000)
    db.write_now(money.hold, by, work, 0)
    db.write_now(money.mature, clock.now())
    return int(db.write_now(money.pay_out, by)[0].seq)


def _collab(world: World, creator: Caller, name: str) -> dict[str, int]:
    db, by = world.db, world.by
    named = {"name": f"{name} collab", "brief": f"<p>{name}</p>", "website": f"https://{name}.example.com/"}
    collab = db.write_now(collabs.create, by, named).seq
    db.write_now(collabs.submit, by, collab)
    applied = db.write_now(collabs.work.apply, creator, collab, f"{name} would").seq
    db.write_now(collabs.chat.say, creator, "collab", applied, f"{name} says")
    return {"collab": collab, "collab_submission": applied}


def _own(world: World, creator: Caller) -> dict[str, int]:
    """What is the owner's alone, and a creator's account."""
    tokens, _ = world.db.read_now(identity.tokens.page, alone(world.owner))
    accounts, _ = world.db.read_now(creators.social.accounts.page, creator, 0, 20)
    return {"access_token": tokens[0].seq, "social_account": accounts[0].seq}


@contextlib.contextmanager
def numbered_apart(db: Database) -> Iterator[None]:
    """Inside, tables count on from numbers of their own: no two nouns have the same ids."""
    every = (table for table in METADATA.sorted_tables if table.primary_key.columns.keys() == ["seq"])
    tables = [table for table in every if table.name not in _NOT_SHOWN]
    starts = {table: _STEP * number for number, table in enumerate(tables, 1)}
    with db.engine.connect() as connection:
        if db.is_sqlite:
            _strict(connection, False)
            for table, start in starts.items():
                connection.execute(table.insert().values(_filler(table, start)))
            _strict(connection, True)
        else:
            for table, start in starts.items():
                sequence = f"pg_get_serial_sequence('{table.name}', 'seq')"
                connection.execute(text(f"SELECT setval({sequence}, {start})"))
            connection.commit()
    try:
        yield
    finally:
        if db.is_sqlite:
            with db.engine.connect() as connection:
                for table, start in starts.items():
                    connection.execute(table.delete().where(table.c.seq == start))


def _strict(connection: Connection, on: bool) -> None:
    connection.exec_driver_sql(f"PRAGMA foreign_keys={int(on)}")
    connection.exec_driver_sql(f"PRAGMA ignore_check_constraints={int(not on)}")


_fillings = itertools.count(10**12)


def _filler(table: Table, seq: int) -> dict[str, Any]:
    """A row that means nothing and clashes with none."""
    needed = [column for column in table.c if not column.nullable and column.name != "seq"]
    return {"seq": seq, **{column.name: _nothing(column.type.python_type) for column in needed}}


def _nothing(kind: type) -> Any:
    number = next(_fillings)
    if kind is int:
        return number
    return str(number).encode() if kind is bytes else str(number)
