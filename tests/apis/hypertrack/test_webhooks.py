"""Events, and the webhooks that carry them: the vendor's bodies, signed, in order, filtered, kept, sent again."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hyway.domain.webhooks import jobs
from hyway.kernel import clock, outbox
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing
from tests.apis.hypertrack.conftest import World
from tests.make.receiver import Receiver, receiving

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def deliver(world: World) -> Callable[[], None]:
    """Everything that waits, as a worker would send it, until nothing does."""
    means = Means(world.db, Outgoing(lambda _: True))

    def run() -> None:
        while True:
            errands = [each for each in world.db.read_now(outbox.waiting) if each.topic == "webhooks.deliver"]
            if not errands:
                return
            for errand in errands:
                jobs.deliver(means, errand)
            world.db.write_now(outbox.taken, [errand.seq for errand in errands])

    return run


def bodies(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(each.body) for each in receiver.received]


async def hook(api: Any, receiver: Receiver, **more: Any) -> dict[str, Any]:
    answer = await api.post("/api/v1/webhooks/", json={"url": receiver.url + "/hook", **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def user(api: Any, name: str, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = (await api.post("/api/v1/users/", json={"name": name, **more})).json()
    return made


async def test_an_event_is_posted_as_it_is_listed(
    world: World, receiver: Receiver, deliver: Callable[[], None]
):
    async with world.client() as api:
        made = await hook(api, receiver)
        ann = await user(api, "Ann")
        deliver()
        (sent,) = bodies(receiver)
        assert (sent["type"], sent["event_type"], sent["user_id"]) == (
            "user.created",
            "user.created",
            ann["id"],
        )
        assert sent["data"]["object"]["id"] == ann["id"]
        (listed,) = (await api.get("/api/v1/events/")).json()["results"]
        assert (listed["has_been_delivered"], sent["has_been_delivered"]) == (True, False)
        assert listed["delivered_at"]
        moving = ("has_been_delivered", "delivered_at", "modified_at")
        assert {k: v for k, v in listed.items() if k not in moving} == {
            k: v for k, v in sent.items() if k not in moving
        }
        assert (await api.get(f"/api/v1/events/{listed['id']}/")).json() == listed
        headers, body = receiver.received[0].headers, receiver.received[0].body
        t, v1 = (part.split("=")[1] for part in headers["X-HyperTrack-Signature"].split(","))
        good = hmac.new(made["secret"].encode(), f"{t}.".encode() + body, hashlib.sha256).hexdigest()
        assert v1 == good
        assert abs(int(t) - clock.now() // clock.SECOND) < 60


async def test_events_are_read_only_and_filtered(world: World):
    async with world.client() as api:
        ann, bob = await user(api, "Ann"), await user(api, "Bob")
        action = (await api.post("/api/v1/actions/", json={"user_id": ann["id"]})).json()
        assert (await api.post("/api/v1/events/", json={})).status_code == 405
        every = (await api.get("/api/v1/events/")).json()
        assert [each["type"] for each in every["results"]][-2:] == ["user.created", "user.created"]

        async def types(query: str) -> list[str]:
            found = (await api.get(f"/api/v1/events/?{query}&ordering=recorded_at")).json()["results"]
            return [each["type"] for each in found]

        assert await types(f"user_id={bob['id']}") == ["user.created"]
        assert await types(f"action_id={action['id']}") == ["action.created", "action.assigned"]
        assert await types("type=action.created,action.assigned") == ["action.created", "action.assigned"]
        assert await types("min_recorded_at=2100-01-01T00:00:00Z") == []
        assert await types("type=nothing.such") == []
        assert (await api.get(f"/api/v1/events/{NOBODY}/")).status_code == 404
        assert (await api.get("/api/v1/events/nonsense/")).json() == {"detail": "Not found."}


async def test_filters_by_type_and_group(world: World, receiver: Receiver, deliver: Callable[[], None]):
    async with world.client() as api:
        north = (await api.post("/api/v1/groups/", json={"name": "North"})).json()
        street = (
            await api.post("/api/v1/groups/", json={"name": "Street", "parent_group_id": north["id"]})
        ).json()
        await hook(api, receiver, allowed_events=["user.created"], group_id=north["id"])
        await user(api, "Outside")
        inside = await user(api, "Inside", group_id=street["id"])
        await api.post("/api/v1/actions/", json={"user_id": inside["id"]})
        deliver()
        assert [(each["type"], each["user_id"]) for each in bodies(receiver)] == [
            ("user.created", inside["id"])
        ]


async def test_events_of_one_user_arrive_in_order(
    world: World, receiver: Receiver, deliver: Callable[[], None], monkeypatch: pytest.MonkeyPatch
):
    """While the first is not acknowledged, a redirect counts as that, the others of the user wait."""
    async with world.client() as api:
        await hook(api, receiver)
        receiver.answers = [(302, {"Location": "https://example.com/"}, b"")]
        ann = await user(api, "Ann")
        deliver()
        await api.post("/api/v1/actions/", json={"user_id": ann["id"]})
        bob = await user(api, "Bob")
        deliver()
        assert [each["user_id"] for each in bodies(receiver)] == [ann["id"], bob["id"]]
        real = clock.now
        monkeypatch.setattr(clock, "now", lambda: real() + 12 * clock.SECOND)
        jobs.start_due(Means(world.db, Outgoing(lambda _: True)))
        deliver()
        told = [each["type"] for each in bodies(receiver) if each["user_id"] == ann["id"]]
        assert told == ["user.created", "user.created", "action.created", "action.assigned"]
        ids = [each["id"] for each in bodies(receiver) if each["type"] == "user.created"]
        assert ids[0] == ids[2], "the same event keeps its id"


async def test_the_life_of_a_webhook(world: World, receiver: Receiver, deliver: Callable[[], None]):
    async with world.client() as api:
        made = await hook(api, receiver, allowed_events="action.completed,action.delayed", type="web")
        assert made["account"]
        assert made["secret"].startswith("whsec_")
        assert (made["has_allowed_all"], made["allowed_events"], made["group_id"], made["is_enabled"]) == (
            False,
            ["action.completed", "action.delayed"],
            None,
            True,
        )
        at = f"/api/v1/webhooks/{made['id']}/"
        assert (await api.get(at)).json() == {**made, "secret": None}
        changed = (await api.patch(at, json={"has_allowed_all": True, "type": "slack"})).json()
        assert (changed["has_allowed_all"], changed["type"]) == (True, "slack")
        assert "geofence.entered" in changed["allowed_events"]
        ann = await user(api, "Ann")
        deliver()
        assert bodies(receiver)[0]["text"].startswith("Ann: user created at ")
        deliveries = (await api.get(at + "deliveries/")).json()
        assert [(each["event"], each["state"]) for each in deliveries["results"]] == [
            ("user.created", "delivered")
        ]
        again = await api.post(f"{at}deliveries/{deliveries['results'][0]['id']}/replay/")
        assert (again.status_code, again.json()["state"]) == (200, "pending")
        deliver()
        assert len(receiver.received) == 2
        assert (await api.get("/api/v1/webhooks/")).json()["count"] == 1
        await api.patch(at, json={"is_enabled": False})
        await api.patch(f"/api/v1/users/{ann['id']}/", json={"name": "Anna"})
        await user(api, "Bob")
        deliver()
        assert len(receiver.received) == 2
        assert (await api.delete(at)).status_code == 204
        assert (await api.get(at)).status_code == 404


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"url": ["This field is required."]}),
        ({"url": "ftp://example.com"}, "url"),
        ({"url": "https://example.com/", "allowed_events": ["nothing.such"]}, "allowed_events"),
        ({"url": "https://example.com/", "type": "fax"}, {"type": ['"fax" is not a valid choice.']}),
        (
            {"url": "https://example.com/", "group_id": NOBODY},
            {"group_id": [f'Invalid pk "{NOBODY}" - object does not exist.']},
        ),
    ],
)
async def test_what_is_no_webhook(world: World, sent: dict[str, Any], wrong: Any):
    async with world.client() as api:
        answer = await api.post("/api/v1/webhooks/", json=sent)
        assert answer.status_code == 400
        assert answer.json() == wrong if isinstance(wrong, dict) else list(answer.json()) == [wrong]
        assert (await api.get("/api/v1/webhooks/")).json()["count"] == 0


async def test_test_data_has_webhooks_of_its_own(
    world: World, receiver: Receiver, deliver: Callable[[], None]
):
    """And an app's key sees none of them."""
    async with world.client() as api, world.client(world.new_key("hypertrack-test")) as trial:
        made = await hook(api, receiver)
        assert (await trial.get("/api/v1/webhooks/")).json()["count"] == 0
        assert (await trial.get(f"/api/v1/webhooks/{made['id']}/")).status_code == 404
        await user(trial, "Nobody hears of me")
        deliver()
        assert receiver.received == []
    async with world.client(world.new_key("hypertrack-public")) as app:
        assert (await app.get("/api/v1/webhooks/")).status_code == 403
        assert (await app.get("/api/v1/events/")).status_code == 403
