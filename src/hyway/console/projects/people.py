"""Members: who there is, what the organization calls them, and how they come and go."""

from collections.abc import Mapping
from typing import Any

from litestar import get, post
from litestar.params import FromPath

from hyway.console.projects import giving, held, words
from hyway.console.projects.leaf import turned
from hyway.console.visit import Here, Page, Visit
from hyway.domain import identity
from hyway.domain.identity import Caller, Member
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid

HERE = "/console/people"
_NAMES = {"firstName": "first_name", "lastName": "last_name", "nickname": "nickname", "email": "email"}


@get(HERE)
async def index(visit: Here) -> Page:
    q = visit.asked.text("q")[:200]
    rows, at = await turned(visit, identity.profiles.page, search=q)
    teams = await visit.read(identity.teams.of_members, [each.id for each in rows])
    keys = await visit.read(_keys, q) if visit.may("read", "ApiKey") and at.first <= 1 else []
    shown = [
        {
            "of": each,
            "title": words.title(each),
            "teams": teams.get(each.id, ()),
            "is_you": each.id == visit.by.member,
            "cell": giving.on_organization(visit, each.id, words.title(each), each.roles),
        }
        for each in rows
    ]
    return visit.page("projects/people.html", rows=shown, at=at, total=at.total, q=q, keys=keys)


def _keys(r: Read, by: Caller, q: str) -> list[identity.api_keys.ApiKey]:
    wanted = q.casefold()
    return [each for each in identity.api_keys.page(r, by)[0] if wanted in each.name.casefold()]


def _form(visit: Visit, typed: dict[str, str], wrong: Mapping[str, str], status: int = 200) -> Page:
    roles = giving.options(visit.by, "Organization", (), ()) if visit.may("update", "Access") else []
    shown = [each for each in roles if each[0]]
    return visit.page("projects/person_form.html", status, typed=typed, errors=wrong, roles=shown)


@get(HERE + "/new")
async def ask(visit: Here) -> Page:
    identity.access.require(visit.by, "create", "Member")
    return _form(visit, {"roles": "OrganizationMember"}, {})


@post(HERE + "/new")
async def make(visit: Here) -> Page:
    identity.access.require(visit.by, "create", "Member")
    fields = ("email", "firstName", "lastName", "roles")
    typed = {name: visit.sent.text(name) for name in fields}
    try:
        made = await visit.write(_add, typed)
    except Invalid as fault:
        return _form(visit, typed, _errors(fault, fields), 422)
    return visit.go(f"{HERE}/{made.id}", f"{words.title(made)} is a member now.")


def _add(w: Write, by: Caller, typed: Mapping[str, str]) -> Member:
    """A member with the roles that were chosen; they come as plain members."""
    new = identity.NewMember(typed["email"], typed["firstName"] or None, typed["lastName"] or None)
    made = identity.profiles.create(w, by, new)
    names = tuple(typed["roles"].split())
    if names and names != made.roles:
        own, _ = identity.access.page(w, by, [made.organization.id], [made.id], 0, 1)
        identity.access.change(w, by, own[0].id, names)
    return made


def _errors(fault: Invalid, fields: tuple[str, ...]) -> dict[str, str]:
    wrong = words.errors(fault, fields)
    if "email exists" in wrong.get("", ""):
        wrong["email"] = wrong.pop("")
    return wrong


def _person(r: Read, by: Caller, id: str) -> tuple[Member, list[held.Held]]:
    found = identity.profiles.find(r, by, id)
    return found, held.of(r, by, found.id, found.teams)


@get(HERE + "/{member:str}")
async def show(visit: Here, member: FromPath[str]) -> Page:
    return await _show(visit, member)


async def _show(
    visit: Visit, id: str, status: int = 200, typed: Mapping[str, str] | None = None, **wrong: Any
) -> Page:
    found, more = await visit.read(_person, id)
    if found.seq is None:  # a program: its page is elsewhere
        keys = await visit.read(_keys, "")
        return visit.go(next(f"/console/api-keys/{each.id}" for each in keys if each.member_id == found.id))
    name, is_you = words.title(found), found.id == visit.by.member
    return visit.page(
        "projects/person.html",
        status,
        of=found,
        title=name,
        is_you=is_you,
        held=more,
        cell=giving.on_organization(visit, found.id, name, found.roles),
        may_change=visit.may("update", "Member"),
        may_remove=visit.may("delete", "Member"),
        question=_question(visit, found),
        typed=typed or _as_known(found),
        errors=wrong.get("errors", {}),
    )


def _as_known(of: Member) -> dict[str, str]:
    """The form as it is before anything is typed."""
    return {name: getattr(of, column) or "" for name, column in _NAMES.items()}


def _question(visit: Visit, of: Member) -> str:
    there = visit.organization.name
    if of.id == visit.by.member:
        return f"Leave {there}?"
    return f"Remove {words.title(of)} from {there}? They lose every role here."


@post(HERE + "/{member:str}")
async def save(visit: Here, member: FromPath[str]) -> Page:
    """What is left as it was shown is not sent on: a name that is the person's own stays so."""
    typed = {name: visit.sent.text(name) for name in _NAMES}
    shown = _as_known(await visit.read(identity.profiles.find, member))
    new = {column: typed[name] for name, column in _NAMES.items() if typed[name] != shown[name]}
    try:
        await visit.write(identity.profiles.change, member, **new)
    except Invalid as fault:
        return await _show(visit, member, 422, typed, errors=_errors(fault, tuple(_NAMES)))
    return visit.go(f"{HERE}/{member}", "Saved.")


@post(HERE + "/{member:str}/remove")
async def remove(visit: Here, member: FromPath[str]) -> Page:
    found = await visit.read(identity.profiles.find, member)
    leaves = found.id == visit.by.member
    back = f"{HERE}/{found.id}"
    if not visit.confirmed():
        return visit.confirm(_question(visit, found), "Leave" if leaves else "Remove", back)
    try:
        await visit.write(identity.profiles.drop, found.id)
    except Invalid as fault:
        return visit.go(back, words.told(fault))
    if leaves:
        return visit.go("/organizations", f"You have left {visit.organization.name}.")
    return visit.go(HERE, f"{words.title(found)} is no member any more.")


ROUTES = [index, ask, make, show, save, remove]
