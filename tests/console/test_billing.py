"""The page of billing: what it shows to whom, and what its forms do."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from hyway import console
from hyway.domain import billing, identity
from hyway.kernel import clock
from hyway.kernel.outgoing import Outgoing
from tests.console.conftest import PUBLIC, Browser, World
from tests.console.test_billing_sheet import account, issued

PAGE = "/console/billing"


@pytest.fixture(autouse=True)
async def _reached(world: World) -> AsyncIterator[None]:
    """Payments are asked for by the way out."""
    app: Any = console.app(world.db, public_url=PUBLIC, outgoing=Outgoing(lambda _: False))
    clients: list[httpx.AsyncClient] = []

    def browser() -> Browser:
        clients.append(httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC))
        return Browser(clients[-1])

    world.browser = browser
    yield
    for each in clients:
        await each.aclose()


async def said(browser: Browser) -> str:
    """What the page before has left to say."""
    text = (await browser.see(PAGE)).text
    found = re.search(r'<p class="said" role="status">.*?</svg>(.*?)</p>', text, re.DOTALL)
    return found[1] if found else ""


def on_pro(world: World, counted: int = 0) -> None:
    world.db.write_now(billing.subscriptions.put, world.by, account(world), "pro")
    day = billing.cycles.day(clock.now())
    world.db.write_now(billing.meters.add, [(world.by.organization, "toggle.evaluations", day, counted)])


async def test_a_new_account(owner: Browser) -> None:
    seen = await owner.see(PAGE)
    assert seen.status_code == 200
    for part in ("Northwind", "Toggle evaluations", "owner@north.example", "None yet.", "Choose Business"):
        assert part in seen.text, part


async def test_what_was_used_and_what_it_comes_to(world: World, owner: Browser) -> None:
    on_pro(world, 250_000)
    before = world.db.read_now(billing.closing.preview, account(world)).forecast.total
    text = (await owner.see(PAGE)).text
    assert re.search(r"<b>250,000</b> of 1,000,000 included</span>", text)
    assert 'value="25.0"' in text
    preview = world.db.read_now(billing.closing.preview, account(world))
    assert f"${preview.bill.total / 100:.2f}" in text
    forecast = re.search(r'class="meter-total forecast">\$([0-9.,]+)<', text)
    assert forecast
    cents = round(float(forecast[1].replace(",", "")) * 100)
    assert preview.forecast.total <= cents <= before, "the pace of the same use falls as time goes by"
    assert '<rect class="ahead"' in text


async def test_invoices_lead_to_their_pages(world: World, owner: Browser) -> None:
    made = issued(world)
    text = (await owner.see(PAGE)).text
    found = re.search(rf'href="(/billing/invoices/[^"]+)">{made.number}<', text)
    assert found
    assert f"Invoice {made.number}" in (await world.browser().see(found[1])).text
    assert f'href="{found[1]}.pdf"' in text


async def test_who_may_see_it(world: World, owner: Browser, member: Browser) -> None:
    assert f'href="{PAGE}"' in (await owner.see("/console")).text
    assert f'href="{PAGE}"' not in (await member.see("/console")).text
    assert (await member.see(PAGE)).status_code == 403
    await member.see("/console/sessions")
    for path in ("/plan/pro", "/status/Paused", "/details", "/owners", "/methods"):
        sent = await member.send(PAGE + path, confirmed="yes", kind="transfer", email="member@north.example")
        assert sent.status_code in (303, 403, 404), path
    of = account(world)
    assert world.db.read_now(billing.subscriptions.of, of).status == "Active"
    assert world.db.read_now(billing.paying.of, of) == []
    assert [each.email for each in world.db.read_now(billing.owners.of, of)] == ["owner@north.example"]


async def test_an_owner_who_has_no_role_for_it_sees_it(world: World, owner: Browser, member: Browser) -> None:
    await owner.see(PAGE)
    await owner.send(f"{PAGE}/owners", email="member@north.example")
    assert await said(owner) == "Member is an owner of the account now."
    text = (await member.see(PAGE)).text
    assert "Choose Pro" in text
    one = next(each for each in world.db.read_now(billing.owners.of, account(world)) if each.name == "Member")
    asked = await owner.send(f"{PAGE}/owners/{one.id}/remove")
    assert "This person can then do nothing" in asked.text
    await owner.send(f"{PAGE}/owners/{one.id}/remove", confirmed="yes")
    assert (await member.see(PAGE)).status_code == 403


async def test_owners_that_cannot_come_or_go(world: World, owner: Browser) -> None:
    await owner.see(PAGE)
    for email, text in (
        ("nobody@example.com", "Nobody here signs in with nobody@example.com."),
        ("owner@north.example", "This person is an owner of the billing account already."),
        ("x", "Is no e-mail address."),
    ):
        await owner.send(f"{PAGE}/owners", email=email)
        assert await said(owner) == text
    (last,) = world.db.read_now(billing.owners.of, account(world))
    await owner.send(f"{PAGE}/owners/{last.id}/remove", confirmed="yes")
    assert await said(owner) == "The last owner of a billing account cannot be removed."


async def test_a_plan_is_chosen_after_a_question(world: World, owner: Browser) -> None:
    await owner.see(PAGE)
    asked = await owner.send(f"{PAGE}/plan/business")
    assert "Put all organizations of the account on the plan Business?" in asked.text
    assert world.db.read_now(billing.subscriptions.of, account(world)).plan != "business"
    await owner.send(f"{PAGE}/plan/business", confirmed="yes")
    assert await said(owner) == "The plan is Business now."
    assert world.db.read_now(identity.organization, world.by).plan == "business"
    await owner.send(f"{PAGE}/plan/self-hosted", confirmed="yes")
    assert await said(owner) == "Must be one of free, pro, business."
    assert world.db.read_now(identity.organization, world.by).plan == "business"


async def test_a_subscription_is_paused_and_goes_on(world: World, owner: Browser) -> None:
    on_pro(world)
    text = (await owner.see(PAGE)).text
    assert f'action="{PAGE}/status/Paused"' in text
    assert f'action="{PAGE}/status/Active"' not in text
    for status in ("Paused", "Active", "Canceled"):
        await owner.send(f"{PAGE}/status/{status}", confirmed="yes")
        assert await said(owner) == f"The subscription is {status.lower()} now."
    await owner.send(f"{PAGE}/status/Paused", confirmed="yes")
    assert await said(owner) == "A subscription that is Canceled cannot become Paused this way."
    assert (await owner.send(f"{PAGE}/status/PastDue", confirmed="yes")).status_code == 404


async def test_ways_to_pay(world: World, owner: Browser) -> None:
    await owner.see(PAGE)
    card = {"kind": "card", "card_type": "Visa", "last4": "4242", "expiration": "2035-12"}
    await owner.send(f"{PAGE}/methods", **card)
    await owner.send(f"{PAGE}/methods", kind="transfer")
    text = (await owner.see(PAGE)).text
    assert "Visa ending in 4242" in text
    assert "Bank transfer" in text
    visa, transfer = world.db.read_now(billing.paying.of, account(world))
    assert (visa.is_default, transfer.is_default) == (True, False)
    await owner.send(f"{PAGE}/methods/{transfer.provider_id}/default")
    await owner.send(f"{PAGE}/methods/{transfer.provider_id}/remove", confirmed="yes")
    assert "cannot be removed" in await said(owner)
    asked = await owner.send(f"{PAGE}/methods/{visa.provider_id}/remove")
    assert "Remove this way to pay?" in asked.text
    await owner.send(f"{PAGE}/methods/{visa.provider_id}/remove", confirmed="yes")
    assert [each.provider_id for each in world.db.read_now(billing.paying.of, account(world))] == [
        transfer.provider_id
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "card", "card_type": "Visa", "last4": "42", "expiration": "2035-12"},
        {"kind": "card", "card_type": "Nobody", "last4": "4242", "expiration": "2035-12"},
        {"kind": "card", "card_type": "Visa", "last4": "4242", "expiration": "soon"},
        {},
    ],
)
async def test_what_is_no_way_to_pay(world: World, owner: Browser, fields: dict[str, str]) -> None:
    await owner.see(PAGE)
    assert (await owner.send(f"{PAGE}/methods", **fields)).status_code == 303
    assert await said(owner)
    assert world.db.read_now(billing.paying.of, account(world)) == []


async def test_a_card_of_nobody_is_entered_nowhere(world: World, owner: Browser, member: Browser) -> None:
    await owner.see(PAGE)
    await owner.send(f"{PAGE}/cards")
    assert await said(owner) == "This server takes no cards itself."
    for page in ("page_0", "page_" + "0" * 24, "%00"):
        assert (await owner.see(f"{PAGE}/cards/{page}")).status_code == 404
    await member.see("/console/sessions")
    assert (await member.send(f"{PAGE}/cards")).status_code in (403, 404)


async def test_who_pays(world: World, owner: Browser) -> None:
    world.db.write_now(billing.promos.create, "WELCOME", points=1_000)
    await owner.see(PAGE)
    fields = {
        "name": "Books", "email": "books@example.com", "phone": "+49 30 1234", "street_address": "Hauptstraße 1",
        "postal_code": "10115", "locality": "Berlin", "region": "", "country": "de", "promo_codes": "welcome",
    }  # fmt: skip
    assert (await owner.send(f"{PAGE}/details", **fields)).status_code == 303
    of = account(world)
    assert (of.name, of.phone) == ("Books", "+49 30 1234")
    assert of.address == billing.Address("Hauptstraße 1", "Berlin", "", "10115", "DE")
    assert world.db.read_now(billing.promos.of, of) == ("WELCOME",)
    for field, wrong, text in (
        ("email", "nobody", "Is no e-mail address."),
        ("country", "Germany", "Two letters, such as DE."),
        ("promo_codes", "welcome free", "There is no such code, or it is over."),
        ("name", "", "Is missing."),
    ):
        answer = await owner.send(f"{PAGE}/details", **{**fields, field: wrong})
        assert answer.status_code == 422
        assert re.search(rf'id="wrong-{field}">{re.escape(text)}<', answer.text), field
        assert f'value="{wrong}"' in answer.text
    assert account(world) == of


async def test_a_form_of_another_site_does_nothing(world: World, owner: Browser) -> None:
    await owner.see(PAGE)
    sent = await owner.send(f"{PAGE}/status/Canceled", csrf="0" * 40, confirmed="yes")
    assert sent.status_code == 403
    assert world.db.read_now(billing.subscriptions.of, account(world)).status == "Active"
