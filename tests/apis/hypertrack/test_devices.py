"""Phones' push tokens and logs."""

from typing import Any

import pytest
from sqlalchemy import text

from hyway.domain import tracking
from hyway.domain.tracking import UserChange
from tests.apis.hypertrack.conftest import World, make_world


def user(world: World) -> str:
    made, _ = world.db.write_now(tracking.users.create, world.by, UserChange(name="One"))
    return made.id


def rows(world: World, sql: str) -> list[Any]:
    return world.db.read_now(lambda r: [tuple(row) for row in r.run(text(sql))])


async def test_a_phone_is_registered_by_an_apps_key(world: World) -> None:
    id = user(world)
    async with world.client(world.new_key("hypertrack-public")) as http:
        sent = {"user_id": id, "device_id": "d1", "registration_id": "r1", "cloud_message_type": "GCM"}
        made = await http.post("/api/v1/gcmdevices/", json=sent)
        assert (made.status_code, made.json()) == (201, sent)
        del sent["cloud_message_type"]
        made = await http.post("/api/v1/apnsdevices/", json={**sent, "registration_id": "r2"})
        assert made.status_code == 201
        assert made.json()["cloud_message_type"] == "APNS"
    assert rows(world, "SELECT device, kind, registration FROM tracking_phones") == [("d1", "APNS", "r2")]


@pytest.mark.parametrize("path", ["/api/v1/gcmdevices/", "/api/v1/apnsdevices/"])
async def test_what_is_missing_is_told(world: World, path: str) -> None:
    async with world.client() as http:
        said = ["This field is required."]
        refused = await http.post(path)
        assert (refused.status_code, refused.json()) == (
            400, {"user_id": said, "device_id": said, "registration_id": said}
        )  # fmt: skip
        sent = {"user_id": user(world), "device_id": "d", "registration_id": ""}
        assert (await http.post(path, json=sent)).json() == {
            "registration_id": ["This field may not be blank."]
        }
    stranger = make_world(world.db, "Strangers")
    async with stranger.client() as http:
        refused = await http.post(path, json={**sent, "registration_id": "r"})
        assert (refused.status_code, refused.json()) == (404, {"detail": "Not found."})


async def test_a_kind_that_is_none_is_refused(world: World) -> None:
    async with world.client() as http:
        sent = {
            "user_id": user(world),
            "device_id": "d",
            "registration_id": "r",
            "cloud_message_type": "XMPP",
        }
        refused = await http.post("/api/v1/gcmdevices/", json=sent)
        assert (refused.status_code, refused.json()) == (
            400,
            {"cloud_message_type": ['"XMPP" is not a valid choice.']},
        )


async def test_logs_are_kept_whatever_they_look_like(world: World) -> None:
    id = user(world)
    async with world.client(world.new_key("hypertrack-public")) as http:
        sent = [{"user_id": id, "log": "started"}]
        kept = await http.post("/api/v1/logs/", json=sent, headers={"Device-ID": "d1"})
        assert (kept.status_code, set(kept.json())) == (201, {"received"})
        file = {"file": ("log.txt", b"line\xff\n", "text/plain")}
        kept = await http.post("/api/v1/logs_file/", files=file, data={"user_id": id})
        assert (kept.status_code, kept.json()) == (201, {"received": 6})
        assert (await http.post("/api/v1/logs/")).status_code == 201
        broken = await http.post("/api/v1/logs/", content=b"{", headers={"content-type": "application/json"})
        assert broken.status_code == 400
    found = rows(world, 'SELECT device, body, "user" IS NOT NULL FROM tracking_logs ORDER BY seq')
    assert [bool(owned) for *_, owned in found] == [True, True, False]
    assert found[0][:2] == ("d1", f'[{{"user_id":"{id}","log":"started"}}]')
    assert found[1][1] == "line\ufffd\n"


async def test_a_group_tokens_holder_registers_nothing(world: World) -> None:
    async with world.client() as http:
        token = (await http.post("/api/v1/groups/", json={"name": "South"})).json()["token"]
    async with world.client(token) as http:
        for path in ("gcmdevices", "apnsdevices", "logs", "logs_file"):
            assert (await http.post(f"/api/v1/{path}/", json={})).status_code == 403
