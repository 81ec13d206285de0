"""Every page and every form of integrations, as those meet them who may not, and who send forgeries."""

import re

import pytest

from hyway.domain import audit, connections, identity, links
from hyway.domain.connections import Resource
from tests.console.conftest import Browser
from tests.console.integrations.conftest import Works
from tests.make.vendor import TYPE

NAMED = re.compile(r"\{(\w+)(:str)?\}")
EVIL = "<script>alert(1)</script>\"'{{7*7}}"
ODD = ("nowhere", "%00", "..%2f..%2fetc", "A" * 300, "intg_" + "0" * 24, "%F0%9F%98%80")
OURS = re.compile(r"/console/(integrations|connections|zones|accounts|packages)(/|$)")
CALLBACK = connections.integrations.CALLBACK


def addresses(works: Works, method: str) -> list[str]:
    """The paths of these pages that take the method, with their parameters."""
    found = [route for route in works.place.app.routes if method in getattr(route, "methods", ())]  # type: ignore[attr-defined]
    paths = sorted({NAMED.sub(r"{\1}", route.path_format) for route in found})
    return [path for path in paths if OURS.match(path) and path != CALLBACK]


def filled(works: Works, path: str) -> str:
    return NAMED.sub(lambda found: works.place.ids[found[1]], path)


@pytest.fixture
async def full(works: Works) -> Works:
    """With a connection that failed, an import, and a zone; some of it is called what is evil."""
    db, by, place = works.place.db, works.place.by(), works.place
    of = await works.integrate()
    works.vendor.put("GitRepository", EVIL)
    works.vendor.trouble.append("refuses")
    team = db.write_now(identity.teams.create, by, EVIL[:100], "static")
    made = works.connect(of, "DistributionList", team.id, EVIL)
    works.work()
    start = connections.imports.start
    db.write_now(start, by, works.known, of.id, "GitRepository", [{"id": "th1"}, {"id": "th9"}])
    works.work()
    db.write_now(links.domains.create, by, links.NewDomain("go.north.example", None, None))
    arrival = connections.imports.Arrival(of, "DNSZone", Resource("Z1", "north.example"))
    db.write_now(connections.zones.take_in, by, arrival)
    (zone,), _ = db.read_now(connections.zones.page, by)
    place.ids.update(integration=of.id, connection=made.id, zone=zone.id, kind=TYPE)
    return works


async def test_nobody_and_no_stranger_comes_in(full: Works) -> None:
    assert len(addresses(full, "GET")) > 14
    assert len(addresses(full, "POST")) > 9
    nobody, stranger = await full.place.browser(), await full.place.browser("stranger")
    await stranger.see("/console")
    for method in ("GET", "POST"):
        for path in addresses(full, method):
            to = filled(full, path)
            answer = await nobody.http.request(method, to)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/console/sign-in"), path
            if "{" in path and "{kind}" not in path:
                told = await (stranger.see(to) if method == "GET" else stranger.send(to, confirmed="yes"))
                assert told.status_code == 404, (method, path)


async def test_members_see_zones_and_nothing_of_integrations(full: Works) -> None:
    member = await full.place.browser("member")
    assert 'href="/console/zones"' in (await member.see("/console")).text
    for path in addresses(full, "GET"):
        answer = await member.see(filled(full, path))
        is_open = re.match(r"/console/(zones|accounts|packages)", path)
        assert answer.status_code in ((200,) if is_open else (403, 404)), path
    for path in addresses(full, "POST"):
        answer = await member.send(filled(full, path), confirmed="yes", entity="x", type="GitTeam")
        assert answer.status_code in (403, 404), path


async def test_no_form_is_taken_that_is_not_ours(full: Works) -> None:
    owner = await full.place.browser("owner")
    before = len(full.place.db.read_now(audit.recent, full.place.by(), most=500))
    for path in addresses(full, "POST"):
        to = filled(full, path)
        assert (await owner.send(to, csrf="0" * 40, confirmed="yes")).status_code == 403, path
        foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        assert (await owner.send(to, headers=foreign, confirmed="yes")).status_code == 403, path
    assert len(full.place.db.read_now(audit.recent, full.place.by(), most=500)) == before


async def test_odd_ids_find_nothing(full: Works) -> None:
    owner = await full.place.browser("owner")
    await owner.see("/console")
    for id in ODD:
        for path in [each for each in addresses(full, "GET") if "{" in each]:
            answer = await owner.see(NAMED.sub(id, path))
            assert answer.status_code in (400, 404), (id, path, answer.status_code)
    for path in [each for each in addresses(full, "POST") if "{" in each]:
        answer = await owner.send(NAMED.sub("nowhere", path), confirmed="yes", code="1", entity="x")
        assert answer.status_code == 404, (path, answer.status_code)


async def test_nothing_that_people_or_vendors_say_is_markup(full: Works) -> None:
    owner: Browser = await full.place.browser("owner")
    told = {"q": EVIL, "type": EVIL, "input": EVIL, "entity": EVIL, "status": EVIL, "look": "yes"}
    for path in addresses(full, "GET"):
        for params in ({}, told):
            answer = await owner.see(filled(full, path), params=params)
            # It is set up already, and this vendor has no page on which somebody lets us in.
            wanted = 404 if path.endswith("/invite") else 303 if "/new/" in path else 200
            assert answer.status_code == wanted, path
            assert "<script>alert" not in answer.text, path
            assert "unsafe" not in answer.headers["content-security-policy"]
            assert not re.search(r"<[^>]+ (style|on\w+)=", answer.text), path
            assert not re.search(r"<script(?![^>]* src=)", answer.text), path
