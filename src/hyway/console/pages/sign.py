"""The door: sign in. Everything else asks for a session first."""

import asyncio
import secrets
from typing import Any

from litestar import get, post

from hyway.console import arrive
from hyway.console.form import errors
from hyway.console.visit import DOOR, SESSION, Asked, Home, House, Page, check_form, check_origin, is_inside
from hyway.domain import identity, oidc
from hyway.kernel import seal
from hyway.kernel.clock import SECOND
from hyway.kernel.db import Write
from hyway.kernel.faults import Spent, Unknown
from hyway.kernel.limits import household

_TRIES_A_MINUTE = 20
_WRONG = "That address and password do not belong together."


@get("/")
async def root(house: Home) -> Page:
    return house.go("/console")


@get("/console/sign-in")
async def ask(request: Asked, house: Home) -> Page:
    """The sign-in page; who is signed in already goes on, unless they are to sign in once more (`again`)."""
    token, asked = request.cookies.get(SESSION, ""), arrive.asked(request)
    who = await house.db.read(identity.session, token)
    if who is not None and not asked.ticked("again"):
        return house.go(_inside(asked.text("next")))
    return shown(request, house)


def shown(request: Asked, house: House, status: int = 200, **facts: Any) -> Page:
    """The page itself."""
    secret = request.cookies.get(DOOR) or secrets.token_urlsafe(24)
    wanted = facts.get("next", arrive.asked(request).text("next"))
    issuer = house.issuer.name if house.issuer else ""
    facts = {"email": "", "wrong": "", **facts, "next": wanted, "issuer": issuer}
    answer = house.page(request, "sign_in.html", status, csrf=house.token(secret), **facts)
    answer.set_cookie(house.cookie(DOOR, secret))
    return answer


@post("/console/sign-in")
async def enter(request: Asked, house: Home) -> Page:
    """A new session under a new token, whatever token the browser came with."""
    sent = await arrive.form(request)
    check_origin(house, request)
    check_form(house, request.cookies.get(DOOR, ""), sent)
    email, wanted = sent.text("email"), sent.text("next")
    standing = house.doors.hit(household(arrive.address(request)), _TRIES_A_MINUTE)
    try:
        if not standing.allowed:
            raise Spent("too many tries; wait a minute and try again", retry_after=standing.retry_after)
        agent = request.headers.get("user-agent", "")
        opened = await _opened(house, email, sent.raw("password"), agent)
    except (Spent, Unknown) as fault:
        status = 429 if isinstance(fault, Spent) else 403
        return shown(request, house, status, email=email, next=wanted, wrong=errors(fault)[""])
    if opened is None:
        return shown(request, house, 401, email=email, next=wanted, wrong=_WRONG)
    return await entered(request, house, *opened, wanted)


async def entered(request: Asked, house: House, token: str, who: identity.Session, wanted: str) -> Page:
    """On to where the person wanted to go, in the new session; the one that the browser came with is over."""
    if old := request.cookies.get(SESSION):
        await house.db.write(ended, old)
    answer = house.go("/console/password" if who.person.must_change_password else _inside(wanted))
    answer.set_cookie(house.cookie(SESSION, token, identity.SESSION_LIFE // SECOND))
    answer.set_cookie(house.cookie(DOOR, "", 0))
    return answer


def ended(w: Write, token: str) -> None:
    """A browser's session is over, and with it what our own pages were given in it."""
    who = identity.session(w, token)
    if who is not None:
        oidc.grants.end_session(w, who.id)
    identity.sign_out(w, token)


async def _opened(house: House, email: str, password: str, agent: str) -> tuple[str, identity.Session] | None:
    """Compares outside the transaction: every click waits while the only writer of SQLite does."""
    stored = await house.db.read(identity.stored_password, email)
    loop = asyncio.get_running_loop()
    fits = await loop.run_in_executor(house.hashing, seal.password_matches, stored, password)
    return await house.db.write(
        identity.sign_in, email, password, agent, matches=lambda now, _: fits and now == stored
    )


def _inside(path: str) -> str:
    """Only a path of the console, never another site."""
    return path if is_inside(path) else "/console"


ROUTES = [root, ask, enter]
