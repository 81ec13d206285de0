"""What strangers may send to a public server: it answers, keeps its memory, and lets others pass."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher

from hyway import console
from hyway.domain import identity, webhooks
from hyway.edge.redirect import Lane
from hyway.edge.table import LinkTable, Missing
from hyway.hosts import Hosts
from hyway.kernel import seal
from hyway.kernel.db import Database
from tests.make.world import PUBLIC, World, capture, make_lane, recorder, visitor, world_at

PASSWORD = "correct horse battery"
PAGE = {"origin": "https://example.com"}


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """How strong the hashes are is not the subject here."""
    monkeypatch.setattr(seal, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with world_at(database_url) as made:
        yield made


@pytest.fixture
async def lane(world: World) -> AsyncIterator[Lane]:
    made = make_lane(world)
    await made.start()
    yield made
    await made.stop()


@pytest.mark.parametrize("path", ["/%00", "/a%00b", "/%07", "/" + "a" * 65, "/%F0%9F%98%80"])
async def test_a_path_that_is_no_short_id_is_not_found(lane: Lane, path: str):
    async with visitor(lane) as browser:
        assert (await browser.get(path)).status_code == 404


async def _leave(browser: httpx.AsyncClient, path: str) -> str:
    script = await browser.get(path, headers={"referer": "https://example.com/page"})
    found = re.search(r'token:"([^"]+)"', script.text)
    assert found
    return found[1]


async def test_half_a_surrogate_pair_in_a_report_is_answered(world: World, lane: Lane):
    path = f"/{world.link().short_id}/analytics.js"
    async with visitor(lane) as browser:
        token = await _leave(browser, path)
        sent = {"token": token, "url": "https://example.com/", "session": "a" * 16, "referrer": ""}
        answers = {}
        for name in sent:
            body = json.dumps({**sent, name: "https://example.com/\ud800"})
            answers[name] = (await browser.post(path, content=body, headers=PAGE)).status_code
    assert answers == {"token": 403, "url": 200, "session": 400, "referrer": 200}
    assert [click.destination for click in world.clicks()] == ["https://example.com/?"]


async def test_an_international_host_is_known_by_its_ascii_name(world: World, lane: Lane):
    path = f"/{world.link(url='https://münchen.example/seite').short_id}/analytics.js"
    async with visitor(lane) as browser:
        script = await browser.get(path, headers={"referer": "https://xn--mnchen-3ya.example/"})
    assert "token:" in script.text


def test_a_report_sent_again_tells_webhooks_once(world: World):
    world.db.write_now(webhooks.add, world.by, "https://hooks.example/", ["link.clicked"])
    report, writer = capture(world, world.link(), trigger="embed"), recorder()
    for _ in range(3):
        world.db.write_now(writer.record, [report, report])
    assert len(world.clicks()) == 1
    (only,) = world.db.read_now(webhooks.deliveries, world.by)
    assert len(json.loads(world.db.read_now(webhooks.delivery, world.by, only.id).body)["data"]) == 1


async def test_long_user_agents_are_not_remembered_whole(world: World, lane: Lane):
    path = f"/{world.link().short_id}"
    async with visitor(lane, agent="Mozilla/5.0 " + "x" * 100_000) as browser:
        assert (await browser.get(path)).status_code == 302
    ((_, agent),) = lane._visitors._known
    assert len(agent) <= 512


def test_long_host_names_are_not_remembered():
    hosts = Hosts(frozenset({"go.example"}))
    assert not hosts.look(b"a" * 100_000)
    assert hosts.known == {}
    assert hosts.look(b"go.example")


class _Overtaken(LinkTable):
    """A table to which word of a change comes at the worst moment: after the look, before the note."""

    def _remember(self, short_id: str, entry: object) -> None:
        self.forget(short_id)
        super()._remember(short_id, entry)  # type: ignore[arg-type]


async def test_a_change_that_overtakes_a_load_leaves_nothing_stale(world: World):
    short_id = world.link().short_id
    table = _Overtaken(world.db)
    assert not isinstance(await table.load(short_id), Missing)
    assert table.get(short_id) is None


def _console(db: Database) -> httpx.AsyncClient:
    made: Any = console.app(db, public_url=PUBLIC)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=made), base_url=PUBLIC)


async def _sign_in(browser: httpx.AsyncClient, wanted: str = "") -> httpx.Response:
    page = await browser.get("/console/sign-in")
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found
    sent = {"csrf": found[1], "email": "ann@example.com", "password": PASSWORD, "next": wanted}
    return await browser.post("/console/sign-in", data=sent)


def _ann(world: World) -> None:
    person = world.db.write_now(identity.add_person, "ann@example.com", "Ann", PASSWORD)
    world.db.write_now(identity.join, world.by, person, "owner")


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/console/links?q=a", "/console/links?q=a"),
        ("//evil.example", "/console"),
        ("/consoles", "/console"),
        ("/console/\rX: y", "/console"),
        ("/console/\t", "/console/"),  # blanks around a field are not part of it
        ("/console?x=\ty", "/console"),
        ("/console/日本", "/console"),
        ("/console\\evil.example", "/console"),
    ],
)
async def test_signing_in_leads_to_a_path_that_a_header_can_carry(world: World, wanted: str, leads_to: str):
    _ann(world)
    async with _console(world.db) as browser:
        answer = await _sign_in(browser, wanted)
    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)


async def test_nobody_waits_to_write_while_a_password_is_compared(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    _ann(world)
    compare, began = seal.password_matches, asyncio.Event()
    loop = asyncio.get_running_loop()

    def slowly(stored: str | None, password: str) -> bool:
        loop.call_soon_threadsafe(began.set)
        time.sleep(1.0)
        return compare(stored, password)

    monkeypatch.setattr(seal, "password_matches", slowly)
    async with _console(world.db) as browser:
        signing = asyncio.ensure_future(_sign_in(browser))
        await began.wait()
        await world.db.write(identity.rename_organization, world.by, "Meanwhile")
        assert not signing.done()
        assert (await signing).status_code == 303


def test_a_comparison_with_an_older_hash_opens_nothing(world: World):
    """The password was changed between the comparison and the transaction."""
    _ann(world)
    older = world.db.read_now(identity.stored_password, "ann@example.com")
    person = world.db.read_now(identity.person_by_email, "ann@example.com")
    assert older
    assert person
    world.db.write_now(identity.reset_password, person)
    opened = world.db.write_now(
        identity.sign_in, "ann@example.com", PASSWORD, matches=lambda stored, _: stored == older
    )
    assert opened is None
