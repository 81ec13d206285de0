"""`/hooks/stripe` for billing accounts: what a server of Stripe's wire itself sends, and what forgers do."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from hyway import main
from hyway.domain import billing, identity
from hyway.domain.billing import closing, invoices, subscriptions
from hyway.kernel.clock import HOUR
from hyway.kernel.db import Database
from hyway.settings import Settings
from tests.make import localstripe
from tests.make.localstripe import Local
from tests.make.people import somebody
from tests.make.receiver import receiving
from tests.make.stripe import KEY, SECRET, event, signature


@dataclass
class Owing:
    """An account that is a customer of Stripe's, and owes."""

    db: Database
    client: httpx.AsyncClient
    account: billing.Account
    draft: billing.Invoice

    @property
    def status(self) -> str:
        return self.db.read_now(invoices.named, self.draft.id).status

    def about(self, status: str) -> dict[str, Any]:
        return {
            "id": "in_1",
            "object": "invoice",
            "status": status,
            "customer": "cus_1",
            "total": self.draft.total,
            "currency": "usd",
            "metadata": {"invoice": self.draft.id},
        }

    def body(self, status: str, id: str = "evt_1") -> bytes:
        told = json.loads(event(id, f"invoice.{status}", self.about(status)))
        return json.dumps({**told, "created": int(time.time())}).encode()

    async def send(self, body: bytes, signed: str) -> int:
        return (
            await self.client.post("/hooks/stripe", content=body, headers={"Stripe-Signature": signed})
        ).status_code


@pytest.fixture
def local() -> Iterator[Local]:
    made = localstripe.serving()
    made.forget()
    yield made
    made.forget()


@pytest.fixture
async def owing(database_url: str, tmp_path: Path) -> AsyncIterator[Owing]:
    environ = {"HYWAY_STRIPE_KEY": KEY, "HYWAY_STRIPE_WEBHOOK_SECRET": SECRET, "HYWAY_LOG": "text"}
    settings = Settings.read({**environ, "HYWAY_DATABASE_URL": database_url}, tmp_path)
    main.prepare(settings)
    db = main.open_database(settings)
    made = db.write_now(identity.organizations.establish, somebody(db, "Ann"), {"name": "Acme"})
    account = db.read_now(billing.accounts.of, made.seq)
    db.write_now(billing.accounts.became, account, "cus_1")
    db.write_now(subscriptions.put, identity.command_line(made), account, "pro")
    ends = db.read_now(subscriptions.of, account).closes_at
    draft = db.write_now(closing.close, account.seq, ends + 2 * HOUR)
    assert draft is not None
    transport = httpx.ASGITransport(app=main.build(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        yield Owing(db, client, account, draft)
    db.close()


async def test_signed_once_replayed_late_and_forged(owing: Owing) -> None:
    opened, paid = owing.body("open", "evt_1"), owing.body("paid", "evt_2")
    now = int(time.time())
    for forged in ("", "t=1,v1=00", f"t={now},v1={'0' * 64}", signature(paid, secret="whsec_other")):
        assert await owing.send(paid, forged) == 400
    assert await owing.send(paid.replace(b"paid", b"open", 1), signature(paid)) == 400, "changed on its way"
    assert await owing.send(paid, signature(paid, now - 301)) == 400, "an old signature is a replay"
    assert await owing.send(paid, signature(paid, now + 900)) == 400
    assert owing.status == "Draft"
    for _ in range(3):
        assert await owing.send(paid, signature(paid)) == 200
        assert owing.status == "Paid"
    assert await owing.send(opened, signature(opened)) == 200
    assert owing.status == "Paid", "what comes late changes nothing"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{}", b"{", b'{"id": "evt_1", "type": []}', b"\xff\x00"]
)
async def test_signed_nonsense_is_no_error_of_ours(owing: Owing, body: bytes) -> None:
    assert await owing.send(body, signature(body)) in (200, 400)
    assert owing.status == "Draft"


async def test_events_as_a_server_of_the_wire_sends_them(owing: Owing, local: Local) -> None:
    """localstripe signs with its own code, and sends a second after the invoice was finalized and settled."""
    customer = local.ask("POST", "/v1/customers", {"email": "ann@acme.example"})
    owing.db.write_now(billing.accounts.became, owing.account, customer["id"])
    draft = {"customer": customer["id"], "currency": "usd", "number": "A-1", "auto_advance": "false"}
    draft |= {"collection_method": "send_invoice", "due_date": str(int(time.time()) + 1_000)}
    draft |= {"pending_invoice_items_behavior": "exclude", "metadata[invoice]": owing.draft.id}
    line = {"lines[0][amount]": str(owing.draft.total), "lines[0][description]": "All"}
    line |= {f"lines[0][period][{name}]": str(int(time.time())) for name in ("start", "end")}
    with receiving() as receiver:
        local.tell(receiver.url, SECRET)
        made = local.ask("POST", "/v1/invoices", draft)
        for what, form in (("add_lines", line), ("finalize", {}), ("pay", {"paid_out_of_band": "true"})):
            local.ask("POST", f"/v1/invoices/{made['id']}/{what}", form)
        deadline = time.monotonic() + 20
        while len(receiver.received) < 4 and time.monotonic() < deadline:
            time.sleep(0.05)
    statuses = []
    for each in reversed(receiver.received):
        assert await owing.send(each.body, each.headers["Stripe-Signature"]) == 200
        statuses.append((json.loads(each.body)["type"], owing.status))
    kinds = {"customer.created", "invoice.created", "invoice.finalized", "invoice.paid"}
    assert {kind for kind, _ in statuses} == kinds
    assert owing.status == "Paid"
    assert owing.db.read_now(invoices.named, owing.draft.id).provider_id == made["id"]
