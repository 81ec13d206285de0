"""A campaign's whole life, and a collab's: two people at their browsers, the platforms, a shop, the books.

The owner sits at a desk, the creator holds a phone. Views come by the background's own looks at the platform.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from hyway.kernel.clock import DAY, HOUR, SECOND
from tests.journey.conftest import People
from tests.journey.market import (
    Album,
    Books,
    Market,
    books,
    bought,
    clicked,
    creator,
    give_bank,
    logged,
    market,
    owner,
    pay_by_hand,
    press,
    state,
    tile,
    token,
    verified,
    write_brief,
)
from tests.journey.waiting import PHONE
from tests.make.pictures import drawn, encoded
from tests.make.platforms import Fake

pytestmark = pytest.mark.browser

VIDEO, MUG_VIDEO = "dQw4w9WgXcQ", "aBcDeFgHiJk"
CAMPAIGN_STEPS = (
    "Campaign created", "Funding succeeded", "Campaign published", "Application applied", "Partner created",
    "Link created", "Application accepted", "Submission created", "Submission approved", "Earning accrued",
    "Lead created", "Sale created", "Submission shared", "Submission locked", "Earning held", "Submission held",
    "Earning payable", "Submission payable", "Payout created", "Earning paid", "Payout completed", "Submission paid",
    "Campaign finished", "Funding refunded", "Campaign settled",
)  # fmt: skip
WORK_STEPS = ("applied", "accepted", "awaiting shipment", "shipped", "delivered", "in production", "content submitted",
              "content approved", "posted", "completed", "paid")  # fmt: skip
_PATIENCE = 15_000
"""Milliseconds: two browsers and a server may have to share a busy machine."""


@pytest.fixture(scope="module")
def there(
    chromium_path: str, tmp_path_factory: pytest.TempPathFactory, fresh_database: Callable[[], str | None]
) -> Iterator[Market]:
    with market(tmp_path_factory.mktemp("market"), fresh_database()) as made:
        expect.set_options(timeout=_PATIENCE)
        yield made
        expect.set_options(timeout=5_000)


@pytest.fixture
def people(people: People) -> Iterator[People]:
    """Browsers complain of forms that are refused; nobody else does."""
    yield people
    people.complaints[:] = [each for each in people.complaints if "422" not in each]


@pytest.mark.timeout(300)
def test_a_campaign_from_its_draft_to_the_payout(there: Market, people: People, tmp_path: Path) -> None:
    shots = Album(tmp_path)
    desk = owner(there, people)
    offer = _publish(there, desk, shots)
    phone = _find(there, people, offer, shots)
    channel = verified(there, phone, "mira", shots)
    short = _apply(there, desk, phone, offer, shots)
    mine, theirs = _hand_in(there, desk, phone, channel, shots)
    _watched(there, desk, phone, channel, mine, theirs, shots)
    _sold(there, people, desk, phone, short, mine, theirs, shots)
    _wait(there, phone, mine, shots)
    with books(there, token(desk)) as told:
        _pay(there, desk, phone, told, mine, shots)
        _end(there, desk, told, offer, shots)
    _written_down(desk, shots)
    _told(phone, shots)


def _publish(there: Market, page: Page, shots: Album) -> str:
    """A draft, typed by hand; money; the board. Returns its path there."""
    shots.shoot("organization", page)
    page.goto(there.base + "/campaigns")
    page.get_by_role("link", name="New campaign").first.click()
    page.get_by_label("Name", exact=True).fill("Summer teas")
    page.locator("form.wide-form").get_by_label("Product page").fill(there.shop.url("/"))
    picture = {"name": "tea.png", "mimeType": "image/png", "buffer": encoded("PNG", drawn(1280, 720))}
    page.locator("[name=banner]").set_input_files(picture)  # type: ignore[arg-type]
    expect(page.locator(".picture canvas")).to_be_visible()
    write_brief(page)
    for name in ("YouTube", "TikTok"):
        page.locator("label.tick", has_text=name).click()
    page.get_by_label("Find a country").fill("germ")
    page.get_by_label("Germany").check()
    page.get_by_label("Currency").select_option("eur")
    for name, value in (("cpm_amount", "5"), ("base_reward_amount", "10"), ("sale_share", "10")):
        page.locator(f"[name={name}]").fill(value)
    shots.shoot("form", page)
    press(page, "Save draft", "The draft is there")
    press(page, "Publish")
    expect(page.get_by_role("alert")).to_contain_text("Unused budget must be at least")
    page.get_by_label("Put in").fill("500")
    page.get_by_label("Note").fill("From the bank")
    press(page, "Fund", "The budget has grown")
    assert tile(page, "Left") == "€500.00"
    press(page, "Publish", "It is on the board")
    shots.shoot("published", page)
    return page.url.removeprefix(there.url + there.base).replace("/campaigns", "/board/campaigns")


def _find(there: Market, people: People, offer: str, shots: Album) -> Page:
    """Somebody sees the board, opens the campaign, and signs up to take part."""
    guest = people.visitor(base_url=there.url)
    guest.goto("/board")
    shots.shoot("board", guest)
    guest.get_by_role("link", name="Summer teas").click()
    expect(guest).to_have_url(there.url + offer)
    brief = guest.locator(".prose")
    expect(brief.locator("h3")).to_have_text("Show the tea")
    expect(brief.locator("b, strong")).to_have_text("steam")
    expect(brief.locator("li")).to_have_text("Say where the link is")
    shots.shoot("offer", guest)
    return creator(there, people, "Mira Novak", offer)


def _apply(there: Market, desk: Page, phone: Page, offer: str, shots: Album) -> str:
    """The creator applies, the owner lets them in; the address of the creator's own short link."""
    phone.goto(offer)
    phone.get_by_label("Why you").fill("I brew every morning, and 48,000 people watch.")
    press(phone, "Apply", "You have applied")
    desk.goto(there.base)
    desk.get_by_role("link", name="application to a campaign").click()
    expect(desk.get_by_role("main")).to_contain_text("I brew every morning")
    shots.shoot("applications", desk)
    press(desk, "Accept", "Mira Novak is in")
    phone.reload()
    link = phone.locator("a.short")
    expect(link).to_be_visible()
    shots.shoot("my-link", phone)
    return str(link.get_attribute("href"))


def _hand_in(there: Market, desk: Page, phone: Page, channel: Fake, shots: Album) -> tuple[str, str]:
    """The post, handed in and approved in the queue; where it is for the creator and for the organization."""
    channel.posts[VIDEO] = {"at": there.clock.now() // SECOND, "views": 800, "likes": 90, "comments": 12}
    phone.get_by_role("link", name="Hand in a post").click()
    phone.get_by_label("Address of the post").fill("https://www.youtube.com/watch?v=AAAAAAAAAA")
    press(phone, "Hand in")
    expect(phone.locator("#wrong-url")).to_contain_text("Is not a post")
    phone.get_by_label("Address of the post").fill(f"https://youtu.be/{VIDEO}")
    press(phone, "Hand in", "they have 48 hours")
    mine = phone.url.removeprefix(there.url)
    desk.goto(there.base + "/submissions")
    expect(desk.locator("article")).to_have_count(1)
    there.comes(desk, lambda: "800" in desk.locator("article .mini").inner_text())
    shots.shoot("queue", desk)
    theirs = str(desk.get_by_role("link", name="Look").get_attribute("href"))
    desk.locator("article").focus()
    desk.keyboard.press("a")
    expect(desk.get_by_role("status")).to_contain_text("Approved")
    expect(desk.get_by_role("main")).to_contain_text("Nothing waits for you")
    return mine, theirs


def _watched(
    there: Market, desk: Page, phone: Page, channel: Fake, mine: str, theirs: str, shots: Album
) -> None:
    """Views grow on the platform; each next look of the background finds more, and they earn."""
    there.comes(phone, lambda: state(phone) == "Counting views", mine)
    assert tile(phone, "Earned by views") == "€14.00"
    for views, earned in ((20_000, "€110.00"), (42_000, "€220.00")):
        channel.posts[VIDEO] |= {"views": views, "likes": views // 20, "comments": views // 300}
        there.clock.forward(2 * HOUR // SECOND)
        there.comes(phone, lambda earned=earned: tile(phone, "Earned by views") == earned)  # type: ignore[misc]
    assert tile(phone, "Views") == "42K"
    desk.goto(theirs)
    expect(desk.get_by_role("img", name="Views over time")).to_be_visible()
    desk.get_by_label("Your message").fill("Lovely steam!")
    press(desk, "Send")
    phone.reload()
    expect(phone.locator("#chat")).to_contain_text("Lovely steam!")
    shots.shoot("watched-mine", phone)


def _sold(
    there: Market, people: People, desk: Page, phone: Page, short: str, mine: str, theirs: str, shots: Album
) -> None:
    """A visitor comes by the creator's link and buys for 24 euro; a tenth is the creator's."""
    bought(there, clicked(there, people, short), "nele", 2_400)
    for page, path in ((phone, mine), (desk, theirs)):
        page.goto(path)
        shown = {name: tile(page, name) for name in ("Clicks", "Leads", "Sales", "Share of sales")}
        assert shown == {"Clicks": "1", "Leads": "1", "Sales": "1", "Share of sales": "€2.40"}
        assert "24" in tile(page, "Revenue")
    shots.shoot("sold-theirs", desk)
    phone.goto("/me")
    shots.shoot("me", phone)


def _wait(there: Market, phone: Page, mine: str, shots: Album) -> None:
    """The window ends, the hold begins and ends. No view after the window counts."""
    there.clock.forward(7 * DAY // SECOND)
    there.comes(phone, lambda: state(phone) == "On hold", mine)
    there.platforms.accounts["youtube"]["mira"].posts[VIDEO]["views"] = 90_000
    shots.shoot("held", phone)
    phone.goto("/me/earnings")
    assert (tile(phone, "On hold"), tile(phone, "To be paid")) == ("€222.40", "€0.00")
    there.clock.forward(3 * DAY // SECOND)
    there.comes(phone, lambda: state(phone) == "To be paid", mine)
    assert tile(phone, "Views") == "42K"
    give_bank(phone, "Mira Novak")
    shots.shoot("earnings", phone)


def _pay(there: Market, desk: Page, phone: Page, told: Books, mine: str, shots: Album) -> None:
    """By hand: exported for the bank, marked as paid; both sides see it, and the books agree."""
    before = told.balance()
    assert (before["owed"], before["budget"]) == (22_240, 50_000 - 22_240)
    (owed,) = told.ask("owed")
    assert owed["payable"] == 22_240
    pay_by_hand(there, desk, "€222.40", shots)
    phone.goto(mine)
    assert state(phone) == "Paid"
    phone.goto("/me/earnings")
    expect(phone.get_by_role("main")).to_contain_text("€222.40 from")
    assert (tile(phone, "To be paid"), tile(phone, "Paid")) == ("€0.00", "€222.40")
    shots.shoot("paid", phone)
    after = told.balance()
    assert (after["owed"], after["budget"], after["cash"]) == (0, 27_760, 27_760)
    assert [(each["amount"], each["status"]) for each in told.ask("payouts")] == [(22_240, "completed")]
    (owed,) = told.ask("owed")
    assert (owed["payable"], owed["paid"]) == (0, 22_240)


def _end(there: Market, desk: Page, told: Books, offer: str, shots: Album) -> None:
    """The owner finishes it; 72 hours later what was not used is theirs again."""
    path = there.base + offer.replace("/board", "")
    desk.goto(path)
    assert (tile(desk, "Used"), tile(desk, "Left")) == ("€222.40", "€277.60")
    press(desk, "Finish", "It is finished")
    there.clock.forward(3 * DAY // SECOND)
    there.comes(desk, lambda: tile(desk, "Left") == "€0.00", path)
    shots.shoot("finished", desk)
    of = told.ask("campaigns/" + path.rpartition("/")[2])
    total, used, unused = (of[f"{name}_amount"] for name in ("total_budget", "used", "unused"))
    assert (total, used, unused) == (22_240, 22_240, 0)
    assert set(told.balance().values()) == {0}


def _written_down(desk: Page, shots: Album) -> None:
    """The log has all of it, in order."""
    left = iter(logged(desk))
    for step in CAMPAIGN_STEPS:
        assert step in left, step  # the iterator goes on from the step before
    shots.shoot("log", desk)
    desk.get_by_label("Kind of event").select_option(label="Campaigns")
    expect(desk.locator("main .row-title")).to_have_count(4)
    desk.get_by_role("link", name="Campaign settled").click()
    expect(desk.get_by_role("heading", name="Summer teas")).to_be_visible()


def _told(phone: Page, shots: Album) -> None:
    """The creator was told of what concerns them."""
    phone.goto("/me/notifications")
    shots.shoot("inbox", phone)
    assert phone.locator("main .row-title").all_inner_texts() == [
        "You are paid for Summer teas",
        "My organization owes you for Summer teas",
        "The views of your post for Summer teas are counted",
        "Your post for Summer teas is approved",
        "You are in Summer teas",
        "mira is verified",
    ]


@pytest.mark.timeout(300)
def test_a_collab_with_a_sample_that_a_courier_brings(there: Market, people: People, tmp_path: Path) -> None:
    shots = Album(tmp_path)
    desk = owner(there, people)
    offer = _offer(there, desk, shots)
    phone = creator(there, people, "Jonas Weber", offer)
    channel = verified(there, phone, "jonas")
    mine, theirs = _take_part(there, desk, phone, offer, shots)
    _bring(there, people, desk, phone, mine, theirs, shots)
    _make(there, desk, phone, channel, mine, theirs, shots)
    there.clock.forward(3 * DAY // SECOND)
    give_bank(phone, "Jonas Weber")
    with books(there, token(desk)) as told:
        there.comes(desk, lambda: tile(desk, "Owed") == "€40.00", there.base + "/money")
        pay_by_hand(there, desk, "€40.00", shots)
        phone.goto(mine)
        assert state(phone) == "Paid"
        shots.shoot("paid", phone)
        after = told.balance()
        assert (after["owed"], after["budget"]) == (0, 6_000)
    steps = logged(desk)
    for step in WORK_STEPS:
        assert f"Collab submission {step}" in steps, (step, steps)


def _offer(there: Market, page: Page, shots: Album) -> str:
    """A collab with a sample and 40 euro; its path on the board."""
    page.goto(there.base + "/collabs/new")
    page.get_by_label("Name", exact=True).fill("Spring mugs")
    page.locator("form.wide-form").get_by_label("Product page").fill(there.shop.url("/"))
    page.get_by_label("Currency").select_option("eur")
    page.locator("[name=reward_amount]").fill("40")
    page.get_by_label("The product is sent").check()
    press(page, "Save draft", "The draft is there")
    page.get_by_label("Put in").fill("100")
    press(page, "Fund", "The budget has grown")
    press(page, "Publish", "It is on the board")
    shots.shoot("collab", page)
    return page.url.removeprefix(there.url + there.base).replace("/collabs", "/board/collabs")


def _take_part(there: Market, desk: Page, phone: Page, offer: str, shots: Album) -> tuple[str, str]:
    """Applied, accepted, and an address; the paths of the work on either side."""
    phone.goto(offer)
    phone.get_by_label("Why you").fill("I drink from nothing else.")
    press(phone, "Apply", "You have applied")
    mine = phone.url.removeprefix(there.url)
    desk.goto(there.base + "/submissions?kind=collab")
    theirs = str(desk.get_by_role("link", name="Look").get_attribute("href"))
    press(desk, "Accept", "Accepted")
    phone.reload()
    phone.get_by_role("link", name="say where").click()
    for label, text in (("Street and number", "Quay 1"), ("Postal code", "20457"), ("City", "Hamburg")):
        phone.get_by_label(label).fill(text)
    phone.get_by_label("Country").select_option("DE")
    press(phone, "Save", "Saved")
    shots.shoot("address", phone)
    return mine, theirs


def _bring(
    there: Market, people: People, desk: Page, phone: Page, mine: str, theirs: str, shots: Album
) -> None:
    """One of the organization's own people brings it; the creator follows them on the map until it is there."""
    ana = there.cars.phone("Ana Kovač")
    ana.begin()
    desk.goto(theirs)
    expect(desk.locator("address")).to_contain_text("Quay 1")
    desk.get_by_text("Your own people bring it").click()
    desk.get_by_label("Who brings it").select_option(label="Ana Kovač")
    press(desk, "Make it a delivery", "It is a delivery on the map now")
    shots.shoot("sent", desk)
    phone.goto(mine)
    follow = str(phone.get_by_role("link", name="Follow it").get_attribute("href"))
    page = people.visitor(timezone_id="Europe/Zagreb", **PHONE)
    page.goto(follow)
    expect(page.locator("#name")).to_have_text("Ana")
    shots.shoot("on-its-way", phone)
    code = follow.rpartition("/")[2]
    (order,) = [each for each in there.cars.ask("actions/")["results"] if each["short_code"] == code]
    there.cars.give(f"actions/{order['id']}/complete/")
    expect(page.locator("#headline")).to_have_text(re.compile("^Delivered at"))
    phone.reload()
    assert state(phone) == "Sample arrived"
    desk.reload()
    expect(desk.locator("address")).to_have_count(0)  # nobody needs it any more


def _make(
    there: Market, desk: Page, phone: Page, channel: Fake, mine: str, theirs: str, shots: Album
) -> None:
    """Content, approved; the post; completion."""
    phone.get_by_label("Where it can be seen").fill("https://drive.example/cut")
    phone.get_by_label("A word about it").fill("First cut")
    press(phone, "Hand in", "three business days")
    desk.goto(there.base + "/submissions?kind=collab")
    expect(desk.locator("article")).to_contain_text("First cut")
    press(desk, "Approve", "Approved")
    phone.reload()
    channel.posts[MUG_VIDEO] = {"at": there.clock.now() // SECOND, "views": 5, "likes": 1, "comments": 0}
    phone.get_by_label("Address of the post").fill(f"https://www.youtube.com/shorts/{MUG_VIDEO}")
    press(phone, "It is posted", "they are told")
    desk.goto(theirs)
    press(desk, "Complete", "the reward is owed in three days")
    shots.shoot("completed", desk)
    phone.goto(mine)
    shots.shoot("my-collab", phone)
