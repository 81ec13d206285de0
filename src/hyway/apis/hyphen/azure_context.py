"""/api/organizations/{organizationId}/integrations/azure/context: what a person may choose from while setting it up."""

from typing import Annotated

from msgspec import Meta, Struct

from hyway.apis.hyphen.asking import at, operation
from hyway.apis.hyphen.tools import tools
from hyway.apis.kit.operations import Ask
from hyway.domain import connections
from hyway.domain.connections import Resource

_PATH = "/api/organizations/{organizationId}/integrations/azure/context"


class AzureToken(Struct):
    token: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=connections.tenancy.LONGEST_TOKEN,
            description="An access token of that person's for `https://management.azure.com`. It is not kept.",
        ),
    ]


class AzureScope(Struct):
    id: str
    name: str


class AzureContext(Struct):
    tenants: list[AzureScope]
    subscriptions: list[AzureScope]


def _out(of: Resource) -> AzureScope:
    return AzureScope(of.id, of.name)


@operation("POST", _PATH, needs=("create", "Integration"), takes=AzureToken, gives=AzureContext)
async def context(ask: Ask, sent: AzureToken) -> AzureContext:
    """Show a person's tenants and subscriptions of Azure.

    Asked of Azure with the token; 400 with its words where it does not take it, or does not answer.
    """
    found = await connections.tenancy.survey(tools(ask).vendors, await at(ask), "azure", sent.token)
    return AzureContext([_out(each) for each in found.tenants], [_out(each) for each in found.subscriptions])


OPERATIONS = (context,)
