"""Groups: a tree of who belongs together, and the tokens that show a group to a widget."""

from collections.abc import Mapping

from litestar import get, post

from hyway.console import tracked
from hyway.console.form import errors
from hyway.console.tracked import PATH, Branch
from hyway.console.visit import Here, Page, Visit
from hyway.domain import identity, tracking
from hyway.domain.identity import Caller
from hyway.domain.tracking import Group, UserQuery
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

_HERE = PATH + "/groups"
_FIELDS = ("name", "lookup_id", "parent_group_id")


def _id(visit: Visit) -> str:
    return str(visit.request.path_params["group"])


def _counted(r: Read, by: Caller) -> list[tuple[Branch, int]]:
    """The tree with how many users are in each group and in those under it."""
    return [
        (branch, tracking.users.page(r, by, UserQuery(within=branch.group.id, take=1)).total)
        for branch in tracked.groups(r, by)
    ]


@get(_HERE)
async def index(visit: Here) -> Page:
    return tracked.room(visit, "tracking_groups.html", tree=await visit.read(_counted))


async def _form(
    visit: Visit, group: Group | None, typed: Mapping[str, str], wrong: Mapping[str, str], status: int = 200
) -> Page:
    branches = await visit.read(tracked.groups)
    # A group cannot come under itself, nor under one of its own.
    taboo = tracked.within(branches, group.id) if group else set()
    choices = [branch for branch in branches if branch.group.id not in taboo]
    facts = {"group": group, "typed": typed, "errors": wrong, "choices": choices}
    return tracked.room(visit, "tracking_group_form.html", status, **facts)


@get(_HERE + "/new")
async def ask(visit: Here) -> Page:
    typed = {**dict.fromkeys(_FIELDS, ""), "parent_group_id": visit.asked.uuid("parent") or ""}
    return await _form(visit, None, typed, {})


@post(_HERE + "/new")
async def make(visit: Here) -> Page:
    typed = {name: visit.sent.text(name) for name in _FIELDS}
    try:
        group = await visit.write(tracking.groups.create, _fields(typed))
    except Invalid as fault:
        return await _form(visit, None, typed, errors(fault, _FIELDS), 422)
    return visit.go(_HERE, f"The group “{group.name}” is made.")


@get(_HERE + "/{group:uuid}")
async def show(visit: Here) -> Page:
    group = await visit.read(tracking.groups.find, _id(visit))
    typed = {"name": group.name, "lookup_id": group.lookup_id or "", "parent_group_id": group.parent_id or ""}
    return await _form(visit, group, typed, {})


@post(_HERE + "/{group:uuid}")
async def save(visit: Here) -> Page:
    typed = {name: visit.sent.text(name) for name in _FIELDS}
    group = await visit.read(tracking.groups.find, _id(visit))
    try:
        await visit.write(tracking.groups.change, group.id, _fields(typed))
    except Invalid as fault:
        return await _form(visit, group, typed, errors(fault, _FIELDS), 422)
    return visit.go(_HERE, "Saved.")


def _fields(typed: Mapping[str, str]) -> dict[str, str | None]:
    if not typed["name"]:
        raise Invalid("name", "must not be empty")
    return {name: typed[name] or None for name in _FIELDS}


@post(_HERE + "/{group:uuid}/token")
async def token(visit: Here) -> Page:
    """The token in clear, as the answer to a form: it stands in no page that is only looked at."""
    identity.may_manage(visit.by)
    group = await visit.read(tracking.groups.find, _id(visit))
    return tracked.room(visit, "tracking_group_token.html", group=group)


@post(_HERE + "/{group:uuid}/delete")
async def delete(visit: Here) -> Page:
    group = await visit.read(tracking.groups.find, _id(visit))
    if not visit.confirmed():
        question = (
            f"Delete the group “{group.name}”? Its users and the groups under it stay, without it; its geofences and "
            "its token end."
        )
        return visit.confirm(question, "Delete group", f"{_HERE}/{group.id}")
    await visit.write(tracking.groups.drop, group.id)
    return visit.go(_HERE, f"The group “{group.name}” is deleted.")


ROUTES = [index, ask, make, show, save, token, delete]
