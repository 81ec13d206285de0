"""Forms: what they store, and that a refused one comes back as it was typed."""

import re
from typing import Any

import pytest

from hyway.domain import identity, links, notices, webhooks
from hyway.domain.links import ForwardQuery
from hyway.kernel import clock
from tests.console.conftest import Browser, World


def _hoko_keys(world: World) -> list[identity.Key]:
    return world.db.read_now(identity.keys, world.by)


def _links(world: World) -> list[links.Link]:
    return world.db.read_now(links.page, world.by, links.LinkQuery())


async def test_the_first_link_makes_its_collection(world: World, owner: Browser) -> None:
    assert 'name="newCollection"' in (await owner.see("/console/links/new")).text
    made = await owner.send(
        "/console/links/new", url="https://example.com/a", newCollection="General", forwardQuery="visitor"
    )
    (link,) = _links(world)
    assert made.headers["location"] == f"/console/links/{link.id}"
    assert "Your link is ready." in (await owner.see(made.headers["location"])).text
    assert "Your link is ready." not in (await owner.see(made.headers["location"])).text
    shelf = world.db.read_now(links.page_of_shelf, world.by, links.COLLECTIONS, links.ShelfQuery())
    assert [(each.id, each.name) for each in shelf] == [(link.collection_id, "General")]


def _whole(world: World) -> dict[str, Any]:
    db, by = world.db, world.by
    shelf = db.write_now(links.put_on_shelf, by, links.COLLECTIONS, [{"name": "Launch"}])[0]
    tags = db.write_now(
        links.put_on_shelf, by, links.TAGS, [{"name": "a", "color": "sky"}, {"name": "b", "color": "red"}]
    )
    partner = db.write_now(links.put_on_shelf, by, links.PARTNERS, [{"name": "Mira"}])[0]
    return {
        "url": "https://example.com/a",
        "shortId": "tea-time",
        "title": "Tea",
        "description": "Two\nlines",
        "image": "https://example.com/a.png",
        "collectionId": shelf.id,
        "partnerId": partner.id,
        "tagIds": [tag.id for tag in tags],
        "expiresAt": "2031-05-01T12:30",
        "expiredUrl": "https://example.com/over",
        "password": " open sesame ",
        "cloaked": "on",
        "ios": "https://apps.example/ios",
        "android": "https://apps.example/android",
        "geo.country": ["DE", "", "FR"],
        "geo.url": ["https://example.com/de", "", "https://example.com/fr"],
        "utm.source": "news",
        "utm.campaign": "may",
        "forwardQuery": "off",
        "externalId": "ext-1",
        "tenantId": "ten-1",
    }


async def test_every_field_of_a_link_is_kept_shown_and_cleared(world: World, owner: Browser) -> None:
    fields = _whole(world)
    owner.http.cookies.set("hyway_zone", "Europe/Berlin", domain="go.example", path="/")
    assert (await owner.send("/console/links/new", **fields)).status_code == 303
    (link,) = _links(world)
    off: ForwardQuery = "off"
    assert (link.short_id, link.title, link.password, link.cloaked) == (
        "tea-time",
        "Tea",
        " open sesame ",
        True,
    )
    assert clock.text(link.expires_at or 0) == "2031-05-01T10:30:00Z"
    assert link.geo == {"DE": "https://example.com/de", "FR": "https://example.com/fr"}
    assert (link.utm, link.forward_query) == ({"source": "news", "campaign": "may"}, off)
    assert (set(link.tag_ids), link.partner_id) == (set(fields["tagIds"]), fields["partnerId"])
    assert (link.ios, link.android) == (fields["ios"], fields["android"])
    assert (link.external_id, link.tenant_id, link.image) == ("ext-1", "ten-1", fields["image"])
    form = (await owner.see(f"/console/links/{link.id}/edit")).text
    assert 'value="2031-05-01T12:30"' in form
    assert form.count(" selected") >= 5
    bare = {"url": "https://example.com/b", "collectionId": link.collection_id, "forwardQuery": "link"}
    assert (await owner.send(f"/console/links/{link.id}/edit", **bare)).status_code == 303
    (after,) = _links(world)
    cleared = (
        after.title,
        after.password,
        after.expires_at,
        after.geo,
        after.utm,
        after.partner_id,
        after.ios,
    )
    assert cleared == (None,) * 7
    assert (after.cloaked, after.tag_ids, after.external_id) == (False, (), None)
    assert (after.url, after.short_id) == ("https://example.com/b", "tea-time")


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("url", "javascript:alert(1)", "Must be an http or https URL."),
        ("url", "", "Is required."),
        ("url", "http://go.example/x", "Must not lead back to a short link."),
        ("shortId", "console", "Is a reserved word."),
        ("shortId", "ü!", "May only have letters"),
        ("collectionId", "018f0000-0000-7000-8000-000000000000", "Names no collection of your workspace."),
        ("partnerId", "nobody", "Names no partner of your workspace."),
        ("expiresAt", "tomorrow", "Must be a date and a time."),
        ("expiresAt", "0001-01-01T00:00", ""),
        ("expiredUrl", "ftp://example.com", "Must be an http or https URL."),
        ("ios", "nonsense", "Must be an http or https URL."),
        ("geo.country", "ZZ", "Knows no country ZZ."),
        ("forwardQuery", "maybe", "Must be one of"),
        ("tagIds", "nothing", "Names no tag of your workspace."),
        ("title", "x" * 600, "Must be at most 500 characters."),
        ("utm.source", "x" * 300, "Must be at most 255 characters."),
    ],
)
async def test_a_refused_link_comes_back_as_typed(
    world: World, owner: Browser, field: str, value: str, told: str
) -> None:
    fields = {**_whole(world), field: value}
    if field == "geo.country":
        fields["geo.url"] = "https://example.com/zz"
    answer = await owner.send("/console/links/new", **fields)
    if not told:
        assert answer.status_code in (303, 422)
        return
    assert answer.status_code == 422
    assert told in answer.text
    assert _links(world) == []
    if field != "title":
        assert 'value="Tea"' in answer.text
    if field != "utm.source":
        assert 'value="news"' in answer.text
    assert 'value=" open sesame "' in answer.text
    assert "https://example.com/over" in answer.text or field == "expiredUrl"


async def test_a_taken_short_id_is_told_at_its_field(world: World, owner: Browser) -> None:
    link = world.link(short_id="tea")
    answer = await owner.send(
        "/console/links/new", url="https://example.com", shortId="tea", collectionId=link.collection_id
    )
    assert answer.status_code == 409
    assert re.search(r'id="wrong-shortId">\s*Is taken by another link', answer.text)


async def test_a_plan_without_a_feature_says_so(world: World, owner: Browser) -> None:
    world.db.write_now(identity.change_plan, world.by.organization, "free")
    assert "Your plan does not include password protection." in (await owner.see("/console/links/new")).text
    answer = await owner.send(
        "/console/links/new", url="https://example.com", newCollection="A", password="x"
    )
    assert (answer.status_code, "Your plan does not include password protection." in answer.text) == (
        422,
        True,
    )
    shelf = world.db.read_now(links.page_of_shelf, world.by, links.COLLECTIONS, links.ShelfQuery())
    assert shelf == []


async def test_links_are_searched_filtered_and_paged(world: World, owner: Browser) -> None:
    first = world.link(title="Cold brew")
    shelf = world.db.write_now(links.put_on_shelf, world.by, links.COLLECTIONS, [{"name": "Other"}])[0]
    many = [links.LinkChange(url=f"https://example.com/{n}", collection_id=shelf.id) for n in range(30)]
    world.db.write_now(links.put, world.by, many)
    found = (await owner.see("/console/links?q=cold")).text
    assert "Cold brew" in found
    assert found.count('class="row-item"') == 1
    narrowed = await owner.see(f"/console/links?collection={first.collection_id}")
    assert narrowed.text.count('class="row-item"') == 1
    page = (await owner.see(f"/console/links?collection={shelf.id}")).text
    assert page.count('class="row-item"') == 25
    assert "1–25 of 30" in page
    after = re.search(r'rel="next" href="([^"]+)"', page)
    assert after
    assert (await owner.see(after[1].replace("&amp;", "&"))).text.count('class="row-item"') == 5
    assert "No link matches" in (await owner.see("/console/links?q=nothing+like+it")).text


async def test_what_cannot_be_undone_is_asked_first(world: World, owner: Browser) -> None:
    link = world.link()
    asked = await owner.send(f"/console/links/{link.id}/delete")
    assert (asked.status_code, "its numbers stay" in asked.text) == (200, True)
    assert len(_links(world)) == 1
    assert (await owner.send(f"/console/links/{link.id}/delete", confirmed="yes")).status_code == 303
    assert _links(world) == []
    assert (await owner.see(f"/console/links/{link.id}")).status_code == 404


async def test_a_keys_secret_is_shown_once(world: World, owner: Browser) -> None:
    made = await owner.send("/console/keys/new", name="Shop", scopes=["linksRead", "tagsRead"], expiresAt="")
    secret = re.search(r"<code>(hoko_[A-Za-z0-9]+)</code>", made.text)
    assert secret
    (key,) = _hoko_keys(world)
    assert key.scopes == ("linksRead", "tagsRead")
    listed = (await owner.see("/console/keys")).text
    assert "Shop" in listed
    assert secret[1] not in listed
    assert secret[1] not in (await owner.see("/console/log")).text
    assert (await owner.send(f"/console/keys/{key.id}/revoke")).status_code == 200
    assert _hoko_keys(world)[0].revoked_at is None
    assert (await owner.send(f"/console/keys/{key.id}/revoke", confirmed="yes")).status_code == 303
    assert _hoko_keys(world)[0].revoked_at is not None
    assert "Revoked" in (await owner.see("/console/keys")).text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": "", "scopes": "linksRead"}, "Must not be empty."),
        ({"name": "Shop"}, "Choose at least one."),
        ({"name": "Shop", "scopes": "everything"}, "Knows no scope everything."),
        ({"name": "Shop", "scopes": "linksRead", "expiresAt": "2001-01-01T00:00"}, "Must be in the future."),
    ],
)
async def test_a_refused_key_comes_back_as_typed(
    world: World, owner: Browser, fields: dict[str, str], told: str
) -> None:
    answer = await owner.send("/console/keys/new", **fields)
    assert (answer.status_code, told in answer.text) == (422, True)
    assert f'value="{fields["name"]}"' in answer.text
    assert _hoko_keys(world) == []


async def test_shelves_are_filled_changed_and_cleared(world: World, owner: Browser) -> None:
    assert (await owner.send("/console/tags/new", name="paid", color="amber")).status_code == 303
    bad = await owner.send("/console/tags/new", name="", color="amber")
    assert (bad.status_code, "Must not be empty." in bad.text) == (422, True)
    (tag,) = world.db.read_now(links.page_of_shelf, world.by, links.TAGS, links.ShelfQuery())
    assert (await owner.send(f"/console/tags/{tag.id}", name="free", color="sky")).status_code == 303
    assert '<span class="tag tag-sky">free</span>' in (await owner.see("/console/tags")).text
    assert (await owner.send(f"/console/tags/{tag.id}/delete", confirmed="yes")).status_code == 303
    assert "No tags yet" in (await owner.see("/console/tags")).text


async def test_a_collection_with_links_is_kept(world: World, owner: Browser) -> None:
    link = world.link()
    answer = await owner.send(f"/console/collections/{link.collection_id}/delete", confirmed="yes")
    assert (answer.status_code, "1 link is in this collection" in answer.text) == (409, True)
    assert len(world.db.read_now(links.page_of_shelf, world.by, links.COLLECTIONS, links.ShelfQuery())) == 1


async def test_partners(world: World, owner: Browser) -> None:
    bad = await owner.send("/console/partners/new", name="Mira", email="nonsense", phone="")
    assert (bad.status_code, "Must be an e-mail address." in bad.text) == (422, True)
    assert 'value="nonsense"' in bad.text
    made = await owner.send("/console/partners/new", name="Mira", email="mira@okafor.example", phone="")
    assert "Mira is a partner now." in (await owner.see(made.headers["location"])).text
    edited = await owner.send(
        made.headers["location"] + "/edit", name="Mira O", email="", phone="+1 555 0100"
    )
    assert edited.status_code == 303
    (partner,) = world.db.read_now(links.page_of_shelf, world.by, links.PARTNERS, links.ShelfQuery())
    assert (partner.name, partner.email, partner.phone) == ("Mira O", None, "+1 555 0100")


async def test_the_organization_is_renamed(world: World, owner: Browser) -> None:
    taken = await owner.send("/console/organization", name="harbour")
    assert (taken.status_code, "Is taken by another organization." in taken.text) == (422, True)
    assert 'value="harbour"' in taken.text
    assert (await owner.send("/console/organization", name="South")).status_code == 303
    assert "South" in (await owner.see("/console")).text


async def test_a_person_switches_between_their_own_organizations(world: World, owner: Browser) -> None:
    theirs = world.db.read_now(identity.organization, world.stranger)
    refused = await owner.send("/console/organization/switch", organization=theirs.id)
    assert refused.status_code == 404
    person = world.db.read_now(identity.person_by_email, "owner@north.example")
    assert person
    world.db.write_now(identity.join, world.stranger, person, "member")
    assert (await owner.send("/console/organization/switch", organization=theirs.id)).status_code == 303
    assert "Harbour" in (await owner.see("/console")).text
    assert (await owner.see("/console/keys")).status_code == 403


async def test_webhooks_from_birth_to_death(world: World, owner: Browser) -> None:
    bad = await owner.send("/console/webhooks/new", url="nonsense", events="link.clicked")
    assert (bad.status_code, 'value="nonsense"' in bad.text) == (422, True)
    made = await owner.send("/console/webhooks/new", url="https://hooks.example/in", events=["link.clicked"])
    secret = re.search(r"<code>(whsec_[A-Za-z0-9]+)</code>", made.text)
    assert secret
    (hook,) = world.db.read_now(webhooks.endpoints, world.by)
    here = f"/console/webhooks/{hook.id}"
    assert secret[1] not in (await owner.see(here)).text
    tested = await owner.send(f"{here}/test")
    page = (await owner.see(tested.headers["location"])).text
    assert "webhook.test" in page
    assert "It works." in page
    assert (await owner.send(tested.headers["location"] + "/replay")).status_code == 303
    assert (await owner.send(here, url=hook.url)).status_code == 422
    assert (await owner.send(here, url=hook.url, events=["sale.created"])).status_code == 303
    assert world.db.read_now(webhooks.endpoint, world.by, hook.id).events == ("sale.created",)
    assert (await owner.send(f"{here}/turn", on="no")).status_code == 303
    assert "Nothing is delivered." in (await owner.see(here)).text
    assert (await owner.send(f"{here}/test")).status_code == 422
    again = await owner.send(tested.headers["location"] + "/replay")
    assert "Not sent: the webhook is switched off" in (await owner.see(again.headers["location"])).text
    assert (await owner.send(f"{here}/turn", on="yes")).status_code == 303
    assert (await owner.send(f"{here}/rotate")).status_code == 200
    rotated = await owner.send(f"{here}/rotate", confirmed="yes")
    assert "whsec_" in rotated.text
    assert secret[1] not in rotated.text
    assert (await owner.send(f"{here}/delete", confirmed="yes")).status_code == 303
    assert world.db.read_now(webhooks.endpoints, world.by) == []


async def test_notices_are_read(world: World, owner: Browser) -> None:
    world.db.write_now(
        notices.post, world.by.organization, "test", "A webhook was switched off", "It failed."
    )
    assert "Notices, 1 new" in (await owner.see("/console")).text
    page = (await owner.see("/console/notices")).text
    upto = re.search(r'name="up_to" value="(\d+)"', page)
    assert upto
    await owner.send("/console/notices/seen", up_to=upto[1])
    assert "1 new" not in (await owner.see("/console")).text
