"""The organization: members, name, switching."""

from litestar import get, post

from hyway.console.form import errors
from hyway.console.visit import Here, Page, Visit
from hyway.domain import billing, identity
from hyway.kernel.faults import Invalid


@get("/console/organization")
async def show(visit: Here) -> Page:
    return await _show(visit)


async def _show(visit: Visit, status: int = 200, name: str | None = None, wrong: str = "") -> Page:
    members = await visit.read(identity.members_of)
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


ROUTES = [show, rename, switch]
