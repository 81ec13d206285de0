"""A person's own account, wherever they belong: password, theme, sign out."""

from litestar import get, post

from hyway.console.form import errors
from hyway.console.market.stay import Mine, Stay
from hyway.console.pages import sign
from hyway.console.visit import SESSION, THEME, Page, is_inside
from hyway.domain import identity
from hyway.kernel.faults import Invalid, Spent

_YEAR = 365 * 86_400


@post("/console/sign-out")
async def leave(visit: Mine) -> Page:
    await visit.house.db.write(sign.ended, visit.token)
    answer = visit.go("/console/sign-in", "You are signed out.")
    answer.set_cookie(visit.house.cookie(SESSION, "", 0))
    return answer


@get("/console/password")
async def password(visit: Mine) -> Page:
    return visit.page("password.html", errors={})


@post("/console/password")
async def change_password(visit: Mine) -> Page:
    """A new password; every other session of the person ends."""
    old, new = visit.sent.raw("old"), visit.sent.raw("password")
    if new != visit.sent.raw("again"):
        return visit.page("password.html", 422, errors={"again": "Is not the same as above."})
    try:
        done = await visit.house.db.write(identity.change_password, visit.token, visit.who, old, new)
    except Invalid as fault:
        return visit.page("password.html", 422, errors=errors(fault, ("password",)))
    except Spent as fault:
        return visit.page("password.html", 429, errors=errors(fault))
    if not done:
        return visit.page("password.html", 422, errors={"old": "Is not your present password."})
    return visit.go("/console", "Your password is changed. Other browsers were signed out.")


@post("/console/theme")
async def theme(visit: Mine) -> Page:
    """Light, dark, or as the device says; remembered by this browser."""
    chosen = visit.sent.one_of("theme", ("light", "dark"), "")
    answer = visit.go(_back(visit))
    # The script writes it too, at once, so it must be able to.
    answer.set_cookie(visit.house.cookie(THEME, chosen, _YEAR if chosen else 0, hidden=False))
    return answer


def _back(visit: Stay) -> str:
    path = visit.sent.text("back")
    return path if is_inside(path) else "/console"


ROUTES = [leave, password, change_password, theme]
