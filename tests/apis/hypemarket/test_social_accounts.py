"""/me/social_accounts: the documented operations, every refusal, and how an account is proved by a code."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hyway.apis.hypemarket import Tools
from hyway.kernel import clock
from hyway.kernel.blobs import Blobs
from hyway.kernel.db import Database
from hyway.kernel.outgoing import Outgoing
from tests.apis.hypemarket.conftest import PUBLIC, World, make_world
from tests.make import platforms as fakes
from tests.make.platforms import Platforms

ALL = "/me/social_accounts.json"
SHAPE = [
    "id", "platform_id", "account_url", "uid", "status", "subscriber_count", "view_count", "video_count",
    "likes_count", "engagement_rate", "last_synced_at", "created_at", "updated_at", "url",
]  # fmt: skip
MINE = {"social_account": {"platform_id": "twitter", "account_url": "https://x.com/example"}}
X = {"platform_id": "twitter", "account_url": "https://x.com/example"}


@pytest.fixture
def platforms() -> Iterator[Platforms]:
    with fakes.serving() as made:
        yield made


@pytest.fixture
def asking(db: Database, platforms: Platforms, tmp_path: Path) -> World:
    """A server that knows the platforms."""
    return make_world(db, tools=Tools(Blobs(tmp_path), Outgoing(lambda _: False), platforms.services))


async def test_the_documented_life(world: World):
    async with world.client() as client:
        assert (await client.get(ALL)).json() == []
        made = await client.post(ALL, json=MINE)
        assert made.status_code == 201
        account = made.json()
        assert list(account) == SHAPE
        assert account == {
            **X,
            **dict.fromkeys(SHAPE[5:11]),
            "id": account["id"],
            "uid": None,
            "status": "pending",
            "created_at": account["created_at"],
            "updated_at": account["created_at"],
            "url": f"{PUBLIC}/me/social_accounts/{account['id']}.json",
        }
        assert made.headers["location"] == account["url"]
        listed = await client.get(ALL)
        assert listed.json() == [account]
        assert [listed.headers[name] for name in ("Total-Count", "Total-Pages")] == ["1", "1"]
        assert "etag" not in listed.headers
        shown = await client.get(account["url"])
        assert shown.json() == account
        again = await client.get(account["url"], headers={"If-None-Match": shown.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        gone = await client.delete(account["url"])
        assert (gone.status_code, gone.content) == (204, b"")
        for answer in (await client.get(account["url"]), await client.delete(account["url"])):
            assert (answer.status_code, answer.content) == (404, b"")
        assert (await client.get(ALL)).json() == []


BLANK, INVALID, LIST = "can't be blank", "is invalid", "is not included in the list"
WRONG = [
    ({"platform_id": "tiktok", "account_url": "https://tiktok.com/@example"}, {"platform_id": [LIST]}),
    ({"platform_id": "youtube", "account_url": "https://youtube.com/@example"}, {"platform_id": [LIST]}),
    ({"platform_id": "myspace", "account_url": "https://myspace.com/example"}, {"platform_id": [LIST]}),
    ({"platform_id": "myspace", "account_url": "example"}, {"platform_id": [LIST], "account_url": [INVALID]}),
    ({"platform_id": ""}, {"platform_id": [LIST], "account_url": [BLANK]}),
    ({"platform_id": "twitter"}, {"account_url": [BLANK]}),
    ({"platform_id": "twitter", "account_url": None}, {"account_url": [BLANK]}),
    ({"platform_id": "twitter", "account_url": "  "}, {"account_url": [BLANK]}),
    ({"platform_id": "twitter", "account_url": "x.com/example"}, {"account_url": [INVALID]}),
    ({"platform_id": "twitter", "account_url": "https://instagram.com/example"}, {"account_url": [INVALID]}),
    ({"platform_id": "twitter", "account_url": "https://x.com/a/status/20"}, {"account_url": [INVALID]}),
    ({"platform_id": "generic", "account_url": "https://tiktok.com/@example"}, {"account_url": [INVALID]}),
    ({"platform_id": "generic", "account_url": "http://169.254.169.254/"}, {"account_url": [INVALID]}),
    ({"platform_id": "generic", "account_url": "javascript:alert(1)"}, {"account_url": [INVALID]}),
    (
        {"platform_id": "generic", "account_url": "https://example.com/" + "a" * 481},
        {"account_url": ["is too long (maximum is 500 characters)"]},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "errors"), WRONG)
async def test_what_is_refused(world: World, fields: dict[str, object], errors: dict[str, list[str]]):
    async with world.client() as client:
        answer = await client.post(ALL, json={"social_account": fields})
        assert (answer.status_code, answer.json()) == (422, {"errors": errors})
        assert (await client.get(ALL)).json() == []


async def test_no_root_is_a_bad_request_and_flat_fields_are_one(world: World):
    async with world.client() as client:
        bodies: list[object] = [{}, {"social_account": {}}, {"social_account": "x"}, []]
        for body in bodies:
            assert (await client.post(ALL, json=body)).status_code == 400
        assert (await client.post(ALL, json=X)).status_code == 201


@pytest.mark.parametrize(
    "url",
    ["https://x.com/example", "http://twitter.com/Example/", "https://mobile.twitter.com/@example?s=20"],
)
async def test_an_address_is_had_once_in_all_spellings_by_anybody(world: World, url: str):
    taken = {"errors": {"account_url": ["has already been taken"]}}
    wish = {"social_account": {"platform_id": "twitter", "account_url": url}}
    async with world.client() as client, world.client(of=world.person("Kim")) as other:
        assert (await client.post(ALL, json=MINE)).status_code == 201
        for each in (client, other):
            answer = await each.post(ALL, json=wish)
            assert (answer.status_code, answer.json()) == (422, taken)


async def test_strangers_and_readers(world: World):
    kim = world.person("Kim")
    async with world.client() as client:
        url = (await client.post(ALL, json=MINE)).json()["url"]
    async with world.client(of=kim) as other:
        for step in ("", "/verification", "/verify"):
            address = url.replace(".json", f"{step}.json")
            verb = "POST" if step == "/verify" else "GET"
            answer = await other.request(verb, address)
            assert (answer.status_code, answer.content) == (404, b"")
        assert (await other.delete(url)).status_code == 404
        assert (await other.get(ALL)).json() == []
    async with world.client(world.new_token(permission="read")) as reader:
        assert (await reader.get(url)).status_code == 200
        for answer in (
            await reader.post(ALL, json=MINE),
            await reader.delete(url),
            await reader.post(url.replace(".json", "/verify.json")),
        ):
            assert answer.status_code == 401
    async with world.client("") as nobody:
        assert (await nobody.get(url)).status_code == 401


# --- proof by a code


async def test_a_code_in_the_profile_proves_it(asking: World, platforms: Platforms):
    profile = platforms.add("twitter", "example", "2244994945", followers=12_345)
    async with asking.client() as client:
        url = (await client.post(ALL, json=MINE)).json()["url"]
        before = (await client.get(url)).headers["etag"]
        code, check = url.replace(".json", "/verification.json"), url.replace(".json", "/verify.json")
        shown = (await client.get(code)).json()
        assert shown["verification_code"].startswith("hy-")
        assert len(shown["verification_code"]) == 9
        early = (await client.post(check)).json()
        assert (early["status"], early["error"]) == (
            "pending",
            "The code was not found in the profile's description.",
        )
        assert early["verification_code"] == shown["verification_code"], "the code stays while it holds"
        profile.bio = f"I make films. {shown['verification_code']} Write to me!"
        done = (await client.post(check)).json()
        assert (done["status"], done["error"], done["verification_code"]) == ("verified", None, None)
        account = (await client.get(url)).json()
        assert (account["status"], account["uid"], account["subscriber_count"]) == (
            "verified",
            "2244994945",
            12_345,
        )
        assert account["last_synced_at"] is not None
        assert (await client.get(url)).headers["etag"] != before
        asked = len(platforms.asked)
        assert (await client.post(check)).json()["status"] == "verified"
        assert len(platforms.asked) == asked, "nobody is asked about what is proved"


async def test_five_tries_an_hour(asking: World, platforms: Platforms, monkeypatch: pytest.MonkeyPatch):
    platforms.add("twitter", "example")
    async with asking.client() as client:
        check = (await client.post(ALL, json=MINE)).json()["url"].replace(".json", "/verify.json")
        answers = [(await client.post(check)).status_code for _ in range(6)]
        assert answers == [200] * 5 + [422]
        refused = await client.post(check)
        assert refused.json() == {"errors": {"base": ["Too many tries. At most 5 an hour are made."]}}
        real = clock.now
        monkeypatch.setattr(clock, "now", lambda: real() + clock.HOUR)
        assert (await client.post(check)).status_code == 200


async def test_no_profile_fails_and_a_new_code_begins_anew(asking: World, platforms: Platforms):
    async with asking.client() as client:
        url = (await client.post(ALL, json=MINE)).json()["url"]
        check = url.replace(".json", "/verify.json")
        failed = (await client.post(check)).json()
        assert (failed["status"], failed["error"], failed["verification_code"]) == (
            "failed",
            "The profile was not found.",
            None,
        )
        anew = (await client.post(check)).json()
        assert anew["status"] == "pending"
        platforms.add("twitter", "example", bio=anew["verification_code"])
        assert (await client.post(check)).json()["status"] == "verified"


async def test_a_code_ends_after_a_day(asking: World, platforms: Platforms, monkeypatch: pytest.MonkeyPatch):
    profile = platforms.add("twitter", "example")
    async with asking.client() as client:
        url = (await client.post(ALL, json=MINE)).json()["url"]
        old = (await client.get(url.replace(".json", "/verification.json"))).json()["verification_code"]
        profile.bio = old
        real = clock.now
        monkeypatch.setattr(clock, "now", lambda: real() + clock.DAY)
        anew = (await client.post(url.replace(".json", "/verify.json"))).json()
        assert (anew["status"], anew["verification_code"] != old) == ("pending", True)
        assert anew["error"].startswith("The former code had expired.")


async def test_a_platform_that_does_not_answer_is_no_fault_of_the_account(
    asking: World, platforms: Platforms
):
    platforms.add("twitter", "example")
    platforms.throttle["twitter"] = 1
    async with asking.client() as client:
        url = (await client.post(ALL, json=MINE)).json()["url"]
        told = (await client.post(url.replace(".json", "/verify.json"))).json()
        assert (told["status"], told["error"]) == ("pending", "The platform did not answer. Try again later.")


async def test_one_profile_under_two_names_is_verified_once(asking: World, platforms: Platforms):
    kim = asking.person("Kim")
    profile = platforms.add("twitter", "example", "20")
    by_id = {"platform_id": "twitter", "account_url": "https://x.com/i/user/20"}
    async with asking.client() as client, asking.client(of=kim) as other:
        for each, fields in ((client, X), (other, by_id)):
            url = (await each.post(ALL, json={"social_account": fields})).json()["url"]
            code = (await each.get(url.replace(".json", "/verification.json"))).json()["verification_code"]
            profile.bio += f" {code}"
            answer = await each.post(url.replace(".json", "/verify.json"))
            if each is client:
                assert answer.json()["status"] == "verified"
            else:
                taken = {"errors": {"account_url": ["has already been taken"]}}
                assert (answer.status_code, answer.json()) == (422, taken)
        assert (await other.get(ALL)).json()[0]["status"] == "pending"


async def test_a_claim_that_nobody_proved_in_time_gives_way(world: World, monkeypatch: pytest.MonkeyPatch):
    async with world.client() as squatter, world.client(of=world.person("Kim")) as owner:
        url = (await squatter.post(ALL, json=MINE)).json()["url"]
        assert (await owner.post(ALL, json=MINE)).status_code == 422
        real = clock.now
        monkeypatch.setattr(clock, "now", lambda: real() + clock.DAY)
        assert (await squatter.post(ALL, json=MINE)).status_code == 422, "one's own is tried again instead"
        assert (await owner.post(ALL, json=MINE)).status_code == 201
        assert (await squatter.get(url)).status_code == 404


async def test_a_page_anywhere_is_proved_by_its_head(asking: World, platforms: Platforms):
    address = "https://blog.example.com/me"
    async with asking.client() as client:
        wish = {"platform_id": "generic", "account_url": address}
        url = (await client.post(ALL, json={"social_account": wish})).json()["url"]
        code = (await client.get(url.replace(".json", "/verification.json"))).json()["verification_code"]
        check = url.replace(".json", "/verify.json")
        comment = f"<html><head><title>Me</title></head><body>somebody says {code}</body></html>"
        platforms.pages[address] = (200, {}, comment)
        assert (await client.post(check)).json()["status"] == "pending"
        platforms.pages[address] = (200, {}, f"<head><meta name=hyway-verification content={code}></head>")
        assert (await client.post(check)).json()["status"] == "verified"
        account = (await client.get(url)).json()
        assert (account["uid"], account["subscriber_count"]) == ("blog.example.com/me", None)
