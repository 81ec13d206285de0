"""The pages of organizations, over HTTP."""

import io

import pytest
from PIL import Image

from hyway.domain import identity
from hyway.kernel import sqid
from tests.console.market.conftest import Market

WITHIN = ("", "/members", "/join_requests", "/edit")


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), (200, 30, 60)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("path", ["/members", "/join_requests", "/edit"])
async def test_only_who_belongs_sees_the_rooms(market: Market, path: str) -> None:
    nobody, stranger = await market.browser(), await market.browser("creator")
    turned = await nobody.see(market.base + path)
    assert turned.status_code == 303
    assert turned.headers["location"].startswith("/console/sign-in?next=%2Forganizations%2F")
    away = await stranger.see(market.base + path)
    assert away.status_code == 404
    assert "belongs to another organization" in away.text
    assert market.organization.name not in away.text
    assert (await stranger.see("/organizations/nowhere" + path)).status_code == 404
    assert (await (await market.browser("admin")).see(market.base + path)).status_code == 200


async def test_members_look_and_admins_change(market: Market) -> None:
    member = await market.browser("member")
    assert (await member.see(market.base + "/members")).status_code == 200
    for path in ("/join_requests", "/edit"):
        refused = await member.see(market.base + path)
        assert refused.status_code == 403
    assert (await member.send(market.base + "/edit", name="Mine")).status_code == 403
    admins = await market.browser("admin")
    sent = await admins.send(
        market.base + "/edit", name="Northwind Teas", privacy_setting="public", website=""
    )
    assert sent.status_code == 303
    assert "Northwind Teas" in (await admins.see("/organizations")).text


async def test_a_form_without_the_token_changes_nothing(market: Market) -> None:
    owner = await market.browser("owner")
    for path, fields in (("/organizations", {"name": "New"}), (market.base + "/edit", {"name": "New"})):
        assert (await owner.send(path, csrf="0" * 40, **fields)).status_code == 403
        foreign = {"origin": "https://evil.example"}
        assert (await owner.send(path, headers=foreign, **fields)).status_code == 403
    assert "New</" not in (await owner.see("/organizations")).text


async def test_an_organization_is_founded_by_whom_belongs_nowhere(market: Market) -> None:
    creator = await market.browser("creator")
    assert "You belong to no organization" in (await creator.see("/organizations")).text
    wrong = await creator.send("/organizations", name=" ", privacy_setting="secret", website="ftp://x")
    assert wrong.status_code == 422
    for said in ("Can&#39;t be blank.", "Is not included in the list.", "Is invalid."):
        assert said in wrong.text
    assert 'value="ftp://x"' in wrong.text
    made = await creator.send("/organizations", name="Lantern", privacy_setting="public", website="")
    assert made.status_code == 303
    assert made.headers["location"].startswith("/organizations/")
    (mine,), _ = market.db.read_now(identity.organizations.page, market.own("creator"))
    assert (mine.name, mine.privacy) == ("Lantern", "public")


async def test_a_logo_comes_and_goes(market: Market) -> None:
    owner = await market.browser("owner")
    data = {"csrf": owner.csrf, "name": "Northwind", "privacy_setting": "private", "website": ""}
    kept = await owner.http.post(
        market.base + "/edit", data=data, files={"logo": ("a.png", png(), "image/png")}
    )
    assert kept.status_code == 303
    assert 'src="/rails/active_storage/blobs/redirect/' in (await owner.see("/organizations")).text
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    refused = await owner.http.post(
        market.base + "/edit", data=data, files={"logo": ("a.png", svg, "image/png")}
    )
    assert refused.status_code == 422
    assert 'id="wrong-logo"' in refused.text
    await owner.send(market.base + "/edit", name="Northwind", privacy_setting="private", purge_logo="1")
    assert "active_storage" not in (await owner.see("/organizations")).text


async def test_roles_change_and_the_guards_are_told(market: Market) -> None:
    owner = await market.browser("owner")
    found, _ = market.db.read_now(identity.members.page, market.by())
    numbers = {each.person.name: sqid.text(each.seq) for each in found}
    page = await owner.see(market.base + "/members")
    assert page.text.index("owner@example.com", 5000) < page.text.index("member@example.com")
    await owner.send(f"{market.base}/members/{numbers['Member']}/role", role="admin")
    assert "Member is an admin now." in (await owner.see(market.base + "/members")).text
    await owner.send(f"{market.base}/members/{numbers['Owner']}/role", role="member")
    assert "owner cannot be demoted" in (await owner.see(market.base + "/members")).text
    asked = await owner.send(f"{market.base}/members/{numbers['Member']}/remove")
    assert "Remove Member from Northwind?" in asked.text
    await owner.send(f"{market.base}/members/{numbers['Member']}/remove", confirmed="yes")
    assert market.db.read_now(identity.members.page, market.by())[1] == 2


async def test_somebody_is_invited_and_somebody_asks(market: Market) -> None:
    admin, creator = await market.browser("admin"), await market.browser("creator")
    wrong = await admin.send(market.base + "/invitations", email="nobody", role="member")
    assert wrong.status_code == 422
    assert 'value="nobody"' in wrong.text
    assert (
        await admin.send(market.base + "/invitations", email="new@example.com", role="admin")
    ).status_code == 303
    page = (await admin.see(market.base + "/join_requests")).text
    assert "new@example.com" in page
    await admin.send(market.base + "/edit", name="Northwind", privacy_setting="restricted", website="")
    request = market.db.write_now(identity.joining.ask, market.own("creator"), market.organization.seq)
    assert "You have asked to join" in (await creator.see("/organizations")).text
    assert "Creator" in (await admin.see(market.base + "/join_requests")).text
    await admin.send(f"{market.base}/join_requests/{sqid.text(request.seq)}/approve")
    assert (await creator.see(market.base + "/members")).status_code == 200


async def test_a_token_is_shown_once(market: Market) -> None:
    creator = await market.browser("creator")
    assert "No tokens yet" in (await creator.see("/me/access_tokens")).text
    wrong = await creator.send("/me/access_tokens", description="", permission="read")
    assert wrong.status_code == 422
    assert "Can&#39;t be blank." in wrong.text
    made = await creator.send("/me/access_tokens", description="My script", permission="write")
    secret = made.text.partition('<p class="secret"><code>')[2].partition("<")[0]
    assert len(secret) == 24
    listed = await creator.see("/me/access_tokens")
    assert secret not in listed.text
    assert "My script" in listed.text
    (token,), _ = market.db.read_now(identity.tokens.page, market.own("creator"))
    other = await market.browser("owner")
    path = f"/me/access_tokens/{sqid.text(token.seq)}/revoke"
    assert (await other.send(path, confirmed="yes")).status_code == 404
    assert "Revoke this token?" in (await creator.send(path)).text
    await creator.send(path, confirmed="yes")
    assert market.db.read_now(identity.tokens.page, market.own("creator"))[1] == 0
