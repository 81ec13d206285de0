"""`/hooks/stripe` before the whole server: signed events count once, all others for nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from hyway import main
from hyway.domain import identity
from hyway.domain.creators import money
from hyway.kernel.faults import Invalid
from hyway.settings import Settings
from tests.make.money import Till, till_at
from tests.make.stripe import KEY, SECRET, event, signature

ENVIRON = {
    "HYWAY_STRIPE_KEY": KEY,
    "HYWAY_STRIPE_WEBHOOK_SECRET": SECRET,
    "HYWAY_PLATFORM_FEE": "2.5",
    "HYWAY_LOG": "text",
}


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings.read({**ENVIRON, "HYWAY_DATABASE_URL": database_url}, tmp_path)


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    main.prepare(settings)
    transport = httpx.ASGITransport(app=main.build(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as made:
        yield made


@pytest.fixture
def till(settings: Settings, client: httpx.AsyncClient) -> Till:
    db = main.open_database(settings)
    by = identity.command_line(db.write_now(identity.found_organization, "Ours"))
    return till_at(db, by)


async def test_a_signed_event_counts_once(client: httpx.AsyncClient, till: Till) -> None:
    asked = till.db.write_now(money.fund, till.by, "campaign", till.campaign, till.currency, 10_000, "stripe")
    about = {
        "id": "cs_1",
        "client_reference_id": str(asked.seq),
        "payment_status": "paid",
        "payment_intent": "pi_1",
        "amount_total": 10_000,
        "currency": "usd",
    }
    body = event("evt_1", "checkout.session.completed", about)
    forged = await client.post("/hooks/stripe", content=body, headers={"Stripe-Signature": "t=1,v1=00"})
    assert forged.status_code == 400
    assert (await client.post("/hooks/stripe", content=body)).status_code == 400
    assert till.budget() == (0, 0)
    for _ in range(2):
        heard = await client.post(
            "/hooks/stripe", content=body, headers={"Stripe-Signature": signature(body)}
        )
        assert heard.status_code == 200, heard.text
    assert till.budget() == (9_750, 9_750), "the platform keeps 2.5 percent"
    assert till.wrong() == []
    till.db.close()


async def test_other_requests_are_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get("/hooks/stripe")).status_code == 405
    assert (await client.post("/hooks/others")).status_code == 404
    long = b"x" * 1_000_001
    assert (await client.post("/hooks/stripe", content=long)).status_code == 413
    odd = event("evt_9", "charge.succeeded", {"id": "ch_1"})
    heard = await client.post("/hooks/stripe", content=odd, headers={"Stripe-Signature": signature(odd)})
    assert heard.status_code == 200


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("HYWAY_PLATFORM_FEE", "-1"),
        ("HYWAY_PLATFORM_FEE", "100.01"),
        ("HYWAY_PLATFORM_FEE", "2.555"),
        ("HYWAY_PLATFORM_FEE", "two"),
        ("HYWAY_BILLING", "stripe"),
        ("HYWAY_BILLING", "paypal"),
        ("HYWAY_STRIPE_URL", "api.stripe.com"),
        ("HYWAY_STRIPE_URL", "https://api.stripe.com/v1"),
    ],
)
def test_settings_that_are_none(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(Invalid) as no:
        Settings.read({name: said}, tmp_path)
    assert no.value.field == name


def test_settings(tmp_path: Path) -> None:
    made = Settings.read({**ENVIRON, "HYWAY_STRIPE_KEY": "sk/1@x"}, tmp_path)
    assert made.services["stripe"] == "https://sk%2F1%40x@api.stripe.com"
    assert made.terms["platform_fee"] == 250
    assert "stripe" not in Settings.read({}, tmp_path).services


def test_a_key_alone_is_for_creators(tmp_path: Path) -> None:
    assert "billing" not in Settings.read(ENVIRON, tmp_path).services
    both = Settings.read({**ENVIRON, "HYWAY_BILLING": "stripe"}, tmp_path).services
    assert both["billing"] == both["stripe"]
