"""Every page with data and without, for those who may see it, safe from what people type."""

import pytest

from hyway.domain import identity, links, notices, webhooks
from tests.console.conftest import Browser, World

ROOMS = (
    "/console",
    "/console?range=24h",
    "/console?range=90d",
    "/console/figures",
    "/console/latest",
    "/console/links",
    "/console/links/new",
    "/console/collections",
    "/console/collections/new",
    "/console/tags",
    "/console/tags/new",
    "/console/partners",
    "/console/partners/new",
    "/console/customers",
    "/console/log",
    "/console/organization",
    "/console/password",
    "/console/notices",
)
MANAGED = ("/console/keys", "/console/keys/new", "/console/webhooks", "/console/webhooks/new")
EVIL = "<script>alert(1)</script>\"'{{7*7}}"


@pytest.mark.parametrize("path", [*ROOMS, *MANAGED])
async def test_an_empty_organization_sees_every_page(owner: Browser, path: str) -> None:
    answer = await owner.see(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")


async def test_empty_rooms_say_what_to_do(owner: Browser) -> None:
    home = (await owner.see("/console")).text
    assert "Make your first short link" in home
    assert "curl &#34;http://go.example/api/links&#34;" in home
    for room in ("links", "collections", "tags", "partners", "customers"):
        assert "curl &#34;http://go.example/api/" in (await owner.see(f"/console/{room}")).text


async def _fill(world: World) -> dict[str, str]:
    """Everything there is, named by somebody who means us harm; the ids."""
    db, by = world.db, world.by
    tag = db.write_now(links.put_on_shelf, by, links.TAGS, [{"name": EVIL, "color": "teal"}])[0]
    partner = db.write_now(
        links.put_on_shelf, by, links.PARTNERS, [{"name": EVIL, "email": "p@example.com"}]
    )[0]
    link = world.link(
        title=EVIL,
        description=EVIL,
        tag_ids=[tag.id],
        partner_id=partner.id,
        utm={"source": EVIL, "campaign": "launch"},
        external_id=EVIL,
        geo={"DE": "https://example.com/de"},
        password=EVIL,
    )
    sale = world.sale(world.click(link), EVIL)
    db.write_now(identity.issue_key, by, identity.NewKey("hoko", EVIL))
    hook = db.write_now(webhooks.add, by, "https://hooks.example/in", ["link.clicked"]).endpoint
    delivery = db.write_now(webhooks.send_test, by, hook.id)
    db.write_now(notices.post, by.organization, "test", EVIL, EVIL)
    return {
        "links": link.id,
        "collections": link.collection_id,
        "tags": tag.id,
        "partners": partner.id,
        "customers": sale.customer.id,
        "webhooks": hook.id,
        "webhooks/deliveries": delivery.id,
    }


def _inner(ids: dict[str, str]) -> list[str]:
    of = [f"/console/{room}/{id}" for room, id in ids.items()]
    more = ("links/{}/edit", "links/{}/figures", "links/{}/latest")
    more_partner = ("partners/{}/edit", "partners/{}/figures", "partners/{}/latest")
    of += [f"/console/{path.format(ids['links'])}" for path in more]
    of += [f"/console/{path.format(ids['partners'])}" for path in more_partner]
    return [*of, f"/console/webhooks/deliveries/{ids['webhooks/deliveries']}/attempts"]


async def test_every_page_with_data_shows_text_as_text(world: World, owner: Browser) -> None:
    ids = await _fill(world)
    told = 0
    for path in [*ROOMS, *MANAGED, *_inner(ids)]:
        answer = await owner.see(path)
        assert answer.status_code == 200, path
        assert "<script>alert" not in answer.text, path
        assert " style=" not in answer.text, path
        assert "onclick" not in answer.text, path
        told += "&lt;script&gt;alert(1)" in answer.text
    assert told > 15


async def test_a_strangers_things_are_not_found(world: World) -> None:
    ids = await _fill(world)
    browser = world.browser()
    await browser.sign_in("owner@harbour.example")
    for path in _inner(ids):
        assert (await browser.see(path)).status_code == 404, path
    for room in ("links/{}/delete", "links/{}/edit", "partners/{}/delete", "partners/{}/edit"):
        noun = room.split("/")[0]
        answer = await browser.send(
            f"/console/{room.format(ids[noun])}", confirmed="yes", url="https://x.example"
        )
        assert answer.status_code == 404, room
    for verb in ("turn", "rotate", "test", "delete"):
        answer = await browser.send(f"/console/webhooks/{ids['webhooks']}/{verb}", confirmed="yes", on="no")
        assert answer.status_code == 404, verb
    assert (await browser.send(f"/console/collections/{ids['collections']}", name="Mine")).status_code == 404
    assert (await browser.send(f"/console/tags/{ids['tags']}/delete", confirmed="yes")).status_code == 404
    key = world.db.read_now(identity.keys, world.by)[0]
    assert (await browser.send(f"/console/keys/{key.id}/revoke", confirmed="yes")).status_code == 404
    replay = f"/console/webhooks/deliveries/{ids['webhooks/deliveries']}/replay"
    assert (await browser.send(replay)).status_code == 404
    assert world.db.read_now(links.find, world.by, ids["links"]) is not None


async def test_a_member_does_not_manage(world: World, member: Browser) -> None:
    ids = await _fill(world)
    home = (await member.see("/console")).text
    assert "/console/keys" not in home
    assert "/console/webhooks" not in home
    for path in (*MANAGED, f"/console/webhooks/{ids['webhooks']}"):
        assert (await member.see(path)).status_code == 403, path
    await member.see("/console")
    hook = f"/console/webhooks/{ids['webhooks']}"
    key = world.db.read_now(identity.keys, world.by)[0].id
    forms = {
        "/console/organization": {"name": "Mine"},
        "/console/keys/new": {"name": "Mine", "scopes": "linksRead"},
        f"/console/keys/{key}/revoke": {"confirmed": "yes"},
        "/console/webhooks/new": {"url": "https://mine.example", "events": "link.clicked"},
        hook: {"url": "https://mine.example", "events": "link.clicked"},
        f"{hook}/turn": {"on": "no"},
        f"{hook}/rotate": {"confirmed": "yes"},
        f"{hook}/test": {},
        f"{hook}/delete": {"confirmed": "yes"},
        f"/console/webhooks/deliveries/{ids['webhooks/deliveries']}/replay": {},
    }
    for path, fields in forms.items():
        assert (await member.send(path, **fields)).status_code == 403, path
    assert world.db.read_now(identity.organization, world.by).name == "Northwind"
    assert world.db.read_now(webhooks.endpoint, world.by, ids["webhooks"]).enabled
    assert world.db.read_now(identity.keys, world.by)[0].revoked_at is None


@pytest.mark.parametrize(
    "path",
    [
        "/console/nothing",
        "/console/links/not-a-uuid",
        "/console/links/018f0000-0000-7000-8000-000000000000",
        "/console/links/%00",
        "/console/customers/018f0000-0000-7000-8000-000000000000",
        "/static/nothing.css",
    ],
)
async def test_what_is_not_there_is_a_friendly_page(owner: Browser, path: str) -> None:
    answer = await owner.see(path)
    assert answer.status_code == 404
    assert "Nothing is here" in answer.text


async def test_a_wrong_method_is_a_friendly_page(owner: Browser) -> None:
    answer = await owner.http.delete("/console/links")
    assert (answer.status_code, "GET" in answer.headers["allow"]) == (405, True)
    assert "That cannot be done here" in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=99999999999999999999",
        "page=x",
        "q=%00",
        "q=%ff%fe",
        "q=" + "x" * 9_000,
        "collection=nonsense",
        "tag=1&tag=2",
        "range=century",
        "before=999999999999999999999999",
        "action='--",
        "q=%25_%5C",
    ],
)
async def test_odd_queries_do_no_harm(owner: Browser, query: str) -> None:
    for room in ("/console", "/console/links", "/console/partners", "/console/customers", "/console/log"):
        assert (await owner.see(f"{room}?{query}")).status_code == 200, room


async def test_an_accident_is_told_kindly(
    world: World, owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a secret detail")

    from hyway.console.pages import log

    monkeypatch.setattr(log, "page_of", fail)
    answer = await owner.see("/console/log")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "a secret detail" not in answer.text


async def test_a_new_click_is_in_the_live_part_at_once(world: World, owner: Browser) -> None:
    link = world.link(title="Tea")
    page = (await owner.see(f"/console/links/{link.id}")).text
    assert f'data-live="/console/links/{link.id}/latest"' in page
    assert "No clicks yet" in page
    click = world.click(link)
    part = (await owner.see(f"/console/links/{link.id}/latest", headers={"x-part": "1"})).text
    assert f'data-key="{click}"' in part
    assert "<html" not in part
    figures = (await owner.see(f"/console/links/{link.id}/figures")).text
    assert "clicks 1, leads 0, sales 0" in figures
    assert f'data-key="{click}"' in (await owner.see("/console/latest")).text


async def test_a_part_without_a_session_says_where_to_go(world: World) -> None:
    answer = await world.browser().http.get("/console/latest", headers={"x-part": "1"})
    assert (answer.status_code, answer.headers["x-go"]) == (401, "/console/sign-in?next=%2Fconsole%2Flatest")


async def test_a_sale_is_money_for_people(world: World, owner: Browser) -> None:
    sale = world.sale(world.click(world.link()))
    page = (await owner.see(f"/console/customers/{sale.customer.id}")).text
    assert "€24.00" in page
    assert "Sign up" in page
    assert "€24.00" in (await owner.see("/console")).text


async def test_the_theme_is_remembered(owner: Browser) -> None:
    await owner.see("/console")
    await owner.send("/console/theme", theme="dark", back="/console/links")
    assert '<html lang="en" data-theme="dark">' in (await owner.see("/console")).text
    answer = await owner.send("/console/theme", theme="light", back="https://evil.example")
    assert answer.headers["location"] == "/console"


async def test_times_are_shown_in_the_browsers_zone(owner: Browser) -> None:
    owner.http.cookies.set("hyway_zone", "Asia/Tokyo", domain="go.example", path="/")
    assert "In your time zone, Asia/Tokyo" in (await owner.see("/console/keys/new")).text
    owner.http.cookies.set("hyway_zone", "../../etc/passwd", domain="go.example", path="/")
    assert "In your time zone, UTC" in (await owner.see("/console/keys/new")).text
