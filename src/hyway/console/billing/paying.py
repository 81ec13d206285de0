"""Who pays, and how: names and addresses, promo codes, owners, ways to pay."""

import asyncio
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from litestar import get, post
from litestar.params import FromPath

from hyway.console.billing import words
from hyway.console.billing.account import BASE, account_id, page
from hyway.console.projects.words import errors, told
from hyway.console.visit import Here, Page, Visit
from hyway.domain import billing
from hyway.domain.identity import Caller
from hyway.kernel.db import Database
from hyway.kernel.faults import Invalid, Missing, Several, Taken

_FIELDS = ("name", "email", "phone", "promo_codes")
_ADDRESS = {
    "street_address": "streetAddress",
    "postal_code": "postalCode",
    "locality": "locality",
    "region": "region",
    "country": "country",
}
_CARDS = BASE + "/cards"
_METHOD = BASE + "/methods/{method:str}"
_NEVER = "Payments cannot be reached from here"
P = ParamSpec("P")
T = TypeVar("T")


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
    """A transfer, or a card that is charged by other means."""
    id = await account_id(visit)
    try:
        token = await _token(visit, id)
        await _ask(visit, billing.paying.add, id, token)
    except Missing:
        return visit.go(BASE, "That is no way to pay.")
    except (Invalid, Taken) as fault:
        return visit.go(BASE, told(fault))
    return visit.go(BASE, "There is one more way to pay.")


async def _token(visit: Visit, id: str) -> str:
    sent = visit.sent
    if sent.text("kind") == "transfer":
        return billing.tokens.TRANSFER
    card = [sent.text(name) for name in ("card_type", "last4", "expiration")]
    return await visit.read(billing.paying.token, id, *card)


@post(_CARDS)
async def enter_card(visit: Here) -> Page:
    """On a page of the provider's own. Forms of ours may lead nowhere else, as browsers see it, so a page of ours goes
    on there by itself."""
    back = f"{visit.house.public_url}{_CARDS}/"
    try:
        to = await _ask(visit, billing.cards.begin, await account_id(visit), back)
    except Taken as fault:
        return visit.go(BASE, told(fault))
    return visit.page("billing/going.html", to=to, host=urlsplit(to).hostname or "")


@get(_CARDS + "/{page:str}")
async def card_entered(visit: Here, page: FromPath[str]) -> Page:
    """Where the provider sends people back to, whether they have entered something or not."""
    try:
        made = await _ask(visit, billing.cards.finish, page)
    except Taken as fault:
        return visit.go(BASE, told(fault))
    if made is None:
        return visit.go(BASE, "No card was added.")
    return visit.go(BASE, f"{words.method(made)} is a way to pay now.")


async def _ask(
    visit: Visit,
    verb: Callable[Concatenate[Database, billing.paying.Desk, Caller, P], T],
    *a: P.args,
    **k: P.kwargs,
) -> T:
    """The provider is asked in a thread of its own, where no transaction is open."""
    house = visit.house
    if house.outgoing is None:
        raise Taken("", _NEVER)
    desk = billing.paying.Desk(house.services, house.outgoing)
    return await asyncio.to_thread(verb, house.db, desk, visit.by, *a, **k)


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


ROUTES = [change, add_owner, drop_owner, add_method, enter_card, card_entered, prefer, drop]
