"""Domains on their pages: what goes into the DNS, what was found, the links there."""

import re

import pytest

from hyway.domain import links
from hyway.domain.links import NewDomain
from hyway.domain.links.records import Finding
from hyway.kernel import clock
from tests.console.conftest import Browser, World

HERE = "/console/domains"


def made(world: World, name: str = "go.north.example", **more: str) -> links.Domain:
    return world.db.write_now(links.domains.create, world.by, NewDomain(name, **more))


def settled(world: World, of: links.Domain, proved: bool, said: str = "Seen.") -> links.Domain:
    found = world.db.write_now(links.domains.settle, world.by, of.seq, Finding(proved, None, said))
    assert found
    return found


async def test_a_domain_is_added_and_says_what_its_dns_needs(world: World, owner: Browser) -> None:
    await owner.see(HERE + "/new")
    answer = await owner.send(
        HERE + "/new", domain="Go.North.example", fallbackUrlTemplate="https://x.example/{code}"
    )
    assert answer.status_code == 303
    of = world.db.read_now(links.domains.page, world.by)[0][0]
    assert answer.headers["location"] == f"{HERE}/{of.id}"
    text = (await owner.see(f"{HERE}/{of.id}")).text
    assert of.challenge in text
    assert f'data-copy="{of.challenge}"' in text
    assert "_hyway.go.north.example" in text
    assert "Waits for a record" in text
    assert "Not looked yet" in text
    assert 'value="https://x.example/{code}"' in text
    listed = (await owner.see(HERE)).text
    assert "go.north.example" in listed
    assert "Waits for its DNS" in listed


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"domain": "no name"}, "domain", "Is no domain name"),
        ({"domain": ""}, "domain", "Is no domain name"),
        ({"domain": "go.example"}, "domain", "This is a name of the server itself"),
        (
            {"domain": "a.example", "notFoundRedirectUrl": "ftp://x.example"},
            "notFoundRedirectUrl",
            "Is no address of a page",
        ),
        (
            {"domain": "a.example", "fallbackUrlTemplate": "https://x.example/"},
            "fallbackUrlTemplate",
            "its path or query",
        ),
    ],
)
async def test_what_cannot_be_stands_beside_its_field(
    world: World, owner: Browser, fields: dict[str, str], field: str, said: str
) -> None:
    await owner.see(HERE + "/new")
    answer = await owner.send(HERE + "/new", **fields)
    assert answer.status_code == 422
    assert re.search(rf'id="wrong-{field}">[^<]*{said}', answer.text)
    assert world.db.read_now(links.domains.page, world.by) == ([], 0)


async def test_one_name_is_added_once(world: World, owner: Browser) -> None:
    made(world)
    await owner.see(HERE + "/new")
    answer = await owner.send(HERE + "/new", domain="go.north.example")
    assert answer.status_code == 409
    assert 'id="wrong-domain">Is a domain of your organization already.' in answer.text
    assert 'value="go.north.example"' in answer.text


async def test_what_was_found_is_shown_and_a_ready_one_takes_links(world: World, owner: Browser) -> None:
    of = made(world)
    settled(world, of, False, "<i>_hyway.go.north.example</i> has no TXT record.")
    text = (await owner.see(f"{HERE}/{of.id}/state")).text
    assert "&lt;i&gt;_hyway.go.north.example&lt;/i&gt; has no TXT record." in text
    assert "go.north.example" not in (await owner.see("/console/links/new")).text
    settled(world, of, True)
    text = (await owner.see(f"{HERE}/{of.id}")).text
    assert "It is ready for them." in text
    assert "New link here" in text
    form = (await owner.see(f"/console/links/new?domain={of.id}")).text
    assert f'<option value="{of.id}" selected>go.north.example</option>' in form


async def test_a_link_is_made_under_a_domain_and_stands_in_the_one_list(world: World, owner: Browser) -> None:
    of = made(world)
    settled(world, of, True)
    world.link(title="At home", short_id="same")
    await owner.see("/console/links/new")
    fields = {"url": "https://example.com/x", "newCollection": "General", "shortId": "same"}
    answer = await owner.send("/console/links/new", domain=of.id, **fields)
    assert answer.status_code == 303
    assert "http://go.north.example/same" in (await owner.see(answer.headers["location"])).text
    text = (await owner.see("/console/links")).text
    assert 'data-copy="http://go.north.example/same"' in text
    assert 'data-copy="http://go.example/same"' in text
    there = (await owner.see(f"/console/links?domain={of.id}")).text
    assert "go.north.example/same" in there
    assert "At home" not in there
    assert "At home" in (await owner.see("/console/links?domain=own")).text
    assert "1 link<" in (await owner.see(f"{HERE}/{of.id}")).text


async def test_a_link_says_when_its_domain_is_lost(
    world: World, owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = made(world)
    settled(world, of, True)
    link = world.link(domain=of.seq)
    assert "nothing answers there now" not in (await owner.see(f"/console/links/{link.id}")).text
    settled(world, of, False)
    then = clock.now() + 30 * clock.DAY
    with monkeypatch.context() as later:
        later.setattr(clock, "now", lambda: then)
        assert settled(world, of, False).dns_status == "failed"
    text = (await owner.see(f"/console/links/{link.id}")).text
    assert f'class="chip warn" href="{HERE}/{of.id}"' in text
    assert "go.north.example: nothing answers there now" in text
    assert "Its DNS does not say so" in (await owner.see(HERE)).text


async def test_no_link_is_made_under_a_domain_that_is_not_ready_or_anothers(
    world: World, owner: Browser
) -> None:
    waiting = made(world)
    foreign = world.db.write_now(links.domains.create, world.stranger, NewDomain("go.harbour.example"))
    world.db.write_now(links.domains.settle, world.stranger, foreign.seq, Finding(True, None, ""))
    await owner.see("/console/links/new")
    for id in (waiting.id, foreign.id, "nowhere", str(foreign.seq)):
        answer = await owner.send(
            "/console/links/new", domain=id, url="https://example.com/x", newCollection="General"
        )
        assert answer.status_code == 422
        assert 'id="wrong-domain">Choose a domain that is ready.' in answer.text
    assert world.db.read_now(links.count, world.by, links.LinkQuery()) == 0


async def test_where_visitors_of_no_link_go_is_changed(world: World, owner: Browser) -> None:
    of = made(world)
    await owner.see(f"{HERE}/{of.id}")
    assert (await owner.send(f"{HERE}/{of.id}", notFoundRedirectUrl="https://n.example/")).status_code == 303
    assert (
        world.db.read_now(links.domains.find, world.by, of.id).not_found_redirect_url == "https://n.example/"
    )
    wrong = await owner.send(f"{HERE}/{of.id}", notFoundRedirectUrl="https://go.north.example/")
    assert wrong.status_code == 422
    assert 'id="wrong-notFoundRedirectUrl">Must not lead back to a short link.' in wrong.text
    await owner.send(f"{HERE}/{of.id}", notFoundRedirectUrl="")
    assert world.db.read_now(links.domains.find, world.by, of.id).not_found_redirect_url is None


async def test_a_domain_goes_when_it_has_no_links(world: World, owner: Browser) -> None:
    of = made(world)
    settled(world, of, True)
    link = world.link(domain=of.seq)
    page = await owner.see(f"{HERE}/{of.id}")
    assert f"{HERE}/{of.id}/delete" not in page.text
    refused = await owner.send(f"{HERE}/{of.id}/delete", confirmed="yes")
    assert refused.status_code == 409
    assert "The domain has links; delete them first." in refused.text
    world.db.write_now(links.drop, world.by, [link.id])
    asked = await owner.send(f"{HERE}/{of.id}/delete")
    assert "Delete go.north.example?" in asked.text
    assert (await owner.send(f"{HERE}/{of.id}/delete", confirmed="yes")).headers["location"] == HERE
    assert "Short links under your own name" in (await owner.see(HERE)).text


async def test_an_international_name_is_shown_as_people_write_it(world: World, owner: Browser) -> None:
    of = made(world, "läufe.example")
    text = (await owner.see(f"{HERE}/{of.id}")).text
    assert "<h1>läufe.example</h1>" in text
    assert "_hyway.xn--lufe-loa.example" in text


async def test_a_member_sees_and_changes_nothing(world: World, owner: Browser, member: Browser) -> None:
    of = made(world)
    text = (await member.see(f"{HERE}/{of.id}")).text
    assert "go.north.example" in text
    assert "Look again" not in text
    assert "Delete" not in text
    assert "New domain" not in (await member.see(HERE)).text
    for path in ("/new", f"/{of.id}", f"/{of.id}/verify", f"/{of.id}/delete"):
        answer = await member.send(HERE + path, domain="x.example", confirmed="yes")
        assert answer.status_code == 403, path
    assert world.db.read_now(links.domains.page, world.by)[1] == 1
    assert of == world.db.read_now(links.domains.find, world.by, of.id)


async def test_a_stranger_finds_nothing(world: World) -> None:
    of = made(world)
    stranger = world.browser()
    await stranger.sign_in("owner@harbour.example")
    for id in (of.id, "nowhere", "%00", "dmn_" + "0" * 24):
        for path in ("", "/state"):
            assert (await stranger.see(f"{HERE}/{id}{path}")).status_code in (400, 404)
        for path in ("", "/verify", "/delete"):
            answer = await stranger.send(f"{HERE}/{id}{path}", confirmed="yes")
            assert answer.status_code in (400, 404), (id, path)
