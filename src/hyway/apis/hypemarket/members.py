"""/organizations/…/members: who belongs to an organization, and in which role."""

from typing import Literal

from msgspec import Struct

from hyway.apis.hypemarket import asking, params
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.params import Root, Sent
from hyway.apis.hypemarket.rails import operation
from hyway.apis.hypemarket.style import READ, WRITE
from hyway.apis.kit.operations import Ask
from hyway.domain import identity
from hyway.domain.identity import Caller, Membership
from hyway.kernel import sqid
from hyway.kernel.db import Write

MEMBERSHIP = Root("membership", role=params.text("`admin` or `member`."))


class User(Struct):
    id: str
    name: str
    email: str


class Member(Struct):
    id: str
    role: Literal["admin", "member"]
    is_owner: bool
    created_at: str
    updated_at: str
    user: User


def out(of: Membership) -> Member:
    """An owner is an admin who cannot be removed or demoted."""
    return Member(
        id=sqid.text(of.seq),
        role="member" if of.role == "member" else "admin",
        is_owner=of.role == "owner",
        created_at=asking.at(of.since),
        updated_at=asking.at(of.updated_at),
        user=User(id=sqid.text(of.person.seq), name=of.person.name, email=of.person.email),
    )


@operation("GET", "/organizations/{organization_id}/members", scope=READ, query=PageQuery, gives=list[Member])
async def page(ask: Ask, query: PageQuery) -> Page[Member]:
    """List members.

    Admins first.
    """
    return (await asking.page(ask, query, identity.members.page)).each(out)


@operation(
    "PATCH", "/organizations/{organization_id}/members/{id}", scope=WRITE, takes=MEMBERSHIP, gives=Member
)
async def change(ask: Ask, sent: Sent) -> Member:
    """Change a member's role.

    For admins. Neither the owner nor the only admin can be demoted.
    """
    return out(await asking.write(ask, _change, asking.number(ask), sent, sent=sent))


def _change(w: Write, by: Caller, seq: int, sent: Sent) -> Membership:
    return identity.members.change_role(w, by, seq, sent.fields.get("role"))


@operation("DELETE", "/organizations/{organization_id}/members/{id}", scope=WRITE, gives=None, status=204)
async def remove(ask: Ask) -> None:
    """Remove a member, or leave.

    Admins remove others, everybody may leave; but for the owner, the only member and the only admin.
    """
    await asking.write(ask, identity.members.remove, asking.number(ask), needs="member")


OPERATIONS = (page, change, remove)
