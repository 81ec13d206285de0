"""One's own account and the organization: password, theme, sign out; members, name, switching."""

from litestar import get, post

from hyway.console.form import errors
from hyway.console.visit import SESSION, THEME, Here, Page, Visit, is_inside
from hyway.domain import billing, identity
from hyway.kernel.faults import Invalid, Spent

_YEAR = 365 * 86_400


@post("/console/sign-out")
async def leave(visit: Here) -> Page:
    await visit.house.db.write(identity.sign_out, visit.token)
    answer = visit.go("/console/sign-in", "You are signed out.")
    answer.set_cookie(visit.house.cookie(SESSION, "", 0))
    return answer


@get("/console/password")
async def password(visit: Here) -> Page:
    return visit.page("password.html", errors={})


@post("/console/password")
async def change_password(visit: Here) -> Page:
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
async def theme(visit: Here) -> Page:
    """Light, dark, or as the device says; remembered by this browser."""
    chosen = visit.sent.one_of("theme", ("light", "dark"), "")
    answer = visit.go(_back(visit))
    # The script writes it too, at once, so it must be able to.
    answer.set_cookie(visit.house.cookie(THEME, chosen, _YEAR if chosen else 0, hidden=False))
    return answer


def _back(visit: Visit) -> str:
    path = visit.sent.text("back")
    return path if is_inside(path) else "/console"


@get("/console/organization")
async def show(visit: Here) -> Page:
    return await _show(visit)


async def _show(visit: Visit, status: int = 200, name: str | None = None, wrong: str = "") -> Page:
    members = await visit.read(identity.members)
    plan = billing.plan(visit.organization.plan)
    shown = visit.organization.name if name is None else name
    return visit.page("organization.html", status, members=members, plan=plan, name=shown, wrong=wrong)


@post("/console/organization")
async def rename(visit: Here) -> Page:
    name = visit.sent.text("name")
    try:
        await visit.write(identity.rename_organization, name)
    except Invalid as fault:
        return await _show(visit, 422, name, errors(fault)[""])
    return visit.go("/console/organization", "The organization has its new name.")


@post("/console/organization/switch")
async def switch(visit: Here) -> Page:
    """Moves this session to another organization of the person; a stranger's is not found."""
    to = visit.sent.text("organization")
    await visit.house.db.write(identity.switch_organization, visit.token, visit.who, to)
    return visit.go("/console")


ROUTES = [leave, password, change_password, theme, show, rename, switch]
