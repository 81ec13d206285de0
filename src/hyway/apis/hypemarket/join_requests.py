"""/organizations/…/join_requests and /me/join_requests: people who ask to belong. An addition to the vendor's API."""

from typing import Literal

from msgspec import Struct

from hyway.apis.hypemarket import asking
from hyway.apis.hypemarket.members import User
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.rails import operation
from hyway.apis.hypemarket.style import READ, WRITE
from hyway.apis.kit.operations import Ask
from hyway.domain import identity
from hyway.domain.identity import AccessRequest
from hyway.kernel import sqid

_OF = "/organizations/{organization_id}/join_requests"
_MINE = "/me/join_requests"


class Named(Struct):
    """An organization as strangers see it."""

    id: str
    name: str


class JoinRequest(Struct):
    id: str
    status: Literal["pending", "approved"]
    created_at: str
    decided_at: str | None
    organization: Named
    user: User


def named(of: identity.Organization) -> Named:
    return Named(id=sqid.text(of.seq), name=of.name)


def out(of: AccessRequest) -> JoinRequest:
    person = of.person
    if person is None:
        raise ValueError("a request to join is always somebody's")
    return JoinRequest(
        id=sqid.text(of.seq),
        status=of.status,
        created_at=asking.at(of.created_at),
        decided_at=asking.maybe_at(of.decided_at),
        organization=named(of.organization),
        user=User(id=sqid.text(person.seq), name=person.name, email=person.email),
    )


@operation("GET", _OF, scope=READ, query=PageQuery, gives=list[JoinRequest])
async def page(ask: Ask, query: PageQuery) -> Page[JoinRequest]:
    """List requests to join.

    Those that wait for a decision, oldest first; for admins.
    """
    return (await asking.page(ask, query, identity.joining.requests)).each(out)


@operation("POST", _OF, scope=WRITE, gives=JoinRequest, status=201)
async def create(ask: Ask) -> JoinRequest:
    """Ask to join.

    For anybody: a public organization takes them in at once, and the request is `approved`; a restricted one decides;
    a private one is not found. Who was invited is in.
    """
    # Not by `asking.write`: who asks is no member yet.
    there = asking.number(ask, "organization_id")
    return out(await ask.db.write(identity.joining.ask, ask.by, there))


@operation("POST", _OF + "/{id}/approve", scope=WRITE, gives=JoinRequest)
async def approve(ask: Ask) -> JoinRequest:
    """Approve a request to join.

    Its user is a member from now on; for admins.
    """
    return out(await asking.write(ask, identity.joining.approve, asking.number(ask)))


@operation("POST", _OF + "/{id}/reject", scope=WRITE, gives=None, status=204)
async def reject(ask: Ask) -> None:
    """Reject a request to join.

    It is gone, and its user may ask again; for admins.
    """
    await asking.write(ask, identity.joining.reject, asking.number(ask))


@operation("GET", _MINE, scope=READ, query=PageQuery, gives=list[JoinRequest])
async def mine(ask: Ask, query: PageQuery) -> Page[JoinRequest]:
    """List one's own requests to join.

    Those that wait for a decision, oldest first.
    """
    return (await asking.page(ask, query, identity.joining.my_requests)).each(out)


@operation("DELETE", _MINE + "/{id}", scope=WRITE, gives=None, status=204)
async def cancel(ask: Ask) -> None:
    """Take a request to join back."""
    await asking.write(ask, identity.joining.cancel, asking.number(ask))


OPERATIONS = (page, create, approve, reject, mine, cancel)
