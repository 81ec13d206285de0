"""Where a person is signed in: browsers at these pages, and programs by OpenID Connect."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath

from hyway.console.visit import Here, Page, Visit
from hyway.domain import identity, oidc
from hyway.domain.identity import Caller
from hyway.kernel.db import Write

HERE = "/console/sessions"
# What a browser calls itself, the surest mark first: Chromium's say Safari too, Edge's Chrome.
_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_PHONES = ("iPhone", "iPad", "Android")


def agent(said: str) -> str:
    """`Safari on iPhone`, as far as a browser says it."""
    browser = next((name for mark, name in _BROWSERS if mark in said), said.split("/")[0][:40] or "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in said), "")
    return f"{browser} on {system}" if system else browser


@get(HERE)
async def index(visit: Here) -> Page:
    rows = await visit.read(identity.sessions.page)
    grants = await visit.read(oidc.grants.page)
    return visit.page(
        "projects/sessions.html",
        rows=[_shown(each, visit) for each in rows],
        others=len(rows) > 1,
        grants=[_granted(each) for each in grants],
    )


def _shown(of: identity.SessionShown, visit: Visit) -> dict[str, Any]:
    name = agent(of.user_agent)
    return {
        "id": of.id,
        "agent": name,
        "mark": "phone" if name.endswith(_PHONES) else "globe",
        "created_at": of.created_at,
        "seen_at": of.seen_at,
        "is_here": of.id == visit.who.id,
    }


def _granted(of: oidc.Device) -> dict[str, Any]:
    grant = of.grant
    return {
        "id": grant.id,
        "name": of.client_name,
        "agent": agent(grant.user_agent) if grant.user_agent else "",
        "address": grant.address,
        "created_at": grant.created_at,
        "seen_at": grant.seen_at,
    }


@post(HERE + "/others/end")
async def end_others(visit: Here) -> Page:
    if not visit.confirmed():
        return visit.confirm("Sign out every other browser?", "Sign out everywhere else", HERE)
    ended = await visit.write(_end_others, visit.who.id)
    return visit.go(HERE, f"Signed out {ended} other browser{'' if ended == 1 else 's'}.")


def _end_others(w: Write, by: Caller, own: str) -> int:
    others = [each.id for each in identity.sessions.page(w, by) if each.id != own]
    for id in others:
        identity.sessions.drop(w, by, id)
    return len(others)


@post(HERE + "/{session:str}/end")
async def end(visit: Here, session: FromPath[str]) -> Page:
    if not visit.confirmed():
        return visit.confirm("Sign this browser out?", "Sign out", HERE)
    await visit.write(identity.sessions.drop, session)
    return visit.go(HERE, "That browser is signed out.")


@post(HERE + "/programs/{grant:str}/end")
async def revoke(visit: Here, grant: FromPath[str]) -> Page:
    if not visit.confirmed():
        return visit.confirm("Sign this program out? Its tokens end at once.", "Revoke", HERE)
    await visit.write(oidc.grants.drop, grant)
    return visit.go(HERE, "The program is signed out.")


ROUTES = [index, end_others, end, revoke]
