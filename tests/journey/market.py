"""A market on a running server: its owner, creators who come, the platforms where they post, a shop that sells.

Windows and holds take days, so the server reads a clock of the test's own; what it does by the clock it does at once
when that is set forward.
"""

import contextlib
import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, expect

from tests.journey.conftest import DESKTOP, PASSWORD, People
from tests.journey.courier import Clock, Fleet, fleet
from tests.journey.shop import Shop, selling
from tests.journey.waiting import PHONE
from tests.make import platforms
from tests.make.platforms import Platforms

DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
IBAN = "DE89 3704 0044 0532 0130 00"
_LOOKS, _PAUSE = 40, 700
_BEAT = 61
"""Seconds: whatever is done every minute is done again."""


@dataclass
class Market:
    """A server with its owner's way in; `base` is where the organization's pages are."""

    cars: Fleet
    platforms: Platforms
    shop: Shop
    url: str
    email: str
    base: str = ""

    @property
    def clock(self) -> Clock:
        return self.cars.clock

    def comes(self, page: Page, check: Callable[[], bool], path: str = "") -> None:
        """Loads the page anew, a minute of the server's later each time, until it shows that."""
        for _ in range(_LOOKS):
            page.goto(path) if path else page.reload()
            if check():
                return
            self.clock.forward(_BEAT)
            page.wait_for_timeout(_PAUSE)
        raise AssertionError(page.locator("main").inner_text())


@dataclass
class Album:
    """Pictures of pages, each at the width of a desk and of a phone."""

    folder: Path
    taken: int = 0
    sizes: tuple[tuple[str, dict[str, int]], ...] = field(
        default=(("desk", {"width": 1280, "height": 900}), ("phone", {"width": 390, "height": 844}))
    )

    def shoot(self, name: str, page: Page) -> None:
        """Nothing may stand out at the side."""
        own = page.viewport_size
        for size, viewport in self.sizes:
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            page.screenshot(path=self.folder / f"{self.taken:02}-{name}-{size}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, size)
        if own:
            page.set_viewport_size(own)
        self.taken += 1


@contextlib.contextmanager
def market(folder: Path, database_url: str | None) -> Iterator[Market]:
    """`hyway up` with platforms that it may ask; its owner has chosen a password of their own."""
    with contextlib.ExitStack() as life:
        there = life.enter_context(platforms.serving())
        settings = {f"HYWAY_{name.replace('.', '_').upper()}": said for name, said in there.services.items()}
        cars = life.enter_context(fleet(folder, database_url, hurries=True, **settings))
        said = cars.server.said
        email, password = (_word(rf"{name}:\s+(\S+)", said) for name in ("E-mail", "Password"))
        url = f"http://localhost:{cars.port}"
        shop = life.enter_context(selling(url, _word(r"Authorization: Bearer (\w+)", said)))
        _choose_password(url, email, password)
        yield Market(cars, there, shop, url, email)


def _word(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[1]


def _choose_password(url: str, email: str, password: str) -> None:
    with httpx.Client(base_url=url) as http:
        for path, fields in (
            ("/console/sign-in", {"email": email, "password": password}),
            ("/console/password", {"old": password, "password": PASSWORD, "again": PASSWORD}),
        ):
            csrf = _word(r'name="csrf" value="([0-9a-f]+)"', http.get(path).text)
            assert http.post(path, data={"csrf": csrf, **fields}).status_code == 303


def owner(of: Market, people: People) -> Page:
    """At a desk, signed in, at the organization's page, which everybody may see from now on."""
    page = people.visitor(base_url=of.url, timezone_id="Europe/Zagreb", **DESK)
    page.goto("/console/sign-in")
    page.get_by_label("E-mail").fill(of.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation", name="Rooms").get_by_role("link", name="Creators").click()
    expect(page).to_have_url(re.compile(r"/organizations/\w+$"))
    of.base = page.url.removeprefix(of.url)
    page.goto(of.base + "/edit")
    page.locator('[name="privacy_setting"][value="public"]').check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_be_visible()
    return page


def creator(of: Market, people: People, name: str, to: str) -> Page:
    """With a phone: somebody new, who follows the board's invitation to sign up and is back at `to`."""
    page = people.visitor(base_url=of.url, timezone_id="Europe/Zagreb", **PHONE)
    page.goto(to)
    page.get_by_role("main").get_by_role("link", name="Sign up").click()
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(f"{name.split()[0].lower()}@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    expect(page).to_have_url(of.url + to)
    return page


def verified(of: Market, page: Page, handle: str, shots: Album | None = None) -> platforms.Fake:
    """A channel at YouTube, added by its address and proved by the code in its description."""
    channel = of.platforms.add("youtube", handle, followers=48_200)
    page.goto("/me/social_accounts")
    page.get_by_label("Platform").select_option("youtube")
    page.get_by_label("Address of your profile").fill(f"https://www.youtube.com/@{handle}")
    page.get_by_role("button", name="Add", exact=True).click()
    code = page.locator(".secret code").inner_text()
    page.get_by_role("button", name="Look now").click()
    expect(page.get_by_role("alert")).to_contain_text("was not found")
    if shots:
        shots.shoot("code", page)
    channel.bio = f"Tea, mostly. {code}"
    page.get_by_role("button", name="Look now").click()
    expect(page.get_by_role("status")).to_contain_text("it is yours")
    expect(page.get_by_role("main")).to_contain_text("48.2")
    return channel


def clicked(of: Market, people: People, short: str) -> str:
    """A visitor follows the short link to the shop; the id of the click that they carry."""
    page = people.visitor(user_agent=DESKTOP)
    page.goto(short)
    assert page.url.startswith(of.shop.url("/"))
    return str(page.evaluate("new URLSearchParams(location.search).get('hoko_id')"))


def bought(of: Market, click: str, customer: str, amount: int) -> None:
    """The shop's server tells of a lead and a sale."""
    who = {"customerExternalId": customer, "customerName": customer.title()}
    for what, told in (
        ("lead", {**who, "clickId": click, "eventName": "Sign up"}),
        ("sale", {**who, "amount": amount, "currency": "eur"}),
    ):
        of.shop.tell(what, told)
        assert of.shop.told[-1].status_code == 201, of.shop.told[-1].text


def token(page: Page) -> str:
    """A new access token of whoever is signed in."""
    page.goto("/me/access_tokens/new")
    page.get_by_label("What is it for?").fill("Books")
    page.get_by_role("button", name="Create token").click()
    return page.locator(".secret code").inner_text()


@dataclass(frozen=True)
class Books:
    """What the JSON API tells of the organization's money."""

    http: httpx.Client
    base: str

    def ask(self, path: str) -> Any:
        answer = self.http.get(f"{self.base}/{path}.json")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def balance(self) -> dict[str, int]:
        """Of the one currency; every entry of the ledger adds up to nothing, and so do the accounts."""
        entries, page = list[Any](), 1
        while True:
            answer = self.http.get(f"{self.base}/ledger.json", params={"page": page})
            assert answer.status_code == 200, answer.text
            entries += answer.json()
            if page >= int(answer.headers["Total-Pages"]):
                break
            page += 1
        sums: dict[str, int] = {}
        for entry in entries:
            assert sum(line["amount"] for line in entry["lines"]) == 0, entry
            for line in entry["lines"]:
                sums[line["account"]] = sums.get(line["account"], 0) + line["amount"]
        (told,) = self.ask("balances")
        assert told.pop("currency") == "eur"
        assert sum(sums.values()) == 0
        cash = told.pop("cash")
        assert cash == sums.pop("cash") == sum(told.values())
        assert {name: -amount for name, amount in sums.items() if amount} == {
            name: amount for name, amount in told.items() if amount
        }
        return {"cash": cash, **told}


@contextlib.contextmanager
def books(of: Market, secret: str) -> Iterator[Books]:
    headers = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=of.url, headers=headers) as http:
        yield Books(http, of.base)


def logged(page: Page) -> list[str]:
    """All steps in the event log, oldest first, as the console words them."""
    found: list[str] = []
    page.goto("/console/log")
    while True:
        found += page.locator("main .row-title").all_inner_texts()
        older = page.get_by_role("link", name="Older")
        if not older.count():
            return found[::-1]
        older.click()


def press(page: Page, name: str, said: str = "") -> None:
    """A button, then its question if it asks one; the page says what came of it."""
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()
    dialog = page.locator("dialog#confirm")
    page.wait_for_timeout(50)
    if dialog.is_visible():
        dialog.get_by_role("button", name=name).click()
    if said:
        expect(page.get_by_role("main").get_by_role("status")).to_contain_text(said)


def tile(page: Page, label: str) -> str:
    return page.locator(".tile", has=page.get_by_text(label, exact=True)).first.locator("dd").inner_text()


def state(page: Page) -> str:
    return page.locator("main .head .chip").first.inner_text()


def give_bank(page: Page, holder: str) -> None:
    page.goto("/me/earnings")
    page.get_by_label("Account holder").fill(holder)
    page.get_by_label("IBAN").fill(IBAN)
    press(page, "Keep it", "Kept under seal")


def pay_by_hand(there: Market, desk: Page, amount: str, shots: Album) -> None:
    desk.goto(there.base + "/money")
    shots.shoot("owed", desk)
    press(desk, "Pay out all", "1 payout is made")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Export what is to be paid").click()
    (row,) = csv.DictReader(io.StringIO(download.value.path().read_text()))
    assert IBAN.replace(" ", "") in " ".join(row.values())
    assert amount.removeprefix("€") in row.values()
    press(desk, "Mark as paid", "they are told")
    shots.shoot("money", desk)


def write_brief(page: Page) -> None:
    """A brief in the editor: a heading, a bold word, a list."""
    box = page.get_by_role("textbox", name="Brief")
    box.click()
    tools = page.get_by_role("toolbar", name="Format")
    tools.get_by_role("button", name="Heading").click()
    page.keyboard.type("Show the tea")
    page.keyboard.press("Enter")
    page.keyboard.type("In your own kitchen, with ")
    page.keyboard.press("Control+b")
    page.keyboard.type("steam")
    page.keyboard.press("Control+b")
    page.keyboard.press("Enter")
    tools.get_by_role("button", name="List", exact=True).click()
    page.keyboard.type("Say where the link is")
