"""/organizations/…/invitations and /me/invitations: people who are asked to belong. An addition to the vendor's API."""

from typing import Literal

from msgspec import Struct

from hyway.apis.hypemarket import asking, params
from hyway.apis.hypemarket.join_requests import Named, named
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.params import Root, Sent
from hyway.apis.hypemarket.rails import operation
from hyway.apis.hypemarket.style import READ, WRITE
from hyway.apis.kit.operations import Ask
from hyway.domain import identity
from hyway.domain.identity import AccessRequest, Caller
from hyway.kernel import sqid
from hyway.kernel.db import Write

_OF = "/organizations/{organization_id}/invitations"
_MINE = "/me/invitations"
INVITATION = Root(
    "invitation",
    email=params.text("Who is invited."),
    role=params.text("`member`, unless `admin` is said."),
)


class Invitation(Struct):
    """`email` is what was invited: whether somebody is known behind it, an organization does not learn."""

    id: str
    email: str
    role: Literal["admin", "member"]
    status: Literal["pending", "approved"]
    created_at: str
    organization: Named


def out(of: AccessRequest) -> Invitation:
    return Invitation(
        id=sqid.text(of.seq),
        email=of.email,
        role="admin" if of.role == "admin" else "member",
        status=of.status,
        created_at=asking.at(of.created_at),
        organization=named(of.organization),
    )


@operation("GET", _OF, scope=READ, query=PageQuery, gives=list[Invitation])
async def page(ask: Ask, query: PageQuery) -> Page[Invitation]:
    """List an organization's invitations.

    Those that nobody has answered, oldest first; for admins.
    """
    return (await asking.page(ask, query, identity.joining.invitations)).each(out)


@operation("POST", _OF, scope=WRITE, takes=INVITATION, gives=Invitation, status=201)
async def create(ask: Ask, sent: Sent) -> Invitation:
    """Invite somebody by e-mail.

    Who has an account finds it in their inbox; anybody else gets a letter that leads to an account. For admins.
    """
    return out(await asking.write(ask, _invite, sent, sent=sent))


def _invite(w: Write, by: Caller, sent: Sent) -> AccessRequest:
    return identity.joining.invite(w, by, sent.fields.get("email"), sent.fields.get("role", "member"))


@operation("DELETE", _OF + "/{id}", scope=WRITE, gives=None, status=204)
async def withdraw(ask: Ask) -> None:
    """Take an invitation back."""
    await asking.write(ask, identity.joining.withdraw, asking.number(ask))


@operation("GET", _MINE, scope=READ, query=PageQuery, gives=list[Invitation])
async def mine(ask: Ask, query: PageQuery) -> Page[Invitation]:
    """List one's own invitations.

    Those that are not answered, oldest first.
    """
    return (await asking.page(ask, query, identity.joining.my_invitations)).each(out)


@operation("POST", _MINE + "/{id}/accept", scope=WRITE, gives=Invitation)
async def accept(ask: Ask) -> Invitation:
    """Accept an invitation."""
    return out(await asking.write(ask, identity.joining.accept, asking.number(ask)))


@operation("POST", _MINE + "/{id}/decline", scope=WRITE, gives=None, status=204)
async def decline(ask: Ask) -> None:
    """Decline an invitation."""
    await asking.write(ask, identity.joining.decline, asking.number(ask))


OPERATIONS = (page, create, withdraw, mine, accept, decline)
