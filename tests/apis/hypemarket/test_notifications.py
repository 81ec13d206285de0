"""What a user was told, and whether their devices are woken, over the wire."""

from hyway.domain import notices
from hyway.domain.notices import Telling
from hyway.kernel import clock, sqid
from tests.apis.hypemarket.conftest import World, alone

TYPE = "Membership::JoinRequestReceivedNotifier"
PARAMS = {"user_name": "Yaro", "organization_name": "Acme"}
ENDPOINT = "https://push.example/1"
POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"


def tell(world: World, record: int | None = 3, **more) -> int:
    told = Telling(world.owner.seq, TYPE, PARAMS, "Membership::JoinRequest", record, **more)
    return world.db.write_now(notices.tell, told)


async def test_the_documented_shape(world: World):
    seq = tell(world)
    world.db.write_now(notices.mark_inbox_seen, world.by, seq)
    (shown,) = (await world.client().get("/me/notifications.json")).json()
    (kept,) = world.db.read_now(notices.inbox, world.by)[0]
    assert kept.seen_at is not None
    assert list(shown.items()) == [
        ("id", sqid.text(seq)),
        ("type", TYPE),
        ("params", PARAMS),
        ("record_type", "Membership::JoinRequest"),
        ("record_id", sqid.text(3)),
        ("seen_at", clock.text(kept.seen_at - kept.seen_at % clock.SECOND)),
        ("read_at", None),
        ("created_at", clock.text(kept.created_at - kept.created_at % clock.SECOND)),
    ]


async def test_newest_first_in_pages_without_messages_and_only_ones_own(world: World):
    seqs = [tell(world) for _ in range(23)]
    tell(world, is_message=True)
    world.db.write_now(notices.tell, Telling(world.person("Kim").seq, TYPE, PARAMS))
    first = await world.client().get("/me/notifications.json")
    assert [each["id"] for each in first.json()] == [sqid.text(seq) for seq in reversed(seqs[3:])]
    assert (first.headers["total-count"], first.headers["total-pages"]) == ("23", "2")
    second = await world.client().get("/me/notifications.json?page=2")
    assert [each["id"] for each in second.json()] == [sqid.text(seq) for seq in reversed(seqs[:3])]


async def test_reading_here_marks_nothing(world: World):
    tell(world)
    for _ in range(2):
        (shown,) = (await world.client().get("/me/notifications.json")).json()
        assert (shown["seen_at"], shown["read_at"]) == (None, None)
    assert world.db.read_now(notices.unseen, world.by) == 1


async def test_about_nothing_in_particular(world: World):
    world.db.write_now(notices.tell, Telling(world.owner.seq, TYPE, PARAMS))
    (shown,) = (await world.client().get("/me/notifications.json")).json()
    assert (shown["record_type"], shown["record_id"]) == (None, None)


async def test_switching_push_keeps_the_devices(world: World):
    at, by = "/me/notification_settings.json", alone(world.owner)
    assert (await world.client().get(at)).json() == {
        "push_notifications_enabled": True,
        "push_subscription_count": 0,
    }
    world.db.write_now(notices.subscribe, by, ENDPOINT, POINT, AUTH)
    off = await world.client().patch(at, json={"push_notifications_enabled": False})
    assert (off.status_code, off.json()) == (
        200, {"push_notifications_enabled": False, "push_subscription_count": 1},
    )  # fmt: skip
    assert (await world.client().get(at)).json() == off.json()
    on = await world.client().put(at, json={"push_notifications_enabled": "1"})
    assert on.json() == {"push_notifications_enabled": True, "push_subscription_count": 1}


async def test_what_is_not_said_stays(world: World):
    at = "/me/notification_settings.json"
    await world.client().patch(at, json={"push_notifications_enabled": False})
    for sent in ({}, {"push_notifications_enabled": None}, {"mail": True}, {"push_subscription_count": 9}):
        answer = await world.client().patch(at, json=sent)
        assert (answer.status_code, answer.json()) == (
            200, {"push_notifications_enabled": False, "push_subscription_count": 0},
        )  # fmt: skip


async def test_a_reading_token_changes_nothing(world: World):
    reader = world.client(world.new_token(permission="read"))
    at = "/me/notification_settings.json"
    assert (await reader.patch(at, json={"push_notifications_enabled": False})).status_code == 401
    assert (await reader.get(at)).json()["push_notifications_enabled"] is True
    assert (await reader.get("/me/notifications.json")).status_code == 200
