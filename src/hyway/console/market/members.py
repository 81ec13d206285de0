"""Who belongs to an organization, who wants to, and who is invited."""

from typing import Any

from litestar import get, post
from litestar.di import Provide

from hyway.console.market import words
from hyway.console.market.stay import Mine, Theirs, There, home_of, person
from hyway.console.visit import Page
from hyway.domain import identity
from hyway.kernel.faults import Invalid

_HERE = "/organizations/{organization:str}"
_SHOWN = 100


@get(_HERE + "/members")
async def index(visit: Theirs) -> Page:
    rows, at = await visit.turned(identity.members.page)
    return visit.page("market/members.html", rows=rows, at=at)


@post(_HERE + "/members/{member:str}/role")
async def change_role(visit: Theirs) -> Page:
    here, role = f"{visit.base}/members", visit.sent.text("role")
    try:
        changed = await visit.write(identity.members.change_role, visit.number("member"), role)
    except Invalid as fault:
        return visit.go(here, words.told(fault))
    return visit.go(
        here, f"{changed.person.name} is {'an admin' if changed.role != 'member' else 'a member'} now."
    )


@post(_HERE + "/members/{member:str}/remove")
async def remove(visit: Theirs) -> Page:
    """Ends somebody's membership, or one's own."""
    here = f"{visit.base}/members"
    found = await visit.read(identity.members.find, visit.number("member"))
    leaves = found.person.seq == visit.who.person.seq
    if not visit.confirmed():
        there = visit.organization.name
        question = f"Leave {there}?" if leaves else f"Remove {found.person.name} from {there}?"
        return visit.confirm(question, "Leave" if leaves else "Remove", here)
    try:
        await visit.write(identity.members.remove, found.seq)
    except Invalid as fault:
        return visit.go(here, words.told(fault))
    if leaves:
        return visit.go("/organizations", f"You have left {visit.organization.name}.")
    return visit.go(here, f"{found.person.name} is no member any more.")


async def _waiting(visit: There, status: int = 200, **facts: Any) -> Page:
    identity.may_manage(visit.by)
    asked, _ = await visit.read(identity.joining.requests, 0, _SHOWN)
    invited, _ = await visit.read(identity.joining.invitations, 0, _SHOWN)
    facts = {"typed": {"role": "member"}, "errors": {}, **facts}
    return visit.page("market/join_requests.html", status, asked=asked, invited=invited, **facts)


@get(_HERE + "/join_requests")
async def waiting(visit: Theirs) -> Page:
    return await _waiting(visit)


@post(_HERE + "/invitations")
async def invite(visit: Theirs) -> Page:
    typed = {name: visit.sent.text(name) for name in ("email", "role")}
    try:
        await visit.write(identity.joining.invite, typed["email"], typed["role"])
    except Invalid as fault:
        return await _waiting(visit, 422, typed=typed, errors=words.errors(fault, ("email", "role")))
    return visit.go(f"{visit.base}/join_requests", f"{typed['email']} is invited.")


@post(_HERE + "/invitations/{entry:str}/withdraw")
async def withdraw(visit: Theirs) -> Page:
    await visit.write(identity.joining.withdraw, visit.number("entry"))
    return visit.go(f"{visit.base}/join_requests", "The invitation is withdrawn.")


@post(_HERE + "/join_requests/{entry:str}/approve")
async def approve(visit: Theirs) -> Page:
    found = await visit.write(identity.joining.approve, visit.number("entry"))
    name = found.person.name if found.person else "Somebody"
    return visit.go(f"{visit.base}/join_requests", f"{name} is a member now.")


@post(_HERE + "/join_requests/{entry:str}/reject")
async def reject(visit: Theirs) -> Page:
    await visit.write(identity.joining.reject, visit.number("entry"))
    return visit.go(f"{visit.base}/join_requests", "They are told that they are not let in.")


# Whoever asks is no member yet.
@post(_HERE + "/join_requests", dependencies={"visit": Provide(person)})
async def ask(visit: Mine) -> Page:
    """A public organization takes the person in at once, a restricted one is asked."""
    try:
        found = await visit.write(identity.joining.ask, visit.number("organization"))
    except Invalid as fault:
        return visit.go("/organizations", words.told(fault))
    if found.status == "approved":
        return visit.go(home_of(found.organization.seq), f"You belong to {found.organization.name} now.")
    return visit.go("/organizations", f"{found.organization.name} is asked.")


WITHIN = [ask, index, change_role, remove, waiting, invite, withdraw, approve, reject]
