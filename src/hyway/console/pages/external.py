"""Signing in by another issuer: there, and back with its word."""

import asyncio

from litestar import get

from hyway.console import arrive
from hyway.console.form import errors
from hyway.console.pages import sign
from hyway.console.visit import Asked, Home, Page
from hyway.domain import oidc
from hyway.kernel.faults import Missing, Refused, Spent
from hyway.kernel.limits import household

_KEPT = "hyway_issuer"
_LIFE = 600
_TRIES_A_MINUTE = 30


@get(oidc.external.START)
async def leave(request: Asked, house: Home) -> Page:
    """To the issuer's own sign-in page."""
    if house.issuer is None:
        raise Missing("")
    standing = house.doors.hit(f"issuer {household(arrive.address(request))}", _TRIES_A_MINUTE)
    if not standing.allowed:
        raise Spent("too many tries; wait a minute and try again", retry_after=standing.retry_after)
    wanted = arrive.asked(request).text("next")
    try:
        to, kept = await asyncio.to_thread(
            oidc.external.start, house.db.seal, house.db.house.home, house.issuer, wanted
        )
    except Refused as fault:
        return sign.shown(request, house, 502, wrong=errors(fault)[""])
    answer = house.go(to)
    answer.set_cookie(house.cookie(_KEPT, kept, _LIFE))
    return answer


@get(oidc.external.BACK)
async def come(request: Asked, house: Home) -> Page:
    """Back from the issuer: a new session for whom it vouches for."""
    if house.issuer is None:
        raise Missing("")
    asked = arrive.asked(request)
    came = {name: asked.raw(name) for name in ("state", "code")}
    agent, kept = request.headers.get("user-agent", ""), request.cookies.get(_KEPT, "")
    try:
        token, who, wanted = await asyncio.to_thread(
            oidc.external.finish, house.db, house.issuer, came, kept, agent
        )
        answer = await sign.entered(request, house, token, who, wanted)
    except Refused as fault:
        answer = sign.shown(request, house, 403, wrong=errors(fault)[""])
    answer.set_cookie(house.cookie(_KEPT, "", 0))
    return answer


ROUTES = [leave, come]
