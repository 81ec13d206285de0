"""Which pages there are, by who may see them."""

from litestar import Router
from litestar.di import Provide

from hyway.console.market import (
    accounts,
    address,
    board,
    dashboard,
    decisions,
    earnings,
    funding,
    inbox,
    me,
    members,
    money,
    organizations,
    programmes,
    review,
    sign_up,
    stay,
    tokens,
    work,
)
from hyway.console.pages import account

_LARGEST_FORM = 12_000_000
"""Pictures come with some of these forms."""
_PEOPLE = (
    *account.ROUTES,
    *organizations.ROUTES,
    *tokens.ROUTES,
    *me.ROUTES,
    *work.ROUTES,
    *earnings.ROUTES,
    *address.ROUTES,
    *accounts.ROUTES,
    *inbox.ROUTES,
    *board.ROUTES,
)
_MEMBERS = (
    *dashboard.WITHIN,
    *organizations.WITHIN,
    *members.WITHIN,
    *programmes.WITHIN,
    *funding.WITHIN,
    *review.WITHIN,
    *decisions.WITHIN,
    *money.WITHIN,
)
_ANYBODY = (*board.ANYBODY, *sign_up.ANYBODY)


def made() -> list[Router]:
    """Routers for people, for members of the organization in the address, and for anybody."""
    return [
        Router(
            "/",
            route_handlers=pages,
            dependencies={"visit": Provide(who)},
            request_max_body_size=_LARGEST_FORM,
        )
        for pages, who in ((_PEOPLE, stay.person), (_MEMBERS, stay.member), (_ANYBODY, stay.guest))
    ]
