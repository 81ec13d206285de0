"""Billing accounts: what they show, what changes them, and what is refused with nothing half done."""

from typing import Any

import httpx
import pytest

from hyway.domain import billing
from hyway.domain.billing import Account, Invoice
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR
from hyway.kernel.db import Read, Write
from tests.apis.hyphen.conftest import Acme, World, refused

GONE = "Resource with id '{}' not found or you do not have permission to access it."
ADDRESS = {"streetAddress": "1 Main Street", "locality": "Springfield", "country": "US"}
TRANSFER = {"confirmationToken": "offline_transfer"}


def account(of: World) -> Account:
    def found(r: Read) -> Account:
        return billing.accounts.of(r, of.organization.seq)

    return of.db.read_now(found)


def path(of: World) -> str:
    return f"/api/billing-accounts/{account(of).id}"


def card(of: World, last4: str = "4242") -> dict[str, str]:
    """What is sent for a card."""
    verb = billing.paying.token
    token = of.db.read_now(verb, of.by, account(of).id, "Visa", last4, "2035-12")
    return {"confirmationToken": token}


def invoiced(of: World, plan: str = "pro") -> Invoice:
    """The month's, on that plan, as the background work makes and issues it."""

    def made(w: Write) -> Invoice:
        paying, now = account(of), clock.now() + 40 * DAY
        billing.subscriptions.put(w, of.by, paying, plan)
        drawn = billing.closing.close(w, paying.seq, now)
        assert drawn is not None
        billing.invoices.draft(w, drawn.seq, clock.now())
        billing.invoices.issued(w, drawn.seq, billing.payments.Issued(drawn.provider_id))
        return billing.invoices.named(w, drawn.id)

    return of.db.write_now(made)


async def shown(client: httpx.AsyncClient, at: str) -> dict[str, Any]:
    answer = await client.get(at)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_a_new_account(acme: Acme) -> None:
    async with acme.client(of=acme.owner) as owner:
        told = await shown(owner, path(acme))
        listed = await shown(owner, "/api/billing-accounts")
        seen = await shown(owner, f"{acme.base}/billing-account")
    assert listed == {"total": 1, "pageNum": 1, "pageSize": 100, "data": [told]}
    assert seen == told
    cycle = billing.cycles.running(account(acme).created_at, clock.now())
    begins = clock.text(cycle.starts_at).replace("Z", ".000Z")
    running = told["subscription"].pop("cycles")
    assert [(each["id"], each["startDate"], each["invoicePreviewAmountDue"]) for each in running] == [
        (1, begins, 0)
    ]
    assert running[0]["endDate"].endswith("T23:59:59.999Z")
    assert told.pop("subscription").keys() == {"providerId", "startDate", "status"}
    # What is not known is absent, not null.
    assert told == {
        "id": account(acme).id,
        "name": "Acme",
        "email": account(acme).email,
        "provider": "Offline",
        "providerId": account(acme).id,
        "paymentMethods": [],
        "owners": [{"userId": acme.owner.wire_id, "name": "Olga", "email": "olga@example.com"}],
        "invoices": [],
    }


async def test_pages_of_accounts(acme: Acme) -> None:
    async with acme.client(of=acme.owner) as owner:
        for name in ("Second", "Third"):
            sent = {"name": name, "billingAccount": {"name": name, "email": "books@example.com"}}
            assert (await owner.post("/api/organizations/", json=sent)).status_code == 201
        first = await shown(owner, "/api/billing-accounts?pageSize=2")
        second = await shown(owner, "/api/billing-accounts/?pageSize=2&pageNum=2")
        past = await shown(owner, "/api/billing-accounts/?pageNum=9")
        refused(
            await owner.get("/api/billing-accounts/?pageSize=0"), 400, "querystring/pageSize must be >= 1"
        )
    assert [each["name"] for page in (first, second) for each in page["data"]] == ["Acme", "Second", "Third"]
    assert (first["total"], past["total"], past["data"]) == (3, 3, [])
    async with acme.client(of=acme.admin) as admin, acme.client() as program, acme.stranger() as stranger:
        for client in (admin, program, stranger):
            assert (await shown(client, "/api/billing-accounts/"))["total"] == 0


async def test_two_organizations_of_one_account(acme: Acme) -> None:
    async with acme.client(of=acme.owner) as owner:
        sent = {"name": "Second", "billingAccount": {"id": account(acme).id}, "createDefaultProject": True}
        made = (await owner.post("/api/organizations/", json=sent)).json()
        assert made["billingAccount"]["id"] == account(acme).id
        used = await shown(owner, f"{path(acme)}/usage")
        projects = await shown(owner, f"/api/organizations/{made['id']}/projects/")
        seen = await shown(owner, f"/api/organizations/{made['id']}/billing-account")
    assert [each["organization"]["name"] for each in used["organizations"]] == ["Acme", "Second"]
    assert projects["total"] == 1
    assert seen["id"] == account(acme).id


@pytest.mark.parametrize(
    ("paying", "said"),
    [
        ({}, "body/billingAccount must match exactly one schema in oneOf"),
        ({"name": "Books"}, "body/billingAccount must match exactly one schema in oneOf"),
        ("bill_1", "body/billingAccount must match exactly one schema in oneOf"),
        (None, "body/billingAccount must match exactly one schema in oneOf"),
    ],
)
async def test_an_organization_is_paid_for_by_one_of_two(acme: Acme, paying: Any, said: str) -> None:
    async with acme.client(of=acme.owner) as owner:
        sent = {"name": "Second", "billingAccount": paying}
        refused(await owner.post("/api/organizations/", json=sent), 400, said)


async def test_another_persons_account_pays_for_nothing(acme: Acme) -> None:
    id = account(acme).id
    async with acme.client(of=acme.admin) as admin:
        answer = await admin.post("/api/organizations/", json={"name": "Mine", "billingAccount": {"id": id}})
    refused(answer, 404)


async def test_what_changes(acme: Acme) -> None:
    acme.db.write_now(billing.promos.create, "WELCOME", points=1_000)
    sent = {
        "name": " Books ",
        "email": "books@example.com",
        "phone": "+1 (555) 010-1234",
        "address": ADDRESS,
        "promoCodes": ["welcome"],
        "unknown": True,
    }
    async with acme.client(of=acme.owner) as owner:
        changed = (await owner.patch(f"{path(acme)}/", json=sent)).json()
        assert changed == await shown(owner, path(acme))
        # Absent is not null: what is not mentioned stays, null takes away.
        assert (await owner.patch(path(acme), json={})).json() == changed
        less = (await owner.patch(path(acme), json={"phone": None, "address": {"country": "DE"}})).json()
        least = (await owner.patch(path(acme), json={"address": None, "promoCodes": None})).json()
    told = {name: changed[name] for name in ("name", "email", "phone", "address")}
    assert told == {
        "name": "Books",
        "email": "books@example.com",
        "phone": "+1 (555) 010-1234",
        "address": ADDRESS,
    }
    assert ("phone" in less, less["address"]) == (False, {"country": "DE"})
    assert "address" not in least
    assert acme.db.read_now(billing.promos.of, account(acme)) == ()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": ""}, "body/name must NOT have fewer than 1 characters"),
        ({"name": None}, "body/name must be string"),
        ({"email": "nobody"}, 'body/email must match format "email"'),
        ({"phone": "call me"}, "body/phone must be a phone number"),
        ({"address": "here"}, "body/address must be object"),
        ({"address": {"country": "usa"}}, 'body/address/country must match pattern "^[A-Z]{2}$"'),
        ({"address": {"region": "x" * 201}}, "body/address/region must NOT have more than 200 characters"),
        ({"promoCodes": "A"}, "body/promoCodes must be array"),
        ({"promoCodes": ["GOOD", "BAD"]}, "body/promoCodes/1 must be a promo code that is valid"),
        ({"promoCodes": [7]}, "body/promoCodes/0 must be string"),
        ({"promoCodes": ["A"] * 11}, "body/promoCodes must NOT have more than 10 items"),
    ],
)
async def test_what_is_wrong_changes_nothing(acme: Acme, sent: dict[str, Any], said: str) -> None:
    acme.db.write_now(billing.promos.create, "GOOD", points=1_000)
    async with acme.client(of=acme.owner) as owner:
        before = await shown(owner, path(acme))
        refused(await owner.patch(path(acme), json={"phone": "+1 555 0101", **sent}), 400, said)
        assert await shown(owner, path(acme)) == before
    assert acme.db.read_now(billing.promos.of, account(acme)) == ()


_OPERATIONS = (
    ("GET", "/", None),
    ("PATCH", "/", {"name": "Mine"}),
    ("GET", "/usage", None),
    ("PUT", "/subscription/status", {"status": "Canceled"}),
    ("POST", "/owners/", {"email": "adam@example.com"}),
    ("DELETE", "/owners/{owner}/", None),
    ("POST", "/payment-methods/", TRANSFER),
    ("PATCH", "/payment-methods/{method}/", {"isDefault": True}),
    ("DELETE", "/payment-methods/{method}/", None),
    ("GET", "/invoices/{invoice}/urls", None),
)


@pytest.mark.parametrize(("method", "end", "sent"), _OPERATIONS)
async def test_who_owns_no_account_is_told_of_none(acme: Acme, method: str, end: str, sent: Any) -> None:
    invoice = invoiced(acme).provider_id
    async with acme.client(of=acme.owner) as owner:
        way = (await owner.post(f"{path(acme)}/payment-methods", json=card(acme))).json()["providerId"]
        before = await shown(owner, path(acme))
        at = path(acme) + end.format(owner=acme.owner.wire_id, method=way, invoice=invoice)
        for client in (acme.client(of=acme.admin), acme.client(), acme.stranger()):
            async with client:
                answer = await client.request(method, at, json=sent)
                refused(answer, 404, GONE.format(account(acme).id))
        async with acme.client("") as nobody:
            refused(await nobody.request(method, at, json=sent), 401)
        assert await shown(owner, path(acme)) == before


@pytest.mark.parametrize("id", ["bill_" + "0" * 24, "bill_x", "..%2F..", "%00", "x" * 300])
async def test_no_such_account(acme: Acme, id: str) -> None:
    async with acme.client(of=acme.owner) as owner:
        refused(await owner.get(f"/api/billing-accounts/{id}/"), 404)
        refused(await owner.patch(f"/api/billing-accounts/{id}", json={"name": "Mine"}), 404)


async def test_who_sees_an_organizations_account(acme: Acme) -> None:
    at = f"{acme.base}/billing-account"
    urls = f"{at}/invoices/{invoiced(acme).provider_id}/urls"
    async with acme.client(acme.new_key("OrganizationBilling")) as books:
        assert (await shown(books, at))["id"] == account(acme).id
        assert (await shown(books, urls)).keys() == {"http", "pdf"}
    for client in (acme.client(acme.new_key("OrganizationMember")), acme.client(of=acme.member)):
        async with client:
            refused(await client.get(at), 403)
            refused(await client.get(urls), 403)
    async with acme.stranger() as stranger:
        refused(await stranger.get(at), 404, GONE.format(acme.id))
        refused(await stranger.get(urls), 404, GONE.format(acme.id))


async def test_an_invoice_as_it_is_shown(acme: Acme) -> None:
    made = invoiced(acme)
    async with acme.client(of=acme.owner) as owner:
        told = await shown(owner, path(acme))
        urls = await shown(owner, f"{path(acme)}/invoices/{made.provider_id}/urls")
        refused(await owner.get(f"{path(acme)}/invoices/inv_{'0' * 24}/urls"), 404)
    (invoice,) = told["invoices"]
    assert invoice.keys() == {
        "providerId", "amount", "createdDate", "subTotal", "total", "discount", "status", "periodEnd",
        "periodStart", "cycleId", "tax", "dueDate",
    }  # fmt: skip
    assert invoice["amount"] == invoice["total"] == made.total > 0
    assert (invoice["cycleId"], invoice["status"], invoice["tax"], invoice["discount"]) == (1, "Open", 0, 0)
    assert all(isinstance(invoice[name], int) for name in ("amount", "subTotal", "total", "discount", "tax"))
    assert invoice["dueDate"].endswith("T23:59:59.999Z")
    assert urls["pdf"] == urls["http"] + ".pdf"
    assert urls["http"].startswith("https://go.example/billing/invoices/inv_")


async def test_a_draft_is_not_due_yet(acme: Acme) -> None:
    def drafted(w: Write) -> None:
        billing.subscriptions.put(w, acme.by, account(acme), "pro")
        billing.closing.close(w, account(acme).seq, clock.now() + 40 * DAY)

    acme.db.write_now(drafted)
    async with acme.client(of=acme.owner) as owner:
        (invoice,) = (await shown(owner, path(acme)))["invoices"]
    assert invoice["status"] == "Draft"
    assert "dueDate" not in invoice


async def test_what_may_follow(acme: Acme) -> None:
    async with acme.client(of=acme.owner) as owner:

        async def put(status: Any) -> httpx.Response:
            return await owner.put(f"{path(acme)}/subscription/status", json={"status": status})

        async def status() -> str:
            return str((await shown(owner, path(acme)))["subscription"]["status"])

        for wanted in ("Active", "Paused", "Paused", "Active", "Canceled"):
            assert (await put(wanted)).status_code == 204
            assert await status() == wanted
        for wanted in ("Active", "Paused", "PastDue"):
            refused(
                await put(wanted), 409, f"A subscription that is Canceled cannot become {wanted} this way"
            )
        for strange in ("active", "", None, 7, ["Active"]):
            refused(await put(strange), 400, "body/status must be equal to one of the allowed values")
        refused(
            await owner.put(f"{path(acme)}/subscription/status", json={}),
            400,
            "body must have required property 'status'",
        )
        assert await status() == "Canceled"


async def test_an_overdue_invoice_is_past_due_until_it_is_paid(acme: Acme) -> None:
    made = invoiced(acme)

    def overdue(w: Write) -> None:
        billing.invoices.chase(w, (made.due_at or 0) + HOUR)

    acme.db.write_now(overdue)
    async with acme.client(of=acme.owner) as owner:
        assert (await shown(owner, path(acme)))["subscription"]["status"] == "PastDue"
        at = f"{path(acme)}/subscription/status"
        for wanted in ("Active", "Paused"):
            refused(await owner.put(at, json={"status": wanted}), 409)
        acme.db.write_now(billing.invoices.paid, acme.by, made.id)
        told = await shown(owner, path(acme))
    assert (told["subscription"]["status"], told["invoices"][0]["status"]) == ("Active", "Paid")
