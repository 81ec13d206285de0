"""Users: found, added, changed, removed."""

from collections.abc import Mapping
from typing import Any

from litestar import get, post

from hyway.console import tracked
from hyway.console.form import Form, errors
from hyway.console.tracked import PATH, Branch
from hyway.console.visit import Here, Page, Visit
from hyway.domain import tracking
from hyway.domain.identity import Caller
from hyway.domain.tracking import Account, User, UserChange, UserQuery
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

_HERE = PATH + "/users"
_SIZE = 50
_FIELDS = ("name", "phone", "lookup_id", "group_id", "vehicle_type", "photo")


def _id(visit: Visit) -> str:
    return str(visit.request.path_params["user"])


def _list(
    r: Read, by: Caller, query: UserQuery
) -> tuple[Account, list[Branch], list[User], int, list[dict[str, Any]]]:
    if query.within:
        tracking.groups.find(r, by, query.within)
    found = tracking.users.page(r, by, query)
    bodies = tracked.bodies(r, by, found.rows)
    return tracked.account(r, by), tracked.groups(r, by), found.rows, found.total, bodies


@get(_HERE)
async def index(visit: Here) -> Page:
    asked = visit.asked
    page = asked.whole("page", 1, 1_000_000, 1)
    group, status = asked.uuid("group"), asked.one_of("status", tracked.AVAILABLE, "")
    query = UserQuery(
        search=asked.text("q")[:200] or None,
        within=group,
        availability=(status,) if status else (),
        ordering=("name",),
        skip=(page - 1) * _SIZE,
        take=_SIZE,
    )
    account, groups, users, total, bodies = await visit.read(_list, query)
    return tracked.room(
        visit,
        "tracking_users.html",
        account=account,
        groups=groups,
        names={branch.group.id: branch.group.name for branch in groups},
        users=list(zip(users, bodies, strict=True)),
        total=total,
        search=asked.text("q"),
        group=group,
        state=status,
        is_narrow=bool(query.search or group or status),
        pages=tracked.paging(visit, page, total, _SIZE),
    )


async def _form(
    visit: Visit, user: User | None, typed: Mapping[str, Any], wrong: Mapping[str, str], status: int = 200
) -> Page:
    groups = await visit.read(tracked.groups)
    return tracked.room(
        visit, "tracking_user_form.html", status, user=user, typed=typed, errors=wrong, groups=groups
    )


@get(_HERE + "/new")
async def ask(visit: Here) -> Page:
    typed = {**dict.fromkeys(_FIELDS, ""), "group_id": visit.asked.uuid("group") or ""}
    return await _form(visit, None, typed, {})


@get(_HERE + "/{user:uuid}/edit")
async def edit(visit: Here) -> Page:
    user = await visit.read(tracking.users.find, _id(visit))
    typed = {name: getattr(user, name) or "" for name in _FIELDS}
    if user.photo and "://" not in user.photo:
        typed["photo"] = ""
    return await _form(visit, user, typed, {})


@post(_HERE + "/new")
async def make(visit: Here) -> Page:
    typed = _typed(visit.sent)
    try:
        user, is_new = await visit.write(tracking.users.create, _wish(typed))
    except Invalid as fault:
        return await _form(visit, None, typed, errors(fault, _FIELDS), 422)
    said = f"{user.name or 'The user'} can be tracked now." if is_new else "There is such a user already."
    return visit.go(f"{_HERE}/{user.id}", said)


@post(_HERE + "/{user:uuid}/edit")
async def save(visit: Here) -> Page:
    typed = _typed(visit.sent)
    old = await visit.read(tracking.users.find, _id(visit))
    # A picture that was sent by a device has no address to show in the form: an empty field leaves it.
    keeps = not typed["photo"] and old.photo is not None and "://" not in old.photo
    try:
        user = await visit.write(tracking.users.change, old.id, _wish(typed, keeps_photo=keeps))
    except Invalid as fault:
        return await _form(visit, old, typed, errors(fault, _FIELDS), 422)
    return visit.go(f"{_HERE}/{user.id}", "Saved.")


def _typed(sent: Form) -> dict[str, str]:
    return {name: sent.text(name) for name in _FIELDS}


def _wish(typed: Mapping[str, str], *, keeps_photo: bool = False) -> UserChange:
    if not typed["name"]:
        raise Invalid("name", "must not be empty")
    said: dict[str, Any] = {
        name: typed[name] or None for name in _FIELDS if name != "photo" or not keeps_photo
    }
    return UserChange(**said)


@post(_HERE + "/{user:uuid}/stop")
async def stop(visit: Here) -> Page:
    user = await visit.read(tracking.users.find, _id(visit))
    if not visit.confirmed():
        question = f"Stop tracking {user.name or 'this user'}? Their device is told; it can begin again."
        return visit.confirm(question, "Stop tracking", f"{_HERE}/{user.id}")
    await visit.write(tracking.users.stop_tracking, user.id)
    return visit.go(f"{_HERE}/{user.id}", "Tracking is stopped.")


@post(_HERE + "/{user:uuid}/delete")
async def delete(visit: Here) -> Page:
    user = await visit.read(tracking.users.find, _id(visit))
    if not visit.confirmed():
        question = (
            f"Delete {user.name or 'this user'}? Where they were is forgotten for good, and what they have to do is "
            "canceled."
        )
        return visit.confirm(question, "Delete user", f"{_HERE}/{user.id}")
    await visit.write(tracking.leaving.remove, user.id)
    return visit.go(_HERE, f"{user.name or 'The user'} is deleted.")


ROUTES = [index, ask, edit, make, save, stop, delete]
