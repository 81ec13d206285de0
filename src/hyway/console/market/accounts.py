"""A creator's social accounts: added by their address, proved by a code or by the platform itself."""

import asyncio
from typing import Any, Final

from litestar import get, post

from hyway.console.market import words
from hyway.console.market.stay import Mine, Stay
from hyway.console.visit import Page
from hyway.domain import creators
from hyway.domain.identity import Caller
from hyway.kernel import sqid
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Missing, Refused

social = creators.social

_HERE: Final = "/me/social_accounts"
_FIELDS: Final = ("platform_id", "account_url")


async def _page(visit: Stay, status: int = 200, **facts: Any) -> Page:
    rows, at = await visit.turned(social.accounts.page)
    ways = visit.house.social
    facts = {"typed": {}, "errors": {}, **facts}
    return visit.page(
        "market/accounts.html", status,
        rows=rows, at=at, offered=social.oauth.offered(ways) if ways else (),
        choices=[(id, words.platform(id)) for id in social.platforms.IDS], **facts,
    )  # fmt: skip


@get(_HERE)
async def index(visit: Mine) -> Page:
    return await _page(visit)


@post(_HERE)
async def make(visit: Mine) -> Page:
    """Any platform: on a page its owner can be told what to do with the code."""
    typed = {name: visit.sent.text(name) for name in _FIELDS}
    try:
        made = await visit.write(
            social.accounts.create, typed["platform_id"], typed["account_url"], social.platforms.IDS
        )
    except Invalid as fault:
        return await _page(visit, 422, typed=typed, errors=words.errors(fault, _FIELDS))
    return visit.go(f"{_HERE}/{sqid.text(made.seq)}")


def _one(r: Read, by: Caller, seq: int) -> tuple[social.Account, list[social.Snapshot]]:
    return social.accounts.find(r, by, seq), social.accounts.history(r, by, seq)


@get(_HERE + "/{account:str}")
async def show(visit: Mine) -> Page:
    return await _show(visit)


async def _show(visit: Stay, status: int = 200, wrong: str = "") -> Page:
    account, history = await visit.read(_one, visit.number("account"))
    ways = visit.house.social
    offered = social.oauth.offered(ways) if ways else ()
    return visit.page(
        "market/account.html", status, account=account, history=history, wrong=wrong, offered=offered
    )


@post(_HERE + "/{account:str}/verify")
async def verify(visit: Mine) -> Page:
    """Looks at the profile now; the platform is asked outside every transaction."""
    ways, seq = visit.house.social, visit.number("account")
    if ways is None:
        raise Refused("this server asks no platforms")
    try:
        checked = await asyncio.to_thread(social.verifying.check, visit.house.db, ways, visit.by, seq)
    except Invalid as fault:
        return await _show(visit, 422, words.told(fault))
    if checked.why:
        return await _show(visit, 422, checked.why)
    return visit.go(f"{_HERE}/{sqid.text(seq)}", "Verified: it is yours.")


@post(_HERE + "/{account:str}/delete")
async def drop(visit: Mine) -> Page:
    account = await visit.read(social.accounts.find, visit.number("account"))
    if not visit.confirmed():
        question = f"Forget {account.account_url}? Posts that were made by it keep their figures."
        return visit.confirm(question, "Forget account", _HERE)
    await visit.write(social.accounts.drop, account.seq)
    return visit.go(_HERE, "Forgotten.")


@get(_HERE + "/connect/{platform:str}")
async def connect(visit: Mine) -> Page:
    """To the platform, which asks its user; a link and no form, because forms may not lead to another site."""
    ways = visit.house.social
    platform = str(visit.request.path_params["platform"])
    if ways is None or platform not in social.oauth.offered(ways):
        raise Missing("")
    return visit.go(await visit.read(_leave, ways, visit.who.id, platform))


def _leave(r: Read, by: Caller, ways: social.services.Services, session: str, platform: str) -> str:
    return social.oauth.start(r, ways, by, session, platform)


@get(_HERE + "/callback/{platform:str}")
async def back(visit: Mine) -> Page:
    """From the platform, with its word."""
    ways, platform = visit.house.social, str(visit.request.path_params["platform"])
    if ways is None or platform not in social.oauth.offered(ways):
        raise Missing("")
    came = {name: visit.asked.text(name) for name in ("state", "code", "error")}
    try:
        made = await asyncio.to_thread(
            social.oauth.finish, visit.house.db, ways, visit.by, visit.who.id, platform, came
        )
    except Invalid as fault:
        return visit.go(_HERE, words.told(fault))
    except Refused:
        return visit.go(_HERE, "That connection was not begun here, or too long ago. Begin again.")
    return visit.go(f"{_HERE}/{sqid.text(made.seq)}", "Connected: it is yours.")


ROUTES = [index, make, connect, back, show, verify, drop]
