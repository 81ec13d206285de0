"""Where a creator has samples sent."""

from typing import Any, Final

from litestar import get, post

from hyway.console.market import words
from hyway.console.market.stay import Mine, Stay
from hyway.console.visit import Page
from hyway.domain import creators
from hyway.domain.identity import Caller
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Missing

places = creators.places

_HERE: Final = "/me/address"
_FIELDS: Final = ("address_one", "address_two", "city", "state", "postal_code", "country_code")


def _mine(r: Read, by: Caller) -> creators.addresses.Address | None:
    try:
        return creators.addresses.find(r, by)
    except Missing:
        return None


async def _page(visit: Stay, typed: dict[str, Any] | None, wrong: dict[str, str], status: int = 200) -> Page:
    old = await visit.read(_mine)
    shown = typed or {name: getattr(old, name, None) or "" for name in _FIELDS}
    return visit.page(
        "market/address.html", status, old=old, typed=shown, errors=wrong, countries=places.countries()
    )


@get(_HERE)
async def show(visit: Mine) -> Page:
    return await _page(visit, None, {})


@post(_HERE)
async def save(visit: Mine) -> Page:
    typed = {name: visit.sent.text(name) for name in _FIELDS}
    try:
        await visit.write(creators.addresses.put, typed)
    except Invalid as fault:
        return await _page(visit, typed, words.errors(fault, _FIELDS), 422)
    return visit.go(_HERE, "Saved. Only organizations that send you something see it.")


@post(_HERE + "/delete")
async def drop(visit: Mine) -> Page:
    if not visit.confirmed():
        return visit.confirm("Forget your address? Nothing can be sent to you then.", "Forget it", _HERE)
    await visit.write(creators.addresses.drop)
    return visit.go(_HERE, "Forgotten.")


ROUTES = [show, save, drop]
