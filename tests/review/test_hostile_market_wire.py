"""What strangers may say to Hypemarket's addresses that nobody means well with."""

import pytest

from hyway.domain import creators
from hyway.domain.creators import campaigns, money
from hyway.kernel import sqid
from hyway.kernel.db import Database
from tests.apis.hypemarket.conftest import World
from tests.apis.hypemarket.conftest import db as db
from tests.apis.hypemarket.conftest import world as world
from tests.make.campaigns import WHOLE

PLACES = (
    "applications", "submissions", "payouts", "ledger", "campaigns/{campaign}/submissions", "members", "collabs",
)  # fmt: skip
FILTERS = ("status", "campaign_id", "collab_id", "page", "kind", "platform_id", "country")
ODD = ("%00", "a%00b", "%ED%A0%80", "%FF", "9" * 400, "-1", "[]", "x" * 5_000, "%E2%80%AE", "a%5B%5D")


@pytest.fixture
def campaign(world: World, db: Database) -> str:
    made = db.write_now(campaigns.create, world.by, WHOLE)
    db.write_now(money.fund, world.by, "campaign", made.seq, "usd", 10_000)
    return sqid.text(db.write_now(creators.campaigns.publish, world.by, made.seq).seq)


async def test_any_value_in_any_filter_is_an_answer(world: World, campaign: str) -> None:
    places = [f"/organizations/{world.id}/{each.format(campaign=campaign)}.json" for each in PLACES]
    wrong = []
    async with world.client() as http:
        for place in [*places, "/board.json", "/me/notifications.json", "/me/earnings.json"]:
            for name in FILTERS:
                for value in ODD:
                    for query in (f"{name}={value}", f"{name}[]={value}"):
                        answer = await http.get(f"{place}?{query}")
                        if answer.status_code not in (200, 400, 404, 422):
                            wrong.append((place, query[:40], answer.status_code))
    assert not wrong


PARTS = (
    b'Content-Disposition: form-data\r\n\r\nx',
    b'Content-Disposition: form-data; filename="a"\r\n\r\nx',
    b'Content-Disposition: form-data; name=""\r\n\r\nx',
    b'Content-Disposition: form-data; name="organization[name]"; filename="a"\r\n\r\nx',
    b'Content-Disposition: form-data; name="organization[logo]"\r\n\r\nx',
    b'Content-Disposition: form-data; name="organization[name]"\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+A-',
    b'Content-Disposition: form-data; name="organization[name]"\r\nContent-Type: text/plain; charset=nope\r\n\r\nx',
    b'Content-Disposition: form-data; name="organization[name][][x]"\r\n\r\nx',
    b'Content-Disposition: form-data; name="organization[logo]"; filename="../../x\x00.png"\r\n\r\n\x89PNG\r\n\x1a\n',
    b'Content-Disposition: form-data; name="organization[name]"\r\n\r\n\xff\xfe\x00',
)  # fmt: skip


async def test_any_part_of_a_form_is_an_answer(world: World) -> None:
    wrong = []
    async with world.client() as http:
        for part in PARTS:
            body = b"--b\r\n" + part + b"\r\n--b--\r\n"
            typed = {"content-type": "multipart/form-data; boundary=b"}
            answer = await http.post("/organizations.json", content=body, headers=typed)
            if answer.status_code not in (201, 400, 422):
                wrong.append((part, answer.status_code))
    assert not wrong
