"""How somebody new makes an account: by a letter where mail can be sent, else at once."""

import asyncio
import secrets
from typing import Any

from litestar import get, post

from hyway.console import arrive
from hyway.console.market import words
from hyway.console.market.stay import Guest, Stay
from hyway.console.visit import DOOR, SESSION, Asked, Home, House, Page, check_form, check_origin, is_inside
from hyway.domain import identity
from hyway.kernel.clock import SECOND
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid, Refused, Spent
from hyway.kernel.limits import household

signing_up = identity.signing_up

_FIELDS = ("name", "email", "password")


def _way(r: Read) -> tuple[bool, bool]:
    return signing_up.is_open(r), signing_up.by_mail(r)


async def _page(request: Asked, house: House, status: int = 200, **facts: Any) -> Page:
    is_open, by_mail = await house.db.read(_way)
    secret = request.cookies.get(DOOR) or secrets.token_urlsafe(24)
    wanted = arrive.asked(request).text("next")
    facts = {"typed": {}, "errors": {}, "token": "", "address": "", "sent_to": "", "next": wanted, **facts}
    answer = house.page(
        request, "market/sign_up.html", status,
        csrf=house.token(secret), is_open=is_open, by_mail=by_mail, **facts,
    )  # fmt: skip
    answer.set_cookie(house.cookie(DOOR, secret))
    return answer


@get("/sign-up")
async def ask(request: Asked, visit: Guest, house: Home) -> Page:
    return visit.go("/me") if visit else await _page(request, house)


@post("/sign-up")
async def begin(request: Asked, house: Home) -> Page:
    """A letter goes out, or the account is there and its person signed in."""
    sent = await arrive.form(request)
    check_origin(house, request)
    check_form(house, request.cookies.get(DOOR, ""), sent)
    typed = {name: sent.text(name) for name in ("name", "email", "next")}
    client = household(arrive.address(request))
    _, by_mail = await house.db.read(_way)
    try:
        if by_mail:
            await house.db.write(signing_up.begin, typed["email"], client)
            return await _page(request, house, sent_to=typed["email"])
        new = await _newcomer(house, typed["name"], typed["email"], sent.raw("password"))
        await house.db.write(signing_up.at_once, new, client)
    except (Invalid, Spent, Refused) as fault:
        return await _again(request, house, fault, typed)
    return await _in(request, house, typed["email"], sent.raw("password"), typed["next"])


async def _again(request: Asked, house: House, fault: Any, typed: dict[str, str], **facts: Any) -> Page:
    status = 429 if isinstance(fault, Spent) else 403 if isinstance(fault, Refused) else 422
    wrong = words.errors(fault, _FIELDS)
    return await _page(request, house, status, typed=typed, errors=wrong, next=typed.get("next", ""), **facts)


async def _newcomer(house: House, name: str, email: str, password: str) -> signing_up.Newcomer:
    """Checked and hashed outside every transaction, one at a time."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(house.hashing, signing_up.newcomer, name, email, password)


def _opened(w: Write, email: str, password: str, agent: str) -> tuple[str, identity.Session]:
    """A session of the person who has just been made, whose password need not be compared."""
    opened = identity.sign_in(w, email, password, agent, matches=lambda *_: True)
    if opened is None:
        raise Refused("Not authorized")
    return opened


async def _in(request: Asked, house: House, email: str, password: str, wanted: str) -> Page:
    agent = request.headers.get("user-agent", "")
    token, _ = await house.db.write(_opened, email, password, agent)
    answer = house.go(wanted if is_inside(wanted) else "/me", "Welcome! This is your side of the house.")
    answer.set_cookie(house.cookie(SESSION, token, identity.SESSION_LIFE // SECOND))
    answer.set_cookie(house.cookie(DOOR, "", 0))
    return answer


@get("/sign-up/{token:str}")
async def go_on(request: Asked, visit: Guest, house: Home) -> Page:
    """From a letter: whoever is signed in shows that the address is theirs, anybody else says who they are."""
    token = str(request.path_params["token"])
    if visit is not None:
        return await _confirmed(visit, token)
    address = await house.db.read(signing_up.proven, token)
    return await _page(request, house, token=token, address=address)


async def _confirmed(visit: Stay, token: str) -> Page:
    await visit.write(signing_up.confirm, token)
    return visit.go("/me", "Your address is confirmed.")


@post("/sign-up/{token:str}")
async def finish(request: Asked, house: Home) -> Page:
    sent = await arrive.form(request)
    check_origin(house, request)
    check_form(house, request.cookies.get(DOOR, ""), sent)
    token = str(request.path_params["token"])
    address = await house.db.read(signing_up.proven, token)
    typed = {"name": sent.text("name")}
    try:
        new = await _newcomer(house, typed["name"], address, sent.raw("password"))
        await house.db.write(signing_up.finish, token, new)
    except (Invalid, Spent) as fault:
        return await _again(request, house, fault, typed, token=token, address=address)
    return await _in(request, house, address, sent.raw("password"), "")


ANYBODY = [ask, begin, go_on, finish]
