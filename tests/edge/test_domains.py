"""Domains of organizations at the front door: by Host, whatever the path, and nothing of the rest of the server."""

import asyncio
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from hyway import main
from hyway.domain import identity, links
from hyway.domain.links import Domain, DomainChange, Finding, NewDomain
from hyway.doors import Branch, Doors, Paper
from hyway.edge.domains import Domains
from hyway.edge.redirect import Lane
from hyway.front import Front
from hyway.settings import Settings
from tests.make.world import DESKTOP, HOST, VISITOR_IP, World, open_database

NAME = "links.example"
PROVED = Finding(True, None, "The record is there.")
OWN_WORDS = [
    "/", "/console", "/api/links", "/api/organizations/", "/healthz", "/readyz", "/metrics", "/caddy/ask", "/docs",
    "/robots.txt", "/analytics.js", "/qrcode?text=x", "/console/../abc", "/org_0123456789abcdef01234567/x/key",
]  # fmt: skip


def add(world: World, name: str = NAME, **more: Any) -> Domain:
    made = world.db.write_now(links.domains.create, world.by, NewDomain(name, **more))
    found = world.db.write_now(links.domains.settle, world.by, made.seq, PROVED)
    assert found is not None
    return found


def change(world: World, domain: Domain, **wish: Any) -> None:
    world.db.write_now(links.domains.change, world.by, domain.id, DomainChange(**wish))


async def _page(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"the server's own: " + scope["path"].encode()})


async def _well() -> dict[str, str]:
    return {}


def front_of(world: World, lane: Lane) -> Front:
    return Front(
        Doors(
            redirect=lane,
            branches=(
                Branch("/console/", "console", _page),
                Branch("/api/", "hoko", _page, "/api/unknown-host"),
            ),
            papers={"/docs": Paper(b"text/plain", b"docs"), "/robots.txt": Paper(b"text/plain", b"none")},
            ready=_well,
            hosts=frozenset({HOST}),
            domains=Domains(world.db, lane),
            vault=Branch("/", "hyphen", _page),
        )
    )


def on(front: Front, host: str, peer: str = VISITOR_IP) -> httpx.AsyncClient:
    """A browser that looks at that host."""
    transport = httpx.ASGITransport(app=front, client=(peer, 50_000))
    return httpx.AsyncClient(transport=transport, base_url=f"https://{host}", headers={"user-agent": DESKTOP})


@pytest.fixture
async def front(world: World, lane: Lane) -> Front:
    return front_of(world, lane)


async def test_each_host_serves_its_own_codes(world: World, front: Front):
    domain = add(world)
    world.link(short_id="both", url="https://own.example/")
    world.link(short_id="both", url="https://domain.example/", domain=domain.seq)
    world.link(short_id="own")
    world.link(short_id="its", domain=domain.seq)
    async with on(front, HOST) as here, on(front, NAME) as there:
        assert (await here.get("/both")).headers["location"].startswith("https://own.example/?hoko_id=")
        assert (await there.get("/both")).headers["location"].startswith("https://domain.example/?hoko_id=")
        assert (await here.get("/own")).status_code == (await there.get("/its")).status_code == 302
        assert (await here.get("/its")).status_code == (await there.get("/own")).status_code == 404
        assert (await here.get(f"/{domain.seq}/both")).status_code == 404
    assert {each.short_id for each in world.clicks(include_bots=True)} == {"both", "own", "its"}
    assert len(world.clicks(include_bots=True)) == 4


@pytest.mark.parametrize(
    "host", ["LINKS.example", "links.example.", "links.example:8443", "Links.Example.:80"]
)
async def test_a_host_may_be_spelt_in_several_ways(world: World, front: Front, host: str):
    world.link(short_id="abc", domain=add(world).seq)
    answer = await front_answer(front, host, "/abc")
    assert answer == 302


async def front_answer(front: Front, host: str, path: str) -> int:
    async with on(front, "x.example") as client:
        return (await client.get(path, headers={"host": host})).status_code


@pytest.mark.parametrize("path", OWN_WORDS)
async def test_nothing_else_of_the_server_is_there(world: World, front: Front, path: str):
    add(world)
    async with on(front, NAME, "127.0.0.1") as there:
        answer = await there.get(path)
        assert answer.status_code == 404
        assert "This link leads nowhere" in answer.text
        assert (await there.post(path)).status_code == 404


@pytest.mark.parametrize("path", OWN_WORDS[1:])
async def test_a_word_of_the_servers_is_a_code_like_any_other(world: World, front: Front, path: str):
    add(world, fallback_url_template="https://old.example/{code}")
    async with on(front, NAME) as there:
        answer = await there.get(path)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("https://old.example/")


async def test_unknown_and_unverified_hosts_are_not_here(world: World, front: Front):
    waiting = world.db.write_now(links.domains.create, world.by, NewDomain("b.example"))
    world.link(short_id="own")
    for host in (waiting.domain, "nobody.example", "x" * 400 + ".example", "\x7f.example", ""):
        async with on(front, "x.example") as there:
            for path in ("/own", "/", "/console"):
                answer = await there.get(path, headers={"host": host})
                assert answer.status_code == 404
                assert "Not here" in answer.text
            assert (await there.get("/healthz", headers={"host": host})).status_code == 200


async def test_where_lost_visitors_go(world: World, front: Front):
    domain = add(world)
    world.link(short_id="late", domain=domain.seq, expires_at=1)

    async def ends(path: str, method: str = "GET") -> tuple[int, str | None]:
        async with on(front, NAME) as there:
            answer = await there.request(method, path)
        assert answer.headers.get("cache-control") == "private, no-store"
        return answer.status_code, answer.headers.get("location")

    assert await ends("/") == await ends("/none") == (404, None)
    change(world, domain, not_found_redirect_url="https://e.example/lost?a=1")
    assert await ends("/") == await ends("/none") == await ends("/a/b") == (302, "https://e.example/lost?a=1")
    change(world, domain, fallback_url_template="https://old.example/x/{code}?from=hyway")
    assert await ends("/") == (302, "https://e.example/lost?a=1")
    assert await ends("/none") == (302, "https://old.example/x/none?from=hyway")
    assert await ends("/a/b%20c%2F%3F?q=1") == (302, "https://old.example/x/a%2Fb%20c%2F%3F?from=hyway")
    assert await ends(f"https://{NAME}//evil.example") == (
        302,
        "https://old.example/x/%2Fevil.example?from=hyway",
    )
    assert await ends("/%00") == (302, "https://old.example/x/%00?from=hyway")
    assert await ends("/none", "HEAD") == (302, "https://old.example/x/none?from=hyway")
    assert (await ends("/none", "POST"))[0] == 404
    assert await ends("/late") == (410, None)
    change(world, domain, not_found_redirect_url=None, fallback_url_template=None)
    assert await ends("/none") == (404, None)


async def test_an_international_address_is_carried_in_ascii(world: World, front: Front):
    add(world, not_found_redirect_url="https://bücher.example/ä?ö=%C3%BC")
    async with on(front, NAME) as there:
        location = (await there.get("/")).headers["location"]
    assert location == "https://xn--bcher-kva.example/%C3%A4?%C3%B6=%C3%BC"


async def test_a_change_is_seen_at_once(world: World, front: Front):
    async with on(front, NAME) as there:
        assert "Not here" in (await there.get("/abc")).text
        domain = add(world)
        assert "leads nowhere" in (await there.get("/abc")).text
        link = world.link(short_id="abc", domain=domain.seq)
        assert (await there.get("/abc")).status_code == 302
        world.change(link, url="https://new.example/")
        assert (await there.get("/abc")).headers["location"].startswith("https://new.example/")
        world.db.write_now(links.drop, world.by, [link.id])
        assert (await there.get("/abc")).status_code == 404
        world.db.write_now(links.domains.drop, world.by, domain.id)
        assert "Not here" in (await there.get("/abc")).text


async def test_a_change_by_another_process_is_seen(world: World, front: Front):
    world.db.start()
    other = open_database(world.db.url)  # another process, as it were
    elsewhere = World(other, world.by, world.collection)
    try:
        async with on(front, NAME) as there:
            assert "Not here" in (await there.get("/abc")).text
            domain = add(elsewhere)
            elsewhere.link(short_id="abc", domain=domain.seq)

            async with asyncio.timeout(10):
                while (await there.get("/abc")).status_code != 302:
                    await asyncio.sleep(0.02)
    finally:
        other.close()


async def test_a_load_that_a_change_overtakes_is_not_remembered(world: World, lane: Lane, monkeypatch: Any):
    domains = Domains(world.db, lane)
    real = links.domains.places

    def overtaken(r: Any) -> Any:
        found = real(r)
        domains.forget(NAME)
        return found

    monkeypatch.setattr(links.domains, "places", overtaken)
    assert await domains.find(NAME.encode()) is None
    monkeypatch.setattr(links.domains, "places", real)
    add(world)
    assert await domains.find(NAME.encode()) is not None


async def test_nobodys_name_costs_no_look_into_the_database(world: World, lane: Lane, monkeypatch: Any):
    domains = Domains(world.db, lane)
    add(world)
    assert await domains.find(b"nobody.example") is None
    monkeypatch.setattr(links.domains, "places", None)
    for n in range(100):
        assert await domains.find(f"n{n}.example".encode()) is None
    assert await domains.find(b"Links.Example:443") is not None


async def test_a_password_is_asked_under_the_domain_too(world: World, front: Front):
    domain = add(world)
    world.link(short_id="abc", domain=domain.seq, password="open sesame")
    async with on(front, NAME) as there:
        page = await there.get("/abc")
        assert page.status_code == 200
        assert "password" in page.text
        csrf = page.text.split('name="csrf" value="')[1].split('"')[0]
        form = {"csrf": csrf, "password": "open sesame"}
        entered = await there.post("/abc", data=form, headers={"origin": f"https://{NAME}"})
        assert entered.status_code == 303, entered.text
        assert (await there.get("/abc")).status_code == 302


async def test_a_card_names_the_domain(world: World, front: Front):
    domain = add(world)
    world.link(short_id="abc", domain=domain.seq)
    async with on(front, NAME) as there:
        page = await there.get("/abc", headers={"user-agent": "facebookexternalhit/1.1"})
    assert page.status_code == 200
    assert f"://{NAME}/abc" in page.text


@pytest.mark.parametrize(
    ("name", "status"),
    [
        (NAME, 200), ("LINKS.example", 200), (HOST, 200), ("b.example", 404), ("nobody.example", 404), ("", 404),
        ("127.0.0.1", 404), ("localhost", 404), ("%00", 404), ("\u2028", 404),
    ],
)  # fmt: skip
async def test_caddy_asks_whether_to_get_a_certificate(world: World, front: Front, name: str, status: int):
    add(world)
    world.db.write_now(links.domains.create, world.by, NewDomain("b.example"))
    for host in (HOST, "127.0.0.1:8000", "hyway:8000"):
        async with on(front, host, "127.0.0.1") as caddy:
            assert (await caddy.get("/caddy/ask", params={"domain": name})).status_code == status


async def test_nobody_else_may_ask(world: World, front: Front):
    add(world)
    async with on(front, HOST) as stranger, on(front, HOST, "127.0.0.1") as forwarded:
        assert (await stranger.get("/caddy/ask", params={"domain": NAME})).status_code == 404
        sent = {"x-forwarded-for": "127.0.0.1"}
        asked = await forwarded.get("/caddy/ask", params={"domain": NAME}, headers=sent)
        assert asked.status_code == 404
        assert (await forwarded.get("/caddy/ask")).status_code == 404
        many = await forwarded.get("/caddy/ask?" + "domain=x&" * 11)
        assert many.status_code == 404


async def test_the_server_lets_go_of_a_closed_organizations_names(database_url: str, tmp_path: Path):
    settings = Settings.read(
        {"HYWAY_DATABASE_URL": database_url, "HYWAY_PUBLIC_URL": f"http://{HOST}"}, tmp_path
    )
    main.prepare(settings)
    with closing(main.open_database(settings)) as db:
        by = replace(identity.command_line(db.write_now(identity.found_organization, "Ours")), role="owner")
        made = db.write_now(links.domains.create, by, NewDomain(NAME))
        db.write_now(links.domains.settle, by, made.seq, PROVED)
        front = main.build(settings)
        async with on(front, NAME) as there:
            assert "This server does not answer" not in (await there.get("/abc")).text
            db.write_now(identity.organizations.close, by)
        async with on(main.build(settings), NAME) as there:
            assert "This server does not answer" in (await there.get("/abc")).text
