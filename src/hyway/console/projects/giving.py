"""Roles where they are given: a choice among those that the visitor may give."""

from collections.abc import Sequence
from typing import NamedTuple

from litestar import post

from hyway.console.projects import words
from hyway.console.visit import Here, Page, Visit, is_inside
from hyway.domain import identity
from hyway.domain.identity import Caller
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid

_ADMIN, _BILLING, _MEMBER = "OrganizationAdmin", "OrganizationBilling", "OrganizationMember"
_ON_ORGANIZATION = ((_ADMIN,), (_ADMIN, _BILLING), (_MEMBER,), (_BILLING, _MEMBER))


class Cell(NamedTuple):
    """One holder's roles on one thing, to be chosen; without options they are only shown.

    `own` are those they have there themselves, `through` those that come from elsewhere, by its name.
    """

    holder: str
    entity: str
    label: str
    back: str
    own: tuple[str, ...]
    options: Sequence[tuple[str, str]] = ()
    through: Sequence[tuple[str, Sequence[str]]] = ()

    @property
    def chosen(self) -> str:
        return " ".join(self.own)


def options(
    by: Caller, kind: str, own: tuple[str, ...], within: tuple[str, ...], *, is_person: bool = True
) -> list[tuple[str, str]]:
    """What the caller may make of the roles on a thing of this kind; what they are now is among it."""
    if kind == "Organization":
        sets = [*_ON_ORGANIZATION, *(() if is_person else ((_BILLING,),))]
    else:
        sets = [(name,) for name in identity.access.of_kind(kind)]
    if own and own not in sets:
        sets.append(own)
    given = [
        each for each in sets if each == own or all(identity.access.covers(by, n, *within) for n in each)
    ]
    return [("", "–"), *((" ".join(each), " and ".join(map(words.role, each))) for each in given)]


def on_organization(visit: Visit, holder: str, name: str, own: tuple[str, ...]) -> Cell | None:
    """The choice of a member's or a key's roles on the organization, None for who may not give any."""
    if not visit.may("update", "Access"):
        return None
    is_person = not holder.startswith("team_") and not visit.request.url.path.startswith("/console/api-keys")
    label = f"Role of {name} on {visit.organization.name}"
    choice = options(visit.by, "Organization", own, (), is_person=is_person)
    return Cell(holder, visit.organization.wire_id, label, visit.request.url.path, own, choice)


@post("/console/roles")
async def put(visit: Here) -> Page:
    """Roles of one holder on one thing: given, changed or taken away."""
    sent, back = visit.sent, visit.sent.text("back")
    back = back if is_inside(back) else "/console/roles"
    names = tuple(sent.text("roles").split())
    try:
        told = await visit.write(_put, sent.text("entity"), sent.text("holder"), names)
    except Invalid as fault:
        return visit.go(back, words.told(fault))
    return visit.go(back, told)


def _put(w: Write, by: Caller, entity: str, holder: str, names: tuple[str, ...]) -> str:
    """The sentence that says what is so now."""
    there, _ = identity.access.page(w, by, [entity], [holder], 0, 1)
    if there and names:
        now = identity.access.change(w, by, there[0].id, names)
    elif there:
        identity.access.drop(w, by, there[0].id)
        return f"{there[0].holder.name} has no role on {there[0].entity.name} any more."
    elif names:
        now = identity.access.create(w, by, entity, holder, names)
    else:
        return "Nothing has changed."
    return f"{now.holder.name} is {' and '.join(map(words.role, now.roles))} on {now.entity.name}."


ROUTES = [put]
