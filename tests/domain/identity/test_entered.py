"""What callers may do is remembered, and forgotten when it changes: at once here, soon in other processes."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from hyway.domain import identity
from hyway.domain.identity import Caller, access, api_keys, members, organizations
from hyway.domain.identity.access.memory import Entered
from hyway.kernel import ids
from hyway.kernel.db import Database
from hyway.kernel.faults import Missing
from hyway.kernel.seal import Seal
from tests.domain.identity.test_access import Play
from tests.make.world import KEY


@pytest.fixture
def play(db: Database) -> Play:
    return Play(db)


def counted(db: Database, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The reads of the database that there are from now on."""
    reads: list[Any] = []
    real = db.read_now

    def read(verb: Callable[..., Any], *args: Any, **more: Any) -> Any:
        reads.append(verb)
        return real(verb, *args, **more)

    monkeypatch.setattr(db, "read_now", read)
    return reads


def enter(entered: Entered, play: Play, name: str, **more: Any) -> Caller:
    return asyncio.run(entered.enter(play.callers[name], play.home.wire_id, **more))


def test_who_comes_back_is_known(play: Play, monkeypatch: pytest.MonkeyPatch):
    play.join("Bob")
    entered = Entered(play.db)
    reads = counted(play.db, monkeypatch)
    first = enter(entered, play, "Bob")
    assert len(reads) == 1
    assert enter(entered, play, "Bob") == first
    assert len(reads) == 1


def changes(play: Play) -> dict[str, Callable[[], Any]]:
    """Everything that changes what Bob may do, in an order in which each can be done."""
    db, boss = play.db, play.boss
    bob, ann = play.by("Bob").member, play.by("Ann")
    own = play.own("Bob").id
    number = next(m.seq for m in db.read_now(members.page, ann)[0] if m.person.name == "Bob")
    made: dict[str, str] = {}
    return {
        "given": lambda: made.update(id=play.give(play.project, bob, "ProjectReader").id),
        "changed": lambda: db.write_now(access.change, boss, made["id"], ["ProjectAdmin"]),
        "taken": lambda: db.write_now(access.drop, boss, made["id"]),
        "given on an app": lambda: play.give(play.app, bob, "ProjectReader"),
        "gone with its project": lambda: db.write_now(identity.things.drop, boss, play.project),
        "own changed": lambda: db.write_now(access.change, boss, own, ["OrganizationBilling"]),
        "own taken": lambda: db.write_now(access.drop, boss, own),
        "made an admin elsewhere": lambda: db.write_now(members.change_role, ann, number, "admin"),
        "plan": lambda: db.write_now(identity.change_plan, play.home.seq, "pro"),
        "removed": lambda: db.write_now(members.remove, ann, number),
    }


def test_every_change_is_seen_at_once(play: Play):
    play.join("Bob")
    entered = Entered(play.db)
    before = enter(entered, play, "Bob")
    for name, change in changes(play).items():
        change()
        try:
            now: Caller | None = enter(entered, play, "Bob")
        except Missing:
            now = None
        assert now != before, name
        if now is not None:
            assert now == play.by("Bob"), name
            before = now
    with pytest.raises(Missing):
        enter(entered, play, "Bob")


def test_a_deleted_key_does_not_enter(play: Play):
    made, secret = play.db.write_now(api_keys.create, play.boss, "Robot")
    assert secret.value is not None
    robot = play.db.read_now(api_keys.by_id_and_secret, made.id, secret.value)
    assert robot is not None
    entered = Entered(play.db)
    assert asyncio.run(entered.enter(robot, play.home.wire_id)).member == made.member_id
    play.db.write_now(api_keys.drop, play.boss, made.id)
    with pytest.raises(Missing):
        asyncio.run(entered.enter(robot, play.home.wire_id))


def test_nobody_enters_a_closed_organization(play: Play):
    entered = Entered(play.db)
    enter(entered, play, "Ann")
    play.db.write_now(organizations.close, play.by("Ann"))
    with pytest.raises(Missing):
        enter(entered, play, "Ann")


def test_another_credential_of_the_same_person_is_shown_as_its_own(play: Play):
    entered = Entered(play.db)
    enter(entered, play, "Ann")
    play.callers["Ann"] = Caller(
        0, "self-hosted", "person", play.callers["Ann"].actor_id, "Ann", "hyphen",
        person=play.callers["Ann"].person, credential="token:9",
    )  # fmt: skip
    assert enter(entered, play, "Ann").credential == "token:9"


def test_a_change_during_the_look_is_not_overlooked(play: Play, monkeypatch: pytest.MonkeyPatch):
    bob = play.join("Bob")
    entered = Entered(play.db)
    real = play.db.read_now

    def slow(verb: Callable[..., Any], *args: Any, **more: Any) -> Any:
        found = real(verb, *args, **more)
        monkeypatch.setattr(play.db, "read_now", real)
        play.give(play.project, bob, "ProjectReader")
        return found

    monkeypatch.setattr(play.db, "read_now", slow)
    assert enter(entered, play, "Bob").grants == identity.Grants(frozenset({"OrganizationMember"}))
    assert access.may(enter(entered, play, "Bob"), "read", "Project", play.project)


def test_it_holds_so_many_and_others_stay_known(play: Play, monkeypatch: pytest.MonkeyPatch):
    for name in ("Bob", "Cleo", "Dan"):
        play.join(name)
    entered = Entered(play.db, size=2)
    reads = counted(play.db, monkeypatch)
    for name in ("Bob", "Cleo", "Dan", "Cleo", "Dan", "Bob"):
        enter(entered, play, name)
    assert len(reads) == 4
    entered.forget("*")
    enter(entered, play, "Bob")
    assert len(reads) == 5


def test_other_organizations_do_not_disturb(play: Play, monkeypatch: pytest.MonkeyPatch):
    other = identity.command_line(play.db.write_now(identity.found_organization, "Other"))
    entered = Entered(play.db)
    enter(entered, play, "Ann")
    reads = counted(play.db, monkeypatch)
    play.db.write_now(identity.things.put, other, ids.prefixed("proj"), "Project", "Theirs")
    play.db.write_now(api_keys.create, other, "Robot")
    enter(entered, play, "Ann")
    assert reads == []


def test_another_process_hears_of_it(play: Play):
    bob = play.join("Bob")
    elsewhere = Database(play.db.url, Seal(KEY))
    elsewhere.start()
    try:
        entered = Entered(elsewhere)
        assert not access.may(enter(entered, play, "Bob"), "read", "Project", play.project)
        play.give(play.project, bob, "ProjectReader")
        until = time.monotonic() + 10
        while not access.may(enter(entered, play, "Bob"), "read", "Project", play.project):
            assert time.monotonic() < until
            time.sleep(0.02)
    finally:
        elsewhere.close()


def test_the_servers_own_command_enters_its_own_organization_alone(play: Play):
    other = identity.command_line(play.db.write_now(identity.found_organization, "Other"))
    entered = Entered(play.db)
    assert asyncio.run(entered.enter(play.boss, play.home.wire_id)).organization == play.home.seq
    with pytest.raises(Missing):
        asyncio.run(entered.enter(other, play.home.wire_id))
