"""/api/billing-accounts/: who pays for organizations, and what for."""

from typing import Any

import msgspec

from hyway.apis.hyphen import billing_shapes as shapes
from hyway.apis.hyphen import lists
from hyway.apis.hyphen.asking import SIGNED_IN, at, operation
from hyway.apis.hyphen.billing_shapes import BillingAccount, BillingAccountChange, InvoiceUrls, StatusIn
from hyway.apis.hyphen.fields import given
from hyway.apis.hyphen.lists import PageOut, PageQuery
from hyway.apis.kit.operations import Ask
from hyway.domain import billing
from hyway.domain.billing import Whole
from hyway.domain.identity import Caller
from hyway.kernel.db import Read, Write

_ONE = "/api/billing-accounts/{billingAccountId}/"
_OF_ORGANIZATION = "/api/organizations/{organizationId}/billing-account/"
_URLS = "invoices/{invoiceProviderId}/urls"


@operation("GET", "/api/billing-accounts/", needs=SIGNED_IN, query=PageQuery, gives=PageOut[BillingAccount])
async def page(ask: Ask, query: PageQuery) -> PageOut[BillingAccount]:
    """List billing accounts.

    Those that the caller owns, the oldest first. An API key owns none.
    """
    found, total = await ask.db.read(billing.showing.page, ask.by, query.offset, query.limit)
    return lists.page(query, total, [shapes.account(each) for each in found])


@operation("GET", _ONE, needs=SIGNED_IN, gives=BillingAccount)
async def find(ask: Ask) -> BillingAccount:
    """Show a billing account.

    For its owners. Amounts are whole minor units (cents) of the currency of the operator's prices.
    """
    return shapes.account(await ask.db.read(billing.showing.whole, ask.by, ask.path["billingAccountId"]))


@operation("PATCH", _ONE, needs=SIGNED_IN, takes=BillingAccountChange, gives=BillingAccount)
async def change(ask: Ask, sent: BillingAccountChange) -> BillingAccount:
    """Change a billing account.

    What is mentioned changes, and an address as a whole. `promoCodes` are all that the account has from now on: those
    that are entered take something off cycles that are not invoiced yet.
    """
    fields = given(sent)
    if fields.get("address") is not None:
        fields["address"] = msgspec.structs.asdict(fields["address"])
    return shapes.account(await ask.db.write(_change, ask.by, ask.path["billingAccountId"], fields))


@operation("PUT", f"{_ONE}subscription/status", needs=SIGNED_IN, takes=StatusIn, status=204)
async def move(ask: Ask, sent: StatusIn) -> None:
    """Change a subscription's status.

    Paused and canceled ones cost nothing, and their organizations are on the free plan. A paused one can be `Active`
    again, a canceled one by choosing a plan; only an overdue invoice makes one `PastDue`, and its payment `Active`.
    Any other move is a 409.
    """
    await ask.db.write(billing.subscriptions.move, ask.by, ask.path["billingAccountId"], sent.status)


@operation("GET", f"{_ONE}{_URLS}", needs=SIGNED_IN, gives=InvoiceUrls)
async def urls(ask: Ask) -> InvoiceUrls:
    """Find an invoice's pages.

    Whoever has such an address sees the invoice without signing in, for 30 days.
    """
    return await ask.db.read(_urls, ask.by, ask.path["billingAccountId"], ask)


@operation("GET", _OF_ORGANIZATION, needs=("read", "BillingAccount"), gives=BillingAccount)
async def of_organization(ask: Ask) -> BillingAccount:
    """Show an organization's billing account.

    The one that pays for it; its other organizations are not told of.
    """
    return shapes.account(await ask.db.read(billing.showing.of_organization, await at(ask)))


@operation("GET", f"{_OF_ORGANIZATION}{_URLS}", needs=("read", "BillingAccount"), gives=InvoiceUrls)
async def urls_of_organization(ask: Ask) -> InvoiceUrls:
    """Find the pages of an invoice to an organization's billing account.

    Whoever has such an address sees the invoice without signing in, for 30 days.
    """
    return await ask.db.read(_urls_of_organization, await at(ask), ask)


def _change(w: Write, by: Caller, id: str, fields: dict[str, Any]) -> Whole:
    billing.accounts.change(w, by, id, fields)
    return billing.showing.whole(w, by, id)


def _urls(r: Read, by: Caller, account: str, ask: Ask) -> InvoiceUrls:
    """At the provider, where it has pages."""
    found = billing.invoices.find(r, by, account, ask.path["invoiceProviderId"])
    ours = ask.public_url + billing.sheets.PATH + billing.sheets.token(r, found)
    return InvoiceUrls(found.http or ours, found.pdf or f"{ours}.pdf")


def _urls_of_organization(r: Read, by: Caller, ask: Ask) -> InvoiceUrls:
    return _urls(r, by, billing.accounts.of(r, by.organization).id, ask)


OPERATIONS = (page, find, change, move, urls, of_organization, urls_of_organization)
