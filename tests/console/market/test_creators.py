"""The pages of creators, over HTTP: from the board to the payout, and what is refused on the way."""

import re
from typing import Any

import pytest

from hyway.domain import creators, identity
from hyway.domain.creators.campaigns import posts
from hyway.domain.creators.store.tables import COLLAB_SUBMISSIONS
from hyway.kernel import clock, sqid
from hyway.kernel.db import Write
from tests.console.conftest import Browser
from tests.console.market import making
from tests.console.market.conftest import Market

MINE = (
    "/me",
    "/me/applications",
    "/me/submissions",
    "/me/earnings",
    "/me/address",
    "/me/social_accounts",
    "/me/access_tokens",
    "/me/access_tokens/new",
    "/me/notifications",
    "/me/notification_settings",
    "/me/invitations",
    "/mailbox",
    "/organizations",
    "/organizations/new",
    "/board",
    "/console/password",
)


@pytest.mark.parametrize("path", MINE)
async def test_who_belongs_nowhere_sees_every_page_of_their_own(market: Market, path: str) -> None:
    creator, nobody = await market.browser("creator"), await market.browser()
    assert (await creator.see(path)).status_code == 200
    away = await nobody.see(path)
    if path == "/board":
        assert away.status_code == 200
        assert "/sign-up" in away.text
    else:
        assert away.status_code == 303
        assert away.headers["location"].startswith("/console/sign-in")


async def test_the_console_leads_creators_to_their_own_side(market: Market) -> None:
    creator = await market.browser("creator")
    assert (await creator.see("/console")).headers["location"] == "/me"
    assert (await creator.see("/console/links")).headers["location"] == "/me"


async def test_the_board_is_narrowed_and_hides_what_is_private(market: Market) -> None:
    making.campaign(market)
    making.collab(market)
    nobody, owner = await market.browser(), await market.browser("owner")
    assert "Summer teas" not in (await nobody.see("/board")).text
    assert "Summer teas" in (await owner.see("/board")).text
    market.db.write_now(identity.organizations.change, market.by(), {"privacy_setting": "public"})
    page = (await nobody.see("/board")).text
    assert "Summer teas" in page
    assert "Spring mugs" in page
    assert "€5.00 per 1,000 views" in page
    narrowed = (await nobody.see("/board?kind=collab&country=DE&platform=&page=zzz")).text
    assert "Summer teas" not in narrowed
    assert "Spring mugs" in narrowed
    assert "Nothing on the board that fits" in (await nobody.see("/board?country=JP")).text


@pytest.fixture
async def creator(market: Market) -> Browser:
    market.db.write_now(identity.organizations.change, market.by(), {"privacy_setting": "public"})
    return await market.browser("creator")


async def test_a_creator_applies_to_a_campaign_and_hands_in_a_post(market: Market, creator: Browser) -> None:
    of = making.campaign(market)
    path = f"/board/campaigns/{sqid.text(of.seq)}"
    nobody = await market.browser()
    page = (await nobody.see(path)).text
    assert making.BRIEF in page
    assert "verify one" in (await creator.see(path)).text
    long = await creator.send(path + "/apply", message="x" * 2001)
    assert long.status_code == 422
    assert "Is too long" in long.text
    assert (await creator.send(path + "/apply", csrf="x", message="Hi")).status_code == 403
    applied = await creator.send(path + "/apply", message="I brew.")
    assert applied.headers["location"] == "/me/applications"
    assert "You have applied" in (await creator.see(path)).text
    twice = await creator.send(path + "/apply", message="Again")
    assert "You have already applied" in twice.text
    admin = await market.browser("admin")
    queue = (await admin.see(market.base + "/applications")).text
    assert "I brew." in queue
    entry = queue.partition("/applications/")[2].partition("/accept")[0]
    await admin.send(f"{market.base}/applications/{entry}/accept")
    assert "Creator is in" in (await admin.see(market.base + "/applications")).text
    making.account(market)
    mine = (await creator.see("/me/applications")).text
    assert "http://go.example/" in mine
    wrong = await creator.send("/me/submissions", campaign=sqid.text(of.seq), url="https://example.com/x")
    assert wrong.status_code == 422
    assert "Is not a post on a platform of this campaign." in wrong.text
    assert 'value="https://example.com/x"' in wrong.text
    sent = await creator.send(
        "/me/submissions", campaign=sqid.text(of.seq), url="https://youtu.be/dQw4w9WgXcQ"
    )
    assert sent.status_code == 303
    assert "Handed in" in (await creator.see(sent.headers["location"])).text


async def test_a_post_is_looked_at_approved_and_talked_about(market: Market, creator: Browser) -> None:
    of = making.campaign(market)
    making.account(market)
    making.application(market, of)
    made = making.post(market, of)
    at = making.paths(market, made)
    admin, member = await market.browser("admin"), await market.browser("member")
    queue = (await admin.see(market.base + "/submissions")).text
    assert "youtube.com/watch?v=dQw4w9WgXcQ" in queue
    assert "data-key-a" in queue
    assert "data-key-a" not in (await member.see(market.base + "/submissions")).text
    assert (await member.send(at.theirs + "/approve")).status_code == 403
    assert (await creator.send(at.theirs + "/approve")).status_code == 404
    done = await admin.send(at.theirs + "/approve", back="queue")
    assert done.headers["location"] == f"{market.base}/submissions?kind=campaign"
    making.looked(market, made, 1_000, 20_000)
    page = (await admin.see(at.theirs)).text
    assert "Views over time" in page
    assert "€100.00" in page
    assert "€100.00" in (await creator.see(at.mine)).text
    assert "€100.00" in (await creator.see("/me")).text
    again = await admin.send(at.theirs + "/approve")
    assert again.status_code == 422
    assert "already been decided" in again.text
    await admin.send(at.theirs + "/messages", text="Lovely <b>tea</b>!")
    assert "1 new" in (await creator.see("/me/submissions")).text
    page = (await creator.see(at.mine)).text
    assert "Lovely &lt;b&gt;tea&lt;/b&gt;!" in page
    assert "1 new" not in (await creator.see("/me/submissions")).text
    part = await creator.see(at.mine + "/messages", headers={"x-part": "1"})
    assert part.text.lstrip().startswith("<ol")
    other = await market.browser("owner")
    assert (await other.see(at.mine)).status_code == 404
    no = await admin.send(at.theirs + "/reverse", reason="nonsense", note="?")
    assert no.status_code == 422
    assert "Is not included in the list." in no.text
    await admin.send(at.theirs + "/reverse", reason="invalidProof", note="It is gone")
    assert "It is gone" in (await creator.see(at.mine)).text


async def test_the_hold_of_a_post_is_ended(market: Market, creator: Browser) -> None:
    def hold(w: Write) -> None:
        found = posts.held(w, made.seq)
        assert found is not None
        posts.hold(w, posts.lock(w, *found))

    of = making.campaign(market)
    making.account(market)
    making.application(market, of)
    made = making.post(market, of)
    at, admin = making.paths(market, made), await market.browser("admin")
    await admin.send(at.theirs + "/approve")
    making.looked(market, made, 1_000, 20_000)
    assert "End the hold" not in (await admin.see(at.theirs)).text
    market.db.write_now(hold)
    assert "End the hold" in (await admin.see(at.theirs)).text
    assert "End the hold" not in (await (await market.browser("member")).see(at.theirs)).text
    await admin.send(at.theirs + "/approve")
    assert "To be paid" in (await creator.see(at.mine)).text


async def test_a_collabs_post_and_what_a_look_at_it_showed(market: Market, creator: Browser) -> None:
    def put(**values: Any) -> None:
        c = COLLAB_SUBMISSIONS.c
        market.db.write_now(
            lambda w: w.run(COLLAB_SUBMISSIONS.update().where(c.seq == made.seq).values(**values))
        )

    made = making.work(market, making.collab(market))
    at, admin, now = making.paths(market, made), await market.browser("admin"), clock.now()
    put(status="posted", post_url="https://youtu.be/dQw4w9WgXcQ", platform_id="youtube", next_sync_at=now)
    assert "Nobody has looked at the post yet" in (await admin.see(at.theirs)).text
    post = creators.social.Post("somebody", now, 1_234, 5, 6)
    market.db.write_now(creators.collabs.posted.seen, made.seq, now, post)
    page = (await admin.see(at.theirs)).text
    assert "Posted by another account than theirs" in page
    assert "1,234" in page
    assert "Posted by another account than theirs" in (await creator.see(at.mine)).text
    put(status="in_production", content_due_at=now - 13 * clock.DAY)
    assert "End it" not in (await admin.see(at.theirs)).text
    put(content_due_at=now - 15 * clock.DAY)
    assert "End it" in (await admin.see(at.theirs)).text
    await admin.send(at.theirs + "/reverse")
    assert "Taken back" in (await creator.see(at.mine)).text


async def test_a_rejected_post_says_why_and_may_be_looked_at_again(market: Market, creator: Browser) -> None:
    of = making.campaign(market)
    making.account(market)
    making.application(market, of)
    at = making.paths(market, making.post(market, of))
    admin = await market.browser("admin")
    await admin.send(at.theirs + "/reject", reason="didNotMeetCriteria", note="No tea in it")
    page = (await creator.see(at.mine)).text
    assert "It does not do what the brief asks." in page
    assert "No tea in it" in page
    await creator.send(at.mine + "/appeal")
    assert "No tea in it" not in (await creator.see(at.mine)).text
    assert "Creator" in (await admin.see(market.base + "/submissions")).text


async def test_a_collab_goes_its_whole_way(market: Market, creator: Browser) -> None:
    of = making.collab(market, require_spark_ads=True)
    path = f"/board/collabs/{sqid.text(of.seq)}"
    applied = await creator.send(path + "/apply", message="Mugs!")
    mine = applied.headers["location"]
    number = sqid.number(mine.rpartition("/")[2]) or 0
    theirs = f"{market.base}/collabs/{sqid.text(of.seq)}/submissions/{sqid.text(number)}"
    admin = await market.browser("admin")
    assert "Mugs!" in (await admin.see(market.base + "/submissions?kind=collab")).text
    await admin.send(theirs + "/accept")
    assert "say where" in (await creator.see(mine)).text
    assert "Say where you live" in (await creator.see("/me")).text
    wrong = await creator.send("/me/address", address_one="", city="Hamburg", country_code="ZZ")
    assert wrong.status_code == 422
    assert "Is not included in the list." in wrong.text
    await creator.send("/me/address", **making.ADDRESS)
    shipping = (await admin.see(theirs)).text
    assert "1 Quay" in shipping
    assert "1 Quay" not in (await (await market.browser("member")).see(theirs)).text
    bad = await admin.send(theirs + "/ship", carrier="", tracking_number="", tracking_url="ftp://x")
    assert bad.status_code == 422
    for name in ("carrier", "tracking_number", "tracking_url"):
        assert f'id="wrong-{name}"' in bad.text
    await admin.send(
        theirs + "/ship", carrier="DHL", tracking_number="JD01", tracking_url="https://dhl.example/JD01"
    )
    assert "https://dhl.example/JD01" in (await creator.see(mine)).text
    await creator.send(mine + "/receive")
    assert "Can&#39;t be blank." in (await creator.send(mine + "/content", url="", note="")).text
    await creator.send(mine + "/content", url="https://drive.example/cut", note="First cut")
    assert "First cut" in (await admin.see(theirs)).text
    await admin.send(theirs + "/revise", note="Closer, please")
    assert "Closer, please" in (await creator.see(mine)).text
    await creator.send(mine + "/content", url="https://drive.example/cut2", note="")
    await admin.send(theirs + "/approve", back="queue")
    making.account(market, platform="tiktok", url="https://www.tiktok.com/@mira")
    await creator.send(mine + "/post", url="https://www.tiktok.com/@mira/video/7038475063498387456")
    assert "Is not a number." in (await creator.send(mine + "/spark", code="#abc", days="soon")).text
    await creator.send(mine + "/spark", code="#abc123", days="30")
    assert "#abc123" in (await admin.see(theirs)).text
    assert "#abc123" not in (await (await market.browser("member")).see(theirs)).text
    await admin.send(theirs + "/complete")
    assert (
        market.db.read_now(creators.collabs.work.find_mine, market.own("creator"), number).status
        == "completed"
    )
    assert "€40.00" in (await creator.see("/me/earnings")).text


async def test_what_is_owed_is_paid_by_hand(market: Market, creator: Browser) -> None:
    of = making.collab(market, requires_product_shipment=False)
    made = making.work(market, of)
    w, by = market.db.write_now, market.by()
    w(creators.collabs.work.accept, by, made.seq)
    work = creators.collabs.work.money_of(made, of)
    w(creators.money.hold, by, work, 1)
    w(creators.money.mature, 2, 10)
    bad = await creator.send("/me/earnings/bank", account_holder="", iban="DE00")
    assert bad.status_code == 422
    assert 'id="wrong-iban"' in bad.text
    await creator.send("/me/earnings/bank", account_holder="Mira", iban="DE89 3704 0044 0532 0130 00")
    page = (await creator.see("/me/earnings")).text
    assert "…3000" in page
    assert "DE89" not in page
    member, owner = await market.browser("member"), await market.browser("owner")
    here = market.base + "/money"
    assert "Pay out" not in (await member.see(here)).text
    assert (await member.send(here + "/payouts")).status_code == 403
    assert (await member.see(here + "/payouts/export")).status_code == 403
    assert "€40.00" in (await owner.see(here)).text
    assert (await owner.send(here + "/payouts", person="nonsense")).status_code == 404
    await owner.send(here + "/payouts")
    export = await owner.see(here + "/payouts/export")
    assert export.headers["content-type"] == "text/csv; charset=utf-8"
    assert "DE89370400440532013000" in export.text
    found = re.search(r"/money/payouts/([A-Za-z]{6,})/paid", (await owner.see(here)).text)
    assert found is not None
    await owner.send(f"{here}/payouts/{found[1]}/paid", note="SEPA")
    assert "Marked as paid" in (await owner.see(here)).text
    assert "SEPA" in (await creator.see("/me/earnings")).text


async def test_an_account_is_added_and_asked_to_show_its_code(market: Market, creator: Browser) -> None:
    bad = await creator.send("/me/social_accounts", platform_id="myspace", account_url="")
    assert bad.status_code == 422
    for name in ("platform_id", "account_url"):
        assert f'id="wrong-{name}"' in bad.text
    made = await creator.send("/me/social_accounts", platform_id="twitter", account_url="https://x.com/mira")
    page = await creator.see(made.headers["location"])
    account = market.db.read_now(creators.social.accounts.page, market.own("creator"))[0][0]
    assert (account.code or "?") in page.text
    other = await market.browser("owner")
    assert (await other.see(made.headers["location"])).status_code == 404
    assert (await other.send(made.headers["location"] + "/verify")).status_code == 404
    assert (await creator.see("/me/social_accounts/connect/youtube")).status_code == 404
    await creator.send(made.headers["location"] + "/delete", confirmed="yes")
    assert market.db.read_now(creators.social.accounts.page, market.own("creator"))[1] == 0


async def test_the_inbox_marks_what_was_seen(market: Market, creator: Browser) -> None:
    of = making.campaign(market)
    making.application(market, of)
    assert 'class="count"' in (await creator.see("/me")).text
    page = (await creator.see("/me/notifications")).text
    assert "Summer teas" in page
    assert 'class="chip accent">new' in page
    assert 'class="chip accent">new' not in (await creator.see("/me/notifications")).text
    entry = page.partition("/me/notifications/")[2].partition("/open")[0]
    opened = await creator.send(f"/me/notifications/{entry}/open")
    assert opened.headers["location"].startswith("/me/")
    other = await market.browser("owner")
    assert (await other.send(f"/me/notifications/{entry}/open")).status_code == 404


async def test_what_reaches_whom_is_chosen(market: Market, creator: Browser) -> None:
    assert "0 browsers" in (await creator.see("/me/notification_settings")).text
    bad = await creator.send("/me/notification_settings/subscribe", endpoint="nowhere", p256dh="", auth="")
    assert (bad.status_code, bad.headers["content-type"]) == (422, "text/plain; charset=utf-8")
    await creator.send("/me/notification_settings", mail="1")
    page = (await creator.see("/me/notification_settings")).text
    assert 'name="mail" value="1" checked' in page
    assert 'name="push" value="1" checked' not in page


async def test_an_invitation_is_accepted(market: Market) -> None:
    creator = await market.browser("creator")
    market.db.write_now(identity.joining.invite, market.by(), "creator@example.com", "member")
    page = (await creator.see("/me/invitations")).text
    assert "Northwind" in page
    entry = page.partition("/me/invitations/")[2].partition("/accept")[0]
    joined = await creator.send(f"/me/invitations/{entry}/accept")
    assert joined.headers["location"] == market.base
    assert (await creator.see(market.base + "/members")).status_code == 200


async def test_somebody_new_signs_up(market: Market) -> None:
    new = await market.browser()
    page = await new.see("/sign-up?next=/board")
    assert 'value="/board"' in page.text
    bad = await new.send("/sign-up", name="", email="nobody", password="short")
    assert bad.status_code == 422
    for name in ("name", "email", "password"):
        assert f'id="wrong-{name}"' in bad.text
    assert "short" not in bad.text.replace("too short", "")
    assert (await new.send("/sign-up", csrf="x", name="Ada")).status_code == 403
    made = await new.send(
        "/sign-up",
        name="Ada",
        email="ada@example.com",
        password="a long password",
        next="https://evil.example/",
    )
    assert (made.status_code, made.headers["location"]) == (303, "/me")
    assert "Hello, Ada" in (await new.see("/me")).text
    assert (await new.see("/sign-up")).headers["location"] == "/me"


async def test_an_organization_is_asked_and_a_public_one_lets_in(market: Market) -> None:
    market.db.write_now(identity.organizations.change, market.by(), {"privacy_setting": "restricted"})
    of = making.campaign(market)
    creator = await market.browser("creator")
    assert "Ask to join it" in (await creator.see(f"/board/campaigns/{sqid.text(of.seq)}")).text
    asked = await creator.send(market.base + "/join_requests")
    assert asked.headers["location"] == "/organizations"
    again = await creator.send(market.base + "/join_requests")
    assert "already has a pending request" in (await creator.see(again.headers["location"])).text
    page = (await creator.see("/organizations")).text
    entry = page.partition("/me/join_requests/")[2].partition("/cancel")[0]
    await creator.send(f"/me/join_requests/{entry}/cancel")
    market.db.write_now(identity.organizations.change, market.by(), {"privacy_setting": "public"})
    joined = await creator.send(market.base + "/join_requests")
    assert joined.headers["location"] == market.base
    assert (await creator.see(market.base)).status_code == 200


async def test_a_private_organization_is_nobodys_to_ask(market: Market) -> None:
    creator = await market.browser("creator")
    assert (await creator.send(market.base + "/join_requests")).status_code == 404
