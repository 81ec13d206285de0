"""/api/organizations/: those that the caller belongs to."""

from typing import TYPE_CHECKING, Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen import lists
from hyway.apis.hyphen.asking import SIGNED_IN, at, operation
from hyway.apis.hyphen.fields import Email, given, one_of
from hyway.apis.hyphen.lists import PageOut, PageQuery
from hyway.apis.hyphen.refs import OrganizationRef
from hyway.apis.kit.operations import Ask
from hyway.domain import billing, projects
from hyway.domain.projects import Home, NewEnvironment

Name = Annotated[str, Meta(min_length=1, max_length=100)]


class OrganizationsQuery(PageQuery, kw_only=True, rename="camel"):
    name: Annotated[str, Meta(max_length=100, description="What the name starts with, in any case.")] = ""


class DefaultEnvironment(Struct, rename="camel", kw_only=True):
    """What every new project begins with."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    alternate_id: Annotated[str, Meta(min_length=1, max_length=25)]
    color: str | UnsetType = UNSET


class AccountId(Struct, kw_only=True):
    """An account that there is."""

    id: Annotated[str, Meta(min_length=1, max_length=100)]


class NewAccount(Struct, kw_only=True):
    """An account to be made."""

    name: Name
    email: Email


if TYPE_CHECKING:
    Paying = AccountId | NewAccount
else:
    Paying = one_of(AccountId, NewAccount)


class OrganizationIn(Struct, rename="camel", kw_only=True):
    name: Name
    billing_account: Paying
    default_environments: list[DefaultEnvironment] | UnsetType = UNSET
    create_default_project: Annotated[bool, Meta(description="Whether to begin with a project.")] = False


class OrganizationChange(Struct, rename="camel", kw_only=True):
    name: Name | UnsetType = UNSET
    default_environments: list[DefaultEnvironment] | UnsetType = UNSET


class EnvironmentOut(Struct, rename="camel"):
    name: str
    alternate_id: str
    color: str


class Organization(Struct, rename="camel"):
    id: str
    name: str
    default_environments: list[EnvironmentOut]
    billing_account: OrganizationRef
    logo_url: str | UnsetType = UNSET


def out(home: Home) -> Organization:
    """`logoUrl` is there where the organization has a logo."""
    return Organization(
        id=home.organization.id,
        name=home.organization.name,
        default_environments=[
            EnvironmentOut(each.name, each.alternate_id, each.color) for each in home.default_environments
        ],
        billing_account=OrganizationRef(home.billing_account.id, home.billing_account.name),
        logo_url=home.logo_url or UNSET,
    )


def _environments(sent: list[DefaultEnvironment]) -> list[NewEnvironment]:
    return [NewEnvironment(each.alternate_id, each.name, each.color or None) for each in sent]


@operation(
    "GET", "/api/organizations/", needs=SIGNED_IN, query=OrganizationsQuery, gives=PageOut[Organization]
)
async def page(ask: Ask, query: OrganizationsQuery) -> PageOut[Organization]:
    """List organizations.

    Those that the caller belongs to; an API key belongs to one.
    """
    found, total = await ask.db.read(projects.founding.page, ask.by, query.name, query.offset, query.limit)
    return lists.page(query, total, [out(each) for each in found])


@operation(
    "POST", "/api/organizations/", needs=SIGNED_IN, takes=OrganizationIn, gives=Organization, status=201
)
async def create(ask: Ask, sent: OrganizationIn) -> Organization:
    """Create an organization.

    For people: whoever creates it owns it. It is paid for by an account of theirs, or by a new one.
    """
    account = sent.billing_account
    chosen = account.id if isinstance(account, AccountId) else billing.NewAccount(account.name, account.email)
    environments = sent.default_environments
    made = await ask.db.write(
        projects.founding.establish,
        ask.by,
        sent.name,
        _environments(environments) if environments is not UNSET else None,
        chosen,
        sent.create_default_project,
    )
    return out(made)


@operation("GET", "/api/organizations/{organizationId}/", needs=("read", "Organization"), gives=Organization)
async def show(ask: Ask) -> Organization:
    """Show an organization."""
    return out(await ask.db.read(projects.founding.find, await at(ask)))


@operation(
    "PATCH",
    "/api/organizations/{organizationId}/",
    needs=("update", "Organization"),
    takes=OrganizationChange,
    gives=Organization,
)
async def change(ask: Ask, sent: OrganizationChange) -> Organization:
    """Change an organization.

    Default environments are those of projects to come; projects that are there keep theirs.
    """
    fields: dict[str, Any] = given(sent)
    if "default_environments" in fields:
        fields["default_environments"] = _environments(fields["default_environments"])
    return out(await ask.db.write(projects.founding.change, await at(ask), **fields))


OPERATIONS = (page, create, show, change)
