"""/me/access_tokens: the caller's own tokens."""

from typing import Any, Literal, cast

from msgspec import Struct

from hyway.apis.hypemarket import asking, params
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.params import Root, Sent
from hyway.apis.hypemarket.rails import operation
from hyway.apis.hypemarket.style import READ, WRITE
from hyway.apis.kit.operations import Ask
from hyway.domain import identity
from hyway.domain.identity import AccessToken, Caller
from hyway.kernel import sqid
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid, Several

ACCESS_TOKEN = Root(
    "access_token",
    description=params.text("What it is for."),
    permission=params.text("`read` or `write`; `read` by default."),
)


class Token(Struct):
    id: str
    description: str
    permission: Literal["read", "write"]
    created_at: str
    last_used_at: str | None


class NewToken(Struct):
    id: str
    token: str
    description: str
    permission: Literal["read", "write"]
    created_at: str


def out(token: AccessToken) -> Token:
    return Token(
        id=sqid.text(token.seq),
        description=token.description,
        permission=token.permission,
        created_at=asking.at(token.created_at),
        last_used_at=asking.maybe_at(token.last_used_at),
    )


@operation("GET", "/me/access_tokens", scope=READ, query=PageQuery, gives=list[Token])
async def page(ask: Ask, query: PageQuery) -> Page[Token]:
    """List access tokens.

    Newest first, never with the token itself.
    """
    return (await asking.page(ask, query, identity.tokens.page)).each(out)


@operation("POST", "/me/access_tokens", scope=WRITE, takes=ACCESS_TOKEN, gives=NewToken, status=201)
async def create(ask: Ask, sent: Sent) -> NewToken:
    """Create an access token.

    The token itself is in this answer alone.
    """
    made, secret = await asking.write(ask, _create, sent.fields, sent=sent)
    return NewToken(
        id=sqid.text(made.seq),
        token=secret,
        description=made.description,
        permission=made.permission,
        created_at=asking.at(made.created_at),
    )


def _create(w: Write, by: Caller, fields: dict[str, Any]) -> tuple[AccessToken, str]:
    permission = fields.get("permission", "read")
    wrong: list[Invalid] = []
    if permission not in ("read", "write"):
        wrong.append(Invalid("permission", "is not included in the list"))
    try:
        made = identity.tokens.create(
            w, by, fields.get("description") or "", cast(Any, "read" if wrong else permission)
        )
    except Invalid as why:
        raise Several([why, *wrong]) from None
    if wrong:
        raise Several(wrong)
    return made


@operation("DELETE", "/me/access_tokens/{id}", scope=WRITE, gives=None, status=204)
async def drop(ask: Ask) -> None:
    """Revoke an access token.

    It is refused from the next request on.
    """
    await asking.write(ask, identity.tokens.drop, asking.number(ask))


OPERATIONS = (page, create, drop)
