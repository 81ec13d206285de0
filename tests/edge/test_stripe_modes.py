"""Events that are signed rightly, and yet nothing to this server: of another mode, or of an account that is connected
with ours and may call its things whatever it likes."""

import json
import time
from typing import Any

import pytest

from hyway.domain.billing import invoices
from hyway.domain.creators import money
from tests.edge.test_stripe import client, settings, till
from tests.edge.test_stripe_billing import Owing, owing
from tests.make import stripe
from tests.make.money import Till
from tests.make.stripe import signature

__all__ = ["client", "owing", "settings", "till"]  # fixtures


def event(named: str, kind: str, about: dict[str, Any], **more: Any) -> bytes:
    told = json.loads(stripe.event(named, kind, about))
    return json.dumps({**told, "created": int(time.time()), **more}).encode()


async def heard(of: Any, body: bytes) -> int:
    sent = await of.post("/hooks/stripe", content=body, headers={"Stripe-Signature": signature(body)})
    return int(sent.status_code)


@pytest.mark.parametrize(
    "foreign", [{"livemode": True}, {"account": "acct_connected"}, {"context": "acct_1"}]
)
async def test_a_bill_is_paid_by_its_own_account_in_its_own_mode(
    owing: Owing, foreign: dict[str, Any]
) -> None:
    about = owing.about("paid")
    body = event("evt_1", "invoice.paid", about, **foreign)
    assert await heard(owing.client, body) == 200
    assert owing.status == "Draft"
    body = event("evt_1", "invoice.paid", about, livemode=False)
    assert await heard(owing.client, body) == 200
    assert owing.status == "Paid", "the other one has not used up the event's id"


@pytest.mark.parametrize("foreign", [{"livemode": True}, {"account": "acct_connected"}])
async def test_a_funding_is_paid_to_ourselves(client: Any, till: Till, foreign: dict[str, Any]) -> None:
    asked = till.db.write_now(money.fund, till.by, "campaign", till.campaign, till.currency, 10_000, "stripe")
    about = {
        "id": "cs_1",
        "client_reference_id": str(asked.seq),
        "payment_status": "paid",
        "payment_intent": "pi_1",
        "amount_total": 10_000,
        "currency": "usd",
    }
    body = event("evt_1", "checkout.session.completed", about, **foreign)
    assert await heard(client, body) == 200
    assert till.budget() == (0, 0)
    till.db.close()


@pytest.mark.parametrize(
    "odd", [{"data": []}, {"data": "x"}, {"data": {"object": 7}}, {"id": "evt\0"}, {"id": "e" * 300}]
)
async def test_what_is_signed_and_odd_does_not_come_again(owing: Owing, odd: dict[str, Any]) -> None:
    for kind in ("invoice.paid", "transfer.created", "checkout.session.completed"):
        assert await heard(owing.client, event("evt_1", kind, owing.about("paid"), **odd)) == 200
    assert owing.status == "Draft"


async def test_pages_that_are_none_are_not_kept(owing: Owing) -> None:
    about = {
        **owing.about("open"),
        "hosted_invoice_url": "https://x\0.example",
        "invoice_pdf": "https://" + "x" * 5_000,
    }
    assert await heard(owing.client, event("evt_1", "invoice.finalized", about)) == 200
    found = owing.db.read_now(invoices.named, owing.draft.id)
    assert (found.status, found.http, found.pdf) == ("Open", "", "")
