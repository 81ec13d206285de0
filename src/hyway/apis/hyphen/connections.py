"""/api/organizations/{organizationId}/integrations/…/connections/: what stands for what at the vendors'."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen import lists, refs
from hyway.apis.hyphen.asking import at, operation
from hyway.apis.hyphen.fields import Words
from hyway.apis.hyphen.lists import PageOut, PageQuery
from hyway.apis.hyphen.refs import AlternateRef, OrganizationRef
from hyway.apis.hyphen.tools import tools
from hyway.apis.kit.operations import Ask
from hyway.domain import connections, identity, projects
from hyway.domain.connections import AccessQuery, ConnectionAccess, ConnectionQuery
from hyway.domain.identity import Caller, Organization
from hyway.domain.projects import Project
from hyway.kernel.db import Read

_ALL = "/api/organizations/{organizationId}/integrations/connections"
_OF = "/api/organizations/{organizationId}/integrations/{integrationId}/connections/"
_ONE = "/api/organizations/{organizationId}/integrations/{integrationId}/connections/{connectionId}/"


class ConnectionsQuery(PageQuery, kw_only=True, rename="camel"):
    project_ids: Words = ()
    integration_ids: Words = ()
    integration_types: Words = ()
    entity_ids: Words = ()
    types: Words = ()
    connection_ids: Words = ()


class ConnectionAccessQuery(PageQuery, kw_only=True, rename="camel"):
    entity_connection_ids: Words = ()
    assignment_connection_ids: Words = ()
    entity_ids: Words = ()
    assignment_ids: Words = ()


class EntityIn(Struct):
    id: Annotated[
        str,
        Meta(min_length=1, max_length=200, description="Of an organization, project, app, team or member."),
    ]


class ConnectionIn(Struct, kw_only=True):
    type: Annotated[
        str, Meta(min_length=1, max_length=100, description="A type that the integration provides.")
    ]
    entity: EntityIn
    input: (
        Annotated[str, Meta(max_length=500, description="What to connect it to, where that is to be chosen.")]
        | UnsetType
        | None
    ) = UNSET


class ConnectedEntity(Struct):
    type: str
    id: str
    name: str


class IntegrationRef(Struct):
    id: str
    type: str


class Verification(Struct):
    emails: Annotated[list[str], Meta(description="Where the code was sent.")]


class Connection(Struct, rename="camel", kw_only=True):
    id: str
    status: Annotated[
        str, Meta(description="`Pending`, `AwaitingVerification`, `Ready`, `Failed` or `Decommissioning`.")
    ]
    type: str
    entity: ConnectedEntity
    organization_integration: IntegrationRef
    config: dict[str, Any]
    organization: OrganizationRef
    project: AlternateRef | UnsetType = UNSET
    errors: list[str]
    input: str
    verification: Verification | UnsetType = UNSET
    is_retryable: bool


class ConnectionEnd(Struct):
    id: str
    type: str
    entity: ConnectedEntity


class ConnectionAccessOut(Struct, rename="camel", kw_only=True):
    id: str
    status: str
    integration_type: str
    entity_connection: ConnectionEnd
    assignment_connection: ConnectionEnd
    config: dict[str, Any]
    organization: OrganizationRef
    errors: list[str]


class DropQuery(Struct, kw_only=True, rename="camel"):
    decommission_remote_resources: Annotated[
        bool,
        Meta(description="Whether what was made at the vendor's goes, too; it stays unless this says so."),
    ] = False


class VerificationIn(Struct):
    code: Annotated[str, Meta(min_length=1, max_length=200, description="The verification code.")]


Shown = tuple[connections.Connection, Project | None, Organization]


def _entity(of: connections.Entity) -> ConnectedEntity:
    return ConnectedEntity(of.kind, of.id, of.name)


def out(shown: Shown) -> Connection:
    of, project, organization = shown
    waits = of.status == "AwaitingVerification"
    return Connection(
        id=of.id,
        status=of.status,
        type=of.type,
        entity=_entity(of.entity),
        organization_integration=IntegrationRef(of.integration_id, of.integration_type),
        config=dict(of.config),
        organization=refs.organization(organization),
        project=refs.project(project) if project else UNSET,
        errors=list(of.errors),
        input=of.input,
        verification=Verification(list(of.verification_emails)) if waits else UNSET,
        is_retryable=of.is_retryable,
    )


def access_out(of: ConnectionAccess, organization: Organization) -> ConnectionAccessOut:
    whose = of.assignment or of.connection
    return ConnectionAccessOut(
        id=of.id,
        status=of.status,
        integration_type=of.connection.integration_type,
        entity_connection=ConnectionEnd(of.connection.id, of.connection.type, _entity(of.connection.entity)),
        assignment_connection=ConnectionEnd(whose.id, whose.type, _entity(whose.entity)),
        config={},
        organization=refs.organization(organization),
        errors=list(of.errors),
    )


def _with(r: Read, by: Caller, found: list[connections.Connection]) -> list[Shown]:
    """With their projects, those that the caller may read."""
    known = projects.these(r, by, {each.project for each in found if each.project})
    own = identity.organization(r, by)
    return [(each, known.get(each.project) if each.project else None, own) for each in found]


def _page(r: Read, by: Caller, query: ConnectionQuery) -> tuple[list[Shown], int]:
    found, total = connections.connections.page(r, by, query)
    return _with(r, by, found), total


def _find(r: Read, by: Caller, integration: str, id: str) -> Shown:
    return _with(r, by, [connections.connections.find(r, by, integration, id)])[0]


def _access_page(r: Read, by: Caller, query: AccessQuery) -> tuple[list[ConnectionAccess], int, Organization]:
    found, total = connections.connections.access_page(r, by, query)
    return found, total, identity.organization(r, by)


@operation("GET", _ALL, needs=("read", "Integration"), query=ConnectionsQuery, gives=PageOut[Connection])
async def page(ask: Ask, query: ConnectionsQuery) -> PageOut[Connection]:
    """List connections of an organization."""
    wanted = ConnectionQuery(
        projects=query.project_ids,
        integrations=query.integration_ids,
        integration_types=query.integration_types,
        entities=query.entity_ids,
        types=query.types,
        connections=query.connection_ids,
        offset=query.offset,
        limit=query.limit,
    )
    found, total = await ask.db.read(_page, await at(ask), wanted)
    return lists.page(query, total, [out(each) for each in found])


@operation(
    "GET",
    f"{_ALL}/access",
    needs=("read", "Integration"),
    query=ConnectionAccessQuery,
    gives=PageOut[ConnectionAccessOut],
)
async def access_page(ask: Ask, query: ConnectionAccessQuery) -> PageOut[ConnectionAccessOut]:
    """List who was let into what by connections of their own."""
    wanted = AccessQuery(
        entity_connections=query.entity_connection_ids,
        assignment_connections=query.assignment_connection_ids,
        entities=query.entity_ids,
        assignments=query.assignment_ids,
        offset=query.offset,
        limit=query.limit,
    )
    found, total, own = await ask.db.read(_access_page, await at(ask), wanted)
    return lists.page(query, total, [access_out(each, own) for each in found])


@operation("POST", _OF, needs=("create", "Integration"), takes=ConnectionIn, gives=Connection, status=201)
async def create(ask: Ask, sent: ConnectionIn) -> Connection:
    """Connect something.

    It is made in the background: `Pending` until it is `Ready`, or `Failed` with the reasons in `errors`. The same sent
    again has one tried again at once that `isRetryable`.
    """
    by = await at(ask)
    chosen = sent.input if isinstance(sent.input, str) else ""
    made = await ask.db.write(
        connections.connections.create,
        by,
        tools(ask).vendors,
        ask.path["integrationId"],
        sent.type,
        sent.entity.id,
        chosen,
    )
    return out(await ask.db.read(_find, by, made.integration_id, made.id))


@operation("GET", _ONE, needs=("read", "Integration"), gives=Connection)
async def find(ask: Ask) -> Connection:
    """Show a connection."""
    by = await at(ask)
    return out(await ask.db.read(_find, by, ask.path["integrationId"], ask.path["connectionId"]))


@operation("DELETE", _ONE, needs=("delete", "Integration"), query=DropQuery, status=204)
async def drop(ask: Ask, query: DropQuery) -> None:
    """Delete a connection.

    What it made at the vendor's stays there, unless it is asked for that this goes, too: then the connection is
    `Decommissioning` until that is done.
    """
    await ask.db.write(
        connections.connections.drop,
        await at(ask),
        ask.path["integrationId"],
        ask.path["connectionId"],
        query.decommission_remote_resources,
    )


@operation("POST", f"{_ONE}verify", needs=("update", "Integration"), takes=VerificationIn, status=204)
async def verify(ask: Ask, sent: VerificationIn) -> None:
    """Accept a verification code.

    The vendor is shown it at once: the connection is `Ready` then, or it is a 400 with the vendor's reason, and another
    code is awaited. Where the vendor does not answer, the code is kept and shown again in the background.
    """
    by, vendors, path = await at(ask), tools(ask).vendors, ask.path
    await connections.verifying.verify(
        ask.db, vendors, by, path["integrationId"], path["connectionId"], sent.code
    )


OPERATIONS = (page, access_page, create, find, drop, verify)
