"""The event log: a line for every change, which nobody can take back, and no secret in any."""

import json
from dataclasses import asdict
from typing import Any

import pytest
from sqlalchemy import text

from hyway.domain import attribution, audit, identity, links
from hyway.domain.attribution import CustomerWish, NewLead, NewSale
from hyway.kernel import clock
from hyway.kernel.db import Ref, Write
from tests.domain.audit.logs import fact, tell
from tests.make.world import World

SECRET = "a secret to be kept"


def lines(world: World, **query) -> list[audit.Event]:
    return world.db.read_now(audit.recent, world.by, **query)


def live_through(world: World) -> list[str]:
    """One of every change; the secrets that came by."""
    db, by = world.db, world.by
    person = db.write_now(identity.add_person, "ann@example.com", "Ann", SECRET)
    db.write_now(identity.join, by, person, "owner")
    signed_in = db.write_now(identity.sign_in, "ann@example.com", SECRET)
    assert signed_in is not None
    token, session = signed_in
    assert db.write_now(identity.change_password, token, session, SECRET, SECRET + " anew")
    one_time = db.write_now(identity.reset_password, person)
    issued = db.write_now(identity.issue_key, by, identity.NewKey("hoko", "k"))
    db.write_now(identity.revoke_key, by, issued.key.id)
    db.write_now(identity.rename_organization, by, "Renamed")
    db.write_now(identity.change_plan, by.organization, "business")
    shelves: list[Any] = [links.COLLECTIONS, links.TAGS, links.PARTNERS]
    for shelf, noun in zip(shelves, "ctp", strict=True):
        (made,) = db.write_now(links.put_on_shelf, by, shelf, [{"name": noun}])
        db.write_now(links.put_on_shelf, by, shelf, [{"id": made.id, "name": noun + "2"}])
        db.write_now(links.drop_from_shelf, by, shelf, [made.id, made.id])
    link = world.link(password=SECRET)
    click = world.click(link)
    world.change(link, title="T")
    db.write_now(attribution.track_lead, by, NewLead(click.id, "Sign up", CustomerWish("c1", "Joe")))
    db.write_now(attribution.track_sale, by, NewSale(CustomerWish("c1", "Joe"), 100))
    db.write_now(links.drop, by, [link.id, link.id])
    return [SECRET, one_time, issued.secret, token]


def test_every_change_leaves_its_line(world: World):
    began = clock.now()
    secrets = live_through(world)
    found = lines(world)
    told = [line.action for line in reversed(found)]
    shelved = [
        f"{noun}.{verb}"
        for noun in ("collection", "tag", "partner")
        for verb in ("created", "updated", "deleted")
    ]
    assert told == [
        "organization.created", "collection.created",
        "member.joined", "person.signed_in", "person.password_changed", "person.password_reset",
        "key.created", "key.revoked", "organization.renamed", "organization.plan_changed",
        *shelved,
        "link.created", "link.updated", "lead.created", "sale.created", "link.deleted",
    ]  # fmt: skip
    for line in found[:-2]:
        assert began <= line.at <= clock.now()
        assert line.actor_kind in ("system", "person")
        assert line.actor_id
        assert line.actor_name
        assert line.via in ("command", "console")
        assert line.subject_kind
        assert line.subject_id
    whole = json.dumps([asdict(line) for line in found])
    assert not [secret for secret in secrets if secret in whole]


def test_the_log_only_grows(world: World):
    by = identity.server(world.by.organization)
    world.db.write_now(tell, [fact(by, "tag.created", "tag", "t1", Ref("App", "app_1"))])
    before = lines(world)
    wrong = ["UPDATE events SET actor_name = 'nobody'"]
    for table in ("events", "event_references", "event_pairs"):
        wrong += [f"DELETE FROM {table}", f"UPDATE {table} SET at = 1"]
        if not world.db.is_sqlite:
            wrong.append(f"TRUNCATE {table}")
    for statement in map(text, wrong):
        with pytest.raises(Exception, match="only grows"):
            world.db.write_now(Write.run, statement)
    assert lines(world) == before


def test_what_failed_leaves_no_line(world: World):
    before = lines(world)
    with pytest.raises(ValueError, match="no"):
        world.db.write_now(put_and_fail, world)
    assert lines(world) == before


def put_and_fail(w, world: World) -> None:
    links.put(w, world.by, [world.wish()])
    raise ValueError("no")


def test_pages_and_kinds(world: World):
    for _ in range(5):
        world.link()
    newest = lines(world, most=3)
    assert [line.action for line in newest] == ["link.created"] * 3
    rest = lines(world, before=newest[-1].seq)
    assert len(rest) == 4
    assert {line.seq for line in newest}.isdisjoint(line.seq for line in rest)
    assert len(lines(world, action="link.")) == 5
    assert lines(world, action="lin%") == []


def test_strangers_see_their_own_lines_alone(world: World):
    stranger = world.stranger()
    world.link()
    assert {line.action for line in lines(stranger)} == {"organization.created", "collection.created"}
