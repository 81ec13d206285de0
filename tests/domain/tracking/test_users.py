"""Tracked users: made once, changed, found, stopped; whose they are, and what their pictures may be."""

import base64
import dataclasses
import itertools
from typing import Any

import pytest
from sqlalchemy import select

from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts
from hyway.domain.tracking.people import groups, phones, pictures, users
from hyway.domain.tracking.records import Group, User, UserChange, UserQuery
from hyway.domain.tracking.store import people
from hyway.domain.tracking.store import users as store
from hyway.domain.tracking.store.tables import EVENTS, LOGS, PHONES
from hyway.domain.tracking.telling import display, payloads
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, MINUTE, SECOND
from hyway.kernel.faults import Invalid, Missing, Refused, Spent, Taken
from tests.make.world import World

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 20
GIF = b"GIF89a" + b"\0" * 20
WEBP = b"RIFF\x10\0\0\0WEBPVP8 " + b"\0" * 20


def create(world: World, by: Caller | None = None, **wish: Any) -> User:
    user, _ = world.db.write_now(users.create, by or world.by, UserChange(**wish))
    return user


def change(world: World, user: User, **wish: Any) -> User:
    return world.db.write_now(users.change, world.by, user.id, UserChange(**wish))


def find(world: World, user: User, by: Caller | None = None) -> User:
    return world.db.read_now(users.find, by or world.by, user.id)


def names(world: World, by: Caller | None = None, **query: Any) -> list[str]:
    return [user.name for user in world.db.read_now(users.page, by or world.by, UserQuery(**query)).rows]


def live(world: World, user: User, **columns: Any) -> User:
    """Puts the user's live state into shape, as positions would."""
    world.db.write_now(lambda w: store.set_live(w, user.seq, **columns))
    return find(world, user)


def group(world: World, name: str, parent: Group | None = None, lookup_id: str | None = None) -> Group:
    fields = {"name": name, "lookup_id": lookup_id, "parent_group_id": parent.id if parent else None}
    return world.db.write_now(groups.create, world.by, fields)


def token_of(world: World, group: Group) -> Caller:
    """Who shows the group's token."""
    return dataclasses.replace(
        world.by,
        actor_kind="key",
        actor_id=group.id,
        via=groups.VIA,
        scopes=frozenset({"group"}),
        permission="read",
    )


def events(world: World) -> list[str]:
    return world.db.read_now(lambda r: list(r.run(select(EVENTS.c.type).order_by(EVENTS.c.seq)).scalars()))


def test_a_new_user_has_what_was_said_and_no_more(world: World):
    user = create(
        world, name=" Alex ", phone="+1 650-246 9293", vehicle_type="Three-Wheeler", metadata={"a": [1]}
    )
    assert (user.name, user.phone, user.vehicle_type, user.metadata) == (
        "Alex",
        "+16502469293",
        "3-wheeler",
        {"a": [1]},
    )
    assert find(world, user) == user
    assert (user.live.is_tracking, user.live.last, user.live.pending) == (False, None, ())
    assert user.live.frame > 0
    assert events(world) == ["user.created"]
    blank = create(world)
    assert (blank.name, blank.phone, blank.photo, blank.vehicle_type) == ("", None, None, "unknown")


def test_the_same_lookup_id_is_the_same_user_unchanged(world: World):
    first = create(world, name="One", lookup_id="driver-7")
    again, is_new = world.db.write_now(users.create, world.by, UserChange(name="Two", lookup_id="driver-7"))
    assert (again, is_new) == (first, False)
    assert events(world) == ["user.created"]
    assert world.stranger().by.organization != world.by.organization
    other = create(world, world.stranger("More").by, name="Theirs", lookup_id="driver-7")
    assert other.id != first.id, "another account has lookup ids of its own"


def test_what_is_mentioned_changes_and_null_clears(world: World):
    user = create(
        world, name="One", phone="+4930123456", lookup_id="a", metadata={"x": 1}, device_name="Pixel"
    )
    changed = change(world, user, name="Two", metadata={"y": 2})
    assert (changed.name, changed.phone, changed.lookup_id, changed.metadata) == (
        "Two",
        user.phone,
        "a",
        {"y": 2},
    )
    assert changed.modified_at > user.modified_at
    assert changed.live.frame > user.live.frame, "streams have something new to tell"
    cleared = change(
        world, user, phone=None, lookup_id="", metadata=None, vehicle_type=None, device_name=None
    )
    assert (cleared.phone, cleared.lookup_id, cleared.metadata, cleared.device_name) == (None, None, {}, None)
    assert change(world, user) == cleared, "nothing was said, nothing changes"


def test_a_lookup_id_belongs_to_one(world: World):
    create(world, lookup_id="a")
    other = create(world, lookup_id="b")
    with pytest.raises(Taken) as refused:
        change(world, other, lookup_id="a")
    assert refused.value.field == "lookup_id"
    assert find(world, other).lookup_id == "b"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 256),
        ("name", "a\0b"),
        ("lookup_id", "x" * 256),
        ("device_name", "x" * 256),
        ("phone", "6502469293"),
        ("phone", "+0123"),
        ("phone", "+1650246929312345"),
        ("phone", "+1650x"),
        ("vehicle_type", "plane"),
        ("metadata", {"a": "x" * 20_000}),
        ("group_id", "f3ead2ae-dc0a-4a7e-85be-74ee51d9d70a"),
        ("group_id", "nonsense"),
        ("group_lookup_id", "south"),
        ("photo", "not a picture"),
        ("photo", "http://"),
        ("photo", "https://exa mple.com/a.png"),
        ("photo", "https://example.com/" + "a" * 2_000),
        ("photo", base64.b64encode(b"<svg onload=alert(1)>").decode()),
        ("photo", b"<html>"),
        ("photo", PNG + b"\0" * pictures.MOST_BYTES),
        ("photo", "A" * (8 * 1024 * 1024)),
    ],
)
def test_what_is_wrong_is_told_by_field_and_changes_nothing(world: World, field: str, value: Any):
    with pytest.raises(Invalid) as refused:
        create(world, **{field: value})
    assert refused.value.field == field
    assert names(world) == []
    user = create(world, name="One")
    with pytest.raises(Invalid):
        change(world, user, **{field: value})
    assert find(world, user) == user


@pytest.mark.parametrize(
    ("raw", "kind"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (GIF, "image/gif"), (WEBP, "image/webp")]
)
def test_a_picture_is_known_by_how_it_begins(raw: bytes, kind: str):
    packed = base64.b64encode(raw).decode()
    for sent in (
        raw,
        packed,
        packed.rstrip("="),
        f"data:image/png;base64,{packed}",
        packed[:9] + "\n" + packed[9:],
    ):
        assert pictures.read(sent) == (kind, raw)


def test_a_photo_is_kept_replaced_and_taken_away(world: World):
    user = create(world, photo=PNG)
    assert user.photo
    assert world.db.read_now(users.picture, user.photo) == ("image/png", PNG)
    newer = change(world, user, photo=base64.b64encode(JPEG).decode())
    assert newer.photo != user.photo, "a picture under an address never changes"
    assert world.db.read_now(users.picture, user.photo) is None
    assert world.db.read_now(users.picture, str(newer.photo)) == ("image/jpeg", JPEG)
    elsewhere = change(world, user, photo="https://example.com/me.jpg")
    assert elsewhere.photo == "https://example.com/me.jpg"
    assert change(world, user, photo=None).photo is None
    assert world.db.read_now(users.picture, str(newer.photo)) is None


def test_a_group_is_named_by_id_or_lookup_id(world: World):
    south = group(world, "South", lookup_id="south")
    user = create(world, group_lookup_id="south")
    assert user.group_id == south.id
    assert change(world, user, group_id=None).group_id is None
    assert change(world, user, group_id=south.id.upper()).group_id == south.id


def test_a_stranger_finds_nobody(world: World):
    user = create(world, name="Ours", lookup_id="a")
    stranger = world.stranger()
    test_keys = dataclasses.replace(world.by, environment="test")
    for by in (stranger.by, test_keys):
        assert names(world, by) == []
        for verb, more in ((users.change, (UserChange(name="Taken"),)), (users.stop_tracking, ())):
            with pytest.raises(Missing):
                world.db.write_now(verb, by, user.id, *more)
        with pytest.raises(Missing):
            find(world, user, by)
        with pytest.raises(Missing):
            world.db.write_now(phones.register, by, user.id, "device", "token", "FCM")
    for id in ("nonsense", "", "0" * 36, user.id[:-1]):
        with pytest.raises(Missing):
            world.db.read_now(users.find, world.by, id)
    assert world.db.read_now(users.find, world.by, user.id.upper()) == user


def test_a_groups_token_sees_the_group_and_those_below(world: World):
    top = group(world, "Top")
    low = group(world, "Low", group(world, "Middle", top))
    beside = group(world, "Beside")
    inside, outside = create(world, name="In", group_id=low.id), create(world, name="Out", group_id=beside.id)
    create(world, name="Free")
    by = token_of(world, top)
    assert names(world, by) == ["In"]
    assert find(world, inside, by) == inside
    with pytest.raises(Missing):
        find(world, outside, by)
    for verb, more in ((users.change, (UserChange(name="x"),)), (users.stop_tracking, ())):
        with pytest.raises(Refused):
            world.db.write_now(verb, by, inside.id, *more)
    with pytest.raises(Refused):
        create(world, by)


def test_a_test_account_makes_twenty_users_a_day(world: World, later: Any):
    by = dataclasses.replace(world.by, environment="test")
    for number in range(users.TEST_USERS_A_DAY):
        create(world, by, lookup_id=f"u{number}")
    with pytest.raises(Spent) as spent:
        create(world, by)
    assert 0 < spent.value.retry_after <= DAY // SECOND
    assert create(world, by, lookup_id="u3").lookup_id == "u3", "one that is there is no new one"
    create(world)
    later(DAY)
    create(world, by)


def test_tracking_is_stopped_once(world: World):
    user = create(world)
    assert world.db.write_now(users.stop_tracking, world.by, user.id) == user, "there was nothing to stop"
    live(world, user, is_tracking=1, tracking_at=clock.now(), online_at=clock.now())
    stopped = world.db.write_now(users.stop_tracking, world.by, user.id)
    assert not stopped.live.is_tracking
    assert payloads.controls(stopped)["run_command"] == "GO_OFFLINE"
    assert world.db.write_now(users.stop_tracking, world.by, user.id) == stopped
    assert events(world) == ["user.created", "tracking.ended"]


def test_filters_and_orders(world: World):
    anna = create(world, name="Anna", phone="+4930111", lookup_id="a-1", vehicle_type="car")
    bert = create(world, name="Bert_100%", phone="+4930222", lookup_id="b-2", vehicle_type="van")
    south = group(world, "South")
    carl = create(world, name="carl", group_id=south.id)
    assert names(world) == ["carl", "Bert_100%", "Anna"], "the newest first"
    assert names(world, ordering=("name",)) == ["Anna", "Bert_100%", "carl"], "large and small letters alike"
    assert names(world, ordering=("-name",)) == ["carl", "Bert_100%", "Anna"]
    assert names(world, ordering=("nonsense", "created_at")) == ["Anna", "Bert_100%", "carl"]
    assert names(world, ordering=("lookup_id",)) == ["Anna", "Bert_100%", "carl"], (
        "those without one at the end"
    )
    assert names(world, name="nn") == ["Anna"]
    assert names(world, name="_100%") == ["Bert_100%"]
    assert names(world, search="+4930") == ["Bert_100%", "Anna"]
    assert names(world, search="B-2") == ["Bert_100%"]
    assert names(world, ids=(anna.id, carl.id)) == ["carl", "Anna"]
    assert names(world, ids=()) == []
    assert names(world, group_id=south.id) == ["carl"]
    assert names(world, lookup_id="a-1") == ["Anna"]
    assert names(world, vehicle_type=("car", "van")) == ["Bert_100%", "Anna"]
    assert names(world, between=(("created_at", bert.created_at, bert.created_at),)) == ["Bert_100%"]
    assert names(world, between=(("nonsense", 1, 2),)) == ["carl", "Bert_100%", "Anna"]
    page = world.db.read_now(users.page, world.by, UserQuery(take=1, skip=1))
    assert ([user.name for user in page.rows], page.total) == (["Bert_100%"], 3)


def test_the_list_filters_by_what_the_texts_say(world: World):
    """Every state that a user can be in: the statement's word is the display's word."""
    now = clock.now()
    tracking = ((0, None), (0, now - HOUR), (1, now - HOUR))
    heard = (None, now - SECOND, now - 10 * MINUTE, now - 2 * HOUR)
    doing = ((None, None), (0, None), (1, None), (None, 2))
    assigned = (None, now - 2 * HOUR, now - MINUTE)
    statuses = ("location_available", "location_disabled", "location_low_accuracy")
    seen: dict[str, set[str]] = {}
    for (on, at), heartbeat, (stopped, activity), given, status in itertools.product(
        tracking, heard, doing, assigned, statuses
    ):
        user = create(world)
        columns: dict[str, Any] = {"is_tracking": on, "tracking_at": at, "heartbeat_at": heartbeat}
        columns |= {"is_stopped": stopped, "assigned_at": given, "location_status": status, "frame": 0}
        if activity is not None:
            columns |= {"activity": activity, "at": now, "lat": 0.0, "lon": 0.0, "provider": 0}
        known = payloads.state(live(world, user, **columns))
        seen.setdefault(display.list_status(known, now), set()).add(user.id)
        seen.setdefault(display.availability(known), set()).add(user.id)
    assert set(display.LIST_STATUSES) <= set(seen)
    for word, ids in seen.items():
        query = {"status": (word,)} if word in display.LIST_STATUSES else {"availability": (word,)}
        found = world.db.read_now(
            people.page, world.db.read_now(accounts.of, world.by).seq, UserQuery(**query, take=500), None, now
        )
        assert {user.id for user in found.rows} == ids, word


def test_push_tokens_are_the_phones(world: World):
    one, two = create(world), create(world)
    for user, token in ((one, "t1"), (one, "t2"), (two, "t3")):
        world.db.write_now(phones.register, world.by, user.id, "device-1", token, "FCM")
    rows = world.db.read_now(lambda r: list(r.run(select(PHONES.c.user, PHONES.c.registration))))
    assert [tuple(row) for row in rows] == [(two.seq, "t3")], "a phone serves one user, with its newest token"
    for field, wrong in (("device_id", ("", "t", "FCM")), ("registration_id", ("d", "x" * 5_000, "FCM")),
                         ("cloud_message_type", ("d", "t", "XMPP"))):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            world.db.write_now(phones.register, world.by, one.id, *wrong)
        assert refused.value.field == field


def test_logs_are_cut_and_forgotten_after_a_week(world: World, later: Any):
    user = create(world)
    world.db.write_now(phones.log, world.by, user.id, "device", "old " * 50_000 + "the end\0")
    world.db.write_now(phones.log, world.by, "nonsense", None, "of nobody")
    later(6 * DAY)
    assert not world.db.write_now(phones.purge_logs)

    def logs() -> list[str]:
        return world.db.read_now(lambda r: list(r.run(select(LOGS.c.body).order_by(LOGS.c.seq)).scalars()))

    assert len(logs()[0]) == phones.MOST_LOG
    assert logs()[0].endswith("the end\ufffd")
    later(DAY + HOUR)
    assert not world.db.write_now(phones.purge_logs)
    assert logs() == []


def test_silence_is_told_once(world: World):
    now = clock.now()
    silent, idle, busy, off = (create(world, name=name) for name in ("silent", "idle", "busy", "off"))
    live(world, silent, is_tracking=1, tracking_at=now, heartbeat_at=now - 2 * HOUR)
    live(world, idle, is_tracking=1, tracking_at=now, heartbeat_at=now - 10 * MINUTE)
    live(world, busy, is_tracking=1, tracking_at=now, heartbeat_at=now - 10 * MINUTE, pending=1)
    live(world, off, is_tracking=0, heartbeat_at=now - 2 * HOUR)
    before = find(world, silent).live.frame
    assert world.db.read_now(phones.any_silent)
    assert not world.db.write_now(phones.tell_silent)
    told = world.db.read_now(
        lambda r: set(r.run(select(EVENTS.c.user).where(EVENTS.c.type == phones.OFFLINE)).scalars())
    )
    assert told == {silent.seq, busy.seq}
    assert find(world, silent).live.is_away
    assert find(world, silent).live.frame > before
    assert not world.db.read_now(phones.any_silent)
    world.db.write_now(phones.tell_silent)
    assert events(world).count(phones.OFFLINE) == 2
