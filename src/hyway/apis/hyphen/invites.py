"""/api/organizations/{organizationId}/integration-invites/: being let in at a vendor's own page."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen.asking import at, operation
from hyway.apis.hyphen.tools import tools
from hyway.apis.kit.operations import Ask
from hyway.domain import connections

_ALL = "/api/organizations/{organizationId}/integration-invites/"


class InviteIn(Struct, kw_only=True, rename="camel"):
    type: Annotated[str, Meta(min_length=1, max_length=100, description="A type of the catalogue: `slack`.")]
    code_challenge: (
        Annotated[
            str,
            Meta(
                max_length=128,
                description="S256 (RFC 7636) of the verifier that is sent with the code later.",
            ),
        ]
        | UnsetType
        | None
    ) = UNSET


class IntegrationInvite(Struct):
    type: str
    url: Annotated[
        str, Meta(description="The page at the vendor's; it sends people back with a code and a state.")
    ]


@operation("POST", _ALL, needs=("create", "Integration"), takes=InviteIn, gives=IntegrationInvite, status=201)
async def create(ask: Ask, sent: InviteIn) -> IntegrationInvite:
    """Get the page at a vendor's on which somebody lets us in.

    The code that it ends with becomes an integration by
    `{"type": "slack", "config": {"code": "…", "codeVerifier": "…"}}` in the body.
    """
    challenge = sent.code_challenge if isinstance(sent.code_challenge, str) else ""
    found = await ask.db.read(
        connections.invites.start, await at(ask), tools(ask).vendors, sent.type, challenge
    )
    return IntegrationInvite(found.type, found.url)


OPERATIONS = (create,)
