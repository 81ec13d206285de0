"""Who pays, and how: names and addresses, promo codes, owners, ways to pay."""

import asyncio
from typing import Any

from litestar import post
from litestar.params import FromPath

from hyway.console.billing.account import BASE, account_id, page
from hyway.console.projects.words import errors, told
from hyway.console.visit import Here, Page, Visit
from hyway.domain import billing
from hyway.kernel.faults import Invalid, Missing, Several, Taken

_FIELDS = ("name", "email", "phone", "promo_codes")
_ADDRESS = {
    "street_address": "streetAddress",
    "postal_code": "postalCode",
    "locality": "locality",
    "region": "region",
    "country": "country",
}
_METHOD = BASE + "/methods/{method:str}"
_NEVER = "Payments cannot be reached from here"


@post(BASE + "/details")
async def change(visit: Here) -> Page:
    """Name, addresses and promo codes, all at once."""
    typed = {name: visit.sent.text(name) for name in (*_FIELDS, *_ADDRESS)}
    fields: dict[str, Any] = {name: typed[name] for name in ("name", "email", "phone")}
    fields["address"] = {**{name: typed[name] for name in _ADDRESS}, "country": typed["country"].upper()}
    fields["promo_codes"] = typed["promo_codes"].replace(",", " ").split()
    try:
        await visit.write(billing.accounts.change, await account_id(visit), fields)
    except (Invalid, Several) as fault:
        return await page(visit, 422, typed=typed, wrong=_wrong(fault))
    return visit.go(BASE, "Saved.")


def _wrong(fault: Invalid | Several) -> dict[str, str]:
    """By the fields of the form."""
    for each in fault.faults if isinstance(fault, Several) else (fault,):
        first, _, part = each.field.partition("/")
        if first == "address":
            inner = next((ours for ours, theirs in _ADDRESS.items() if theirs == part), "")
            said = "Two letters, such as DE." if inner == "country" else told(each)
            return {inner: said}
        if first == "promoCodes":
            return {"promo_codes": "There is no such code, or it is over."}
    return errors(fault, _FIELDS)


@post(BASE + "/owners")
async def add_owner(visit: Here) -> Page:
    email = visit.sent.text("email")
    try:
        made = await visit.write(billing.owners.add, await account_id(visit), email)
    except Missing:
        return visit.go(BASE, f"Nobody here signs in with {email or 'no address'}.")
    except (Invalid, Taken) as fault:
        return visit.go(BASE, told(fault))
    return visit.go(BASE, f"{made.name or made.email} is an owner of the account now.")


@post(BASE + "/owners/{owner:str}/remove")
async def drop_owner(visit: Here, owner: FromPath[str]) -> Page:
    if not visit.confirmed():
        return visit.confirm(
            "This person can then do nothing with the account any more. Remove them?", "Remove", BASE
        )
    try:
        await visit.write(billing.owners.drop, await account_id(visit), owner)
    except Taken as fault:
        return visit.go(BASE, told(fault))
    return visit.go(
        BASE if visit.may("read", "BillingAccount") else "/console", "They own the account no more."
    )


@post(BASE + "/methods")
async def add_method(visit: Here) -> Page:
    """A transfer, a card that is charged by other means, or a provider's own token."""
    id = await account_id(visit)
    try:
        token = await _token(visit, id)
        await _add(visit, id, token)
    except Missing:
        return visit.go(BASE, "There is no such confirmation token, or it is another account's.")
    except (Invalid, Taken) as fault:
        return visit.go(BASE, told(fault))
    return visit.go(BASE, "There is one more way to pay.")


async def _token(visit: Visit, id: str) -> str:
    sent = visit.sent
    if sent.text("kind") == "transfer":
        return billing.tokens.TRANSFER
    if sent.text("kind") == "card":
        card = [sent.text(name) for name in ("card_type", "last4", "expiration")]
        return await visit.read(billing.paying.token, id, *card)
    return sent.text("confirmation_token")


async def _add(visit: Visit, id: str, token: str) -> None:
    """The provider is asked in a thread of its own, where no transaction is open."""
    house = visit.house
    if house.outgoing is None:
        raise Taken("", _NEVER)
    desk = billing.paying.Desk(house.services, house.outgoing)
    await asyncio.to_thread(billing.paying.add, house.db, desk, visit.by, id, token)


@post(_METHOD + "/default")
async def prefer(visit: Here, method: FromPath[str]) -> Page:
    await visit.write(billing.paying.prefer, await account_id(visit), method)
    return visit.go(BASE, "Invoices are paid that way from now on.")


@post(_METHOD + "/remove")
async def drop(visit: Here, method: FromPath[str]) -> Page:
    if not visit.confirmed():
        return visit.confirm("Remove this way to pay?", "Remove", BASE)
    try:
        await visit.write(billing.paying.drop, await account_id(visit), method)
    except Taken as fault:
        return visit.go(BASE, told(fault))
    return visit.go(BASE, "It is gone.")


ROUTES = [change, add_owner, drop_owner, add_method, prefer, drop]
