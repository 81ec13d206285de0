"""Invoices for whoever has their address: the page, the PDF, and addresses that lead to nothing."""

import re
from collections.abc import Callable

import pytest

from hyway.console.billing import words
from hyway.console.billing.pdf import pdf
from hyway.domain import billing
from hyway.domain.billing import Account, Invoice
from hyway.kernel import clock
from hyway.kernel.clock import DAY
from hyway.kernel.db import Read, Write
from tests.console.conftest import PUBLIC, World
from tests.domain.conftest import later

__all__ = ["later"]
Later = Callable[[int], None]


def account(world: World) -> Account:
    def found(r: Read) -> Account:
        return billing.accounts.of(r, world.by.organization)

    return world.db.read_now(found)


def drafted(world: World, **fields: object) -> Invoice:
    """The invoice of a month on a plan that costs something, with a promo code and tax."""

    def made(w: Write) -> Invoice:
        of = billing.accounts.of(w, world.by.organization)
        code = billing.promos.create(w, "WELCOME", points=1_000).code
        billing.accounts.change(w, world.by, of.id, {"promo_codes": [code], **fields})
        billing.accounts.tax(w, world.by, of, 1_900)
        billing.subscriptions.put(w, world.by, of, "pro")
        found = billing.closing.close(w, of.seq, clock.now() + 40 * DAY)
        assert found is not None
        return found

    return world.db.write_now(made)


def issued(world: World, **fields: object) -> Invoice:
    made = drafted(world, **fields)

    def sent(w: Write) -> Invoice:
        billing.invoices.draft(w, made.seq, clock.now())
        billing.invoices.issued(w, made.seq, billing.payments.Issued(made.provider_id))
        return billing.invoices.named(w, made.id)

    return world.db.write_now(sent)


def address(world: World, of: Invoice) -> str:
    return billing.sheets.PATH + world.db.read_now(billing.sheets.token, of)


async def test_the_page_opens_for_who_is_nobody(world: World) -> None:
    made = issued(world, name="Books & <Sons>", address={"street_address": "1 Main Street", "country": "DE"})
    seen = await world.browser().see(address(world, made))
    assert seen.status_code == 200
    assert seen.headers["x-robots-tag"] == "noindex"
    assert "default-src 'self'" in seen.headers["content-security-policy"]
    for part in (
        f"Invoice {made.number}",
        "Books &amp; &lt;Sons&gt;",
        "1 Main Street",
        "Germany",
        "Pro plan",
        "Promo code WELCOME",
        "Tax, 19 %",
        ">Open<",
        f"and name {made.number}",
    ):
        assert part in seen.text, part
    assert made.total == made.subtotal - made.discount + made.tax
    assert f"<dt>Total</dt><dd>${made.total / 100:,.2f}</dd>" in seen.text
    assert PUBLIC.removeprefix("http://") in seen.text


async def test_the_pdf_opens(world: World) -> None:
    made = issued(world)
    seen = await world.browser().see(address(world, made) + ".pdf")
    assert (seen.status_code, seen.headers["content-type"]) == (200, "application/pdf")
    assert seen.headers["content-disposition"] == f'inline; filename="invoice-{made.number}.pdf"'
    assert seen.content.startswith(b"%PDF-")
    assert seen.content.rstrip().endswith(b"%%EOF")


async def test_a_draft_and_what_has_become_of_an_invoice(world: World) -> None:
    made = drafted(world)
    at, browser = address(world, made), world.browser()
    assert "nothing is to be paid yet" in (await browser.see(at)).text
    world.db.write_now(billing.invoices.void, world.by, made.id)
    assert "This invoice is void" in (await browser.see(at)).text


async def test_a_paid_one_says_thank_you(world: World) -> None:
    made = issued(world)
    world.db.write_now(billing.invoices.paid, world.by, made.id)
    text = (await world.browser().see(address(world, made))).text
    assert "Paid. Thank you." in text
    assert "<dt>Due</dt>" not in text


async def test_it_is_to_whom_it_was_issued_to(world: World) -> None:
    """Whatever they call themselves later, and wherever they move to."""
    made = issued(world, name="Old Name", address={"street_address": "1 Main Street", "country": "DE"})

    def moved(w: Write) -> None:
        of = billing.accounts.of(w, world.by.organization)
        more = {"name": "New Name", "phone": "+49 1234567", "address": {"country": "FR"}}
        billing.accounts.change(w, world.by, of.id, more)

    world.db.write_now(moved)
    text = (await world.browser().see(address(world, made))).text
    assert "Old Name" in text
    assert "1 Main Street" in text
    assert not {"New Name", "+49 1234567", "France"} & set(re.findall(r"New Name|\+49 1234567|France", text))


async def test_an_address_ends(world: World, later: Later) -> None:
    at, browser = address(world, issued(world)), world.browser()
    later(29 * DAY)
    assert (await browser.see(at)).status_code == 200
    later(2 * DAY)
    for end in ("", ".pdf"):
        assert (await browser.see(at + end)).status_code == 404


async def test_what_is_no_address(world: World) -> None:
    made = issued(world)
    token = world.db.read_now(billing.sheets.token, made)
    other = made.id[:-1] + ("0" if made.id[-1] != "0" else "1")
    browser = world.browser()
    for wrong in (
        token[:-1],
        token + "x",
        token.replace(made.id, other),
        re.sub(r"-\d+\.", "-99999.", token),
        made.id,
        "x",
        "%00",
        "é",
        world.db.seal.sign("anything", "invoice"),
        world.db.seal.sign(token.rpartition(".")[0], "another purpose"),
    ):
        for end in ("", ".pdf"):
            assert (await browser.see(billing.sheets.PATH + wrong + end)).status_code == 404, wrong


@pytest.mark.parametrize(
    "name",
    [
        "Ünïcode Ğarages ΑΒΓ Ж",
        "شركة الاختبار 42",
        "株式会社",
        "x" * 100,
        "\u202eabc",
        "👩‍💻",
        "W" * 5_000,
        "شركة" * 300,
        "שלום",
        "한국어 ไทย हिन्दी",
        "a\u0300" * 200,
        "\u200b",
        "\x00\x01\x1b\x7f",
        "a\tb\r\nc",
        "\ufeff\uffff\U0010ffff",
        "شركة 👩‍💻 A\u202e",
        "**b** <a href='javascript:x'>y</a> {nb}",
        "",
    ],
)
def test_any_name_has_a_pdf(world: World, name: str) -> None:
    made = issued(world)
    of = account(world)
    paper = words.paper(of, made, PUBLIC)
    strange = words.Paper(
        paper.number, paper.status, paper.look, paper.seller, (name, name), paper.dates, paper.rows * 40,
        paper.sums, paper.total, name, is_american=True,
    )  # fmt: skip
    assert pdf(strange).startswith(b"%PDF-")
