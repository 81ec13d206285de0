"""/api/organizations/{organizationId}/domains/: names of an organization's own for its short links."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen import lists, refs
from hyway.apis.hyphen.asking import at, moment, operation
from hyway.apis.hyphen.fields import given
from hyway.apis.hyphen.lists import PageOut, PageQuery
from hyway.apis.hyphen.refs import OrganizationRef
from hyway.apis.hyphen.tools import tools
from hyway.apis.kit.operations import Ask
from hyway.domain import identity, links
from hyway.domain.identity import Caller
from hyway.domain.links import DomainChange, NewDomain
from hyway.kernel.db import Read, Write

_ALL = "/api/organizations/{organizationId}/domains/"
_ONE = "/api/organizations/{organizationId}/domains/{domainId}/"
_VERIFY = "/api/organizations/{organizationId}/domains/{domainId}/verify"
_LONGEST = 2_048

NotFound = Annotated[
    str,
    Meta(
        max_length=_LONGEST,
        description="Where visitors go whose code does not exist, and those of the domain itself. Null or empty: to a"
        " page that says so.",
    ),
]
Fallback = Annotated[
    str,
    Meta(
        max_length=_LONGEST,
        description="The same with `{code}` in its path or query for the code that was asked for, percent-encoded;"
        " it comes first. `https://example.com/{code}`",
    ),
]


class DomainIn(Struct, kw_only=True, rename="camel"):
    domain: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=1_000,
            description="A host name without a port; an international one is kept in its ASCII form.",
        ),
    ]
    not_found_redirect_url: NotFound | None = None
    fallback_url_template: Fallback | None = None


class DomainPatch(Struct, kw_only=True, rename="camel"):
    not_found_redirect_url: NotFound | UnsetType | None = UNSET
    fallback_url_template: Fallback | UnsetType | None = UNSET


class Domain(Struct, rename="camel", kw_only=True):
    id: str
    domain: str
    status: Annotated[
        Literal["notReady", "pending", "ready", "failed"],
        Meta(description="`notReady` until it is first looked at; links are made under a `ready` one alone."),
    ]
    dns_status: Literal["pending", "verified", "failed"]
    ssl_status: Annotated[
        Literal["notReady", "pending", "active", "failed"],
        Meta(description="Stays `notReady` on a server whose own addresses begin with http."),
    ]
    created_at: str
    not_found_redirect_url: str | UnsetType = UNSET
    fallback_url_template: str | UnsetType = UNSET
    organization: OrganizationRef


class DnsRecord(Struct):
    type: Literal["TXT", "CNAME"]
    name: str
    value: str


class DomainSetup(Domain, rename="camel", kw_only=True):
    records: Annotated[
        list[DnsRecord],
        Meta(description="What shows that the domain is the organization's: one of them is enough."),
    ]
    found: Annotated[str | None, Meta(description="What the last look found; null before the first.")]


class Verified(Struct):
    verified: bool


Named = tuple[links.Domain, identity.Organization]


def _values(of: links.Domain, organization: identity.Organization) -> dict[str, object]:
    return {
        "id": of.id,
        "domain": of.domain,
        "status": of.status,
        "dns_status": of.dns_status,
        "ssl_status": of.ssl_status,
        "created_at": moment(of.created_at),
        "not_found_redirect_url": of.not_found_redirect_url or UNSET,
        "fallback_url_template": of.fallback_url_template or UNSET,
        "organization": refs.organization(organization),
    }


def out(named: Named) -> Domain:
    return Domain(**_values(*named))  # type: ignore[arg-type]


def _page(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[Named], int]:
    found, total = links.domains.page(r, by, offset, limit)
    whose = identity.organization(r, by)
    return [(each, whose) for each in found], total


def _find(r: Read, by: Caller, id: str) -> tuple[links.Domain, identity.Organization, list[links.Record]]:
    found = links.domains.find(r, by, id)
    return found, identity.organization(r, by), links.domains.records(found, r.hosts)


def _create(w: Write, by: Caller, new: NewDomain) -> Named:
    return links.domains.create(w, by, new), identity.organization(w, by)


def _change(w: Write, by: Caller, id: str, wish: DomainChange) -> Named:
    return links.domains.change(w, by, id, wish), identity.organization(w, by)


@operation("GET", _ALL, needs=("read", "Domain"), query=PageQuery, gives=PageOut[Domain])
async def page(ask: Ask, query: PageQuery) -> PageOut[Domain]:
    """List domains.

    Oldest first.
    """
    found, total = await ask.db.read(_page, await at(ask), query.offset, query.limit)
    return lists.page(query, total, [out(each) for each in found])


@operation("POST", _ALL, needs=("create", "Domain"), takes=DomainIn, gives=Domain, status=201)
async def create(ask: Ask, sent: DomainIn) -> Domain:
    """Add a domain.

    It answers once it is verified: a TXT record at `_hyway.<domain>` says what the domain's own address tells, or the
    domain is a CNAME of one of the server's names. Both are looked for from time to time, and on request. 409 where
    the organization has it already, or another organization of this server has verified it.
    """
    return out(await ask.db.write(_create, await at(ask), NewDomain(**given(sent))))


@operation("GET", _ONE, needs=("read", "Domain"), gives=DomainSetup)
async def find(ask: Ask) -> DomainSetup:
    """Show a domain.

    With the records that verify it, and what was found of them.
    """
    found, whose, wanted = await ask.db.read(_find, await at(ask), ask.path["domainId"])
    told = [DnsRecord(each.type, each.name, each.value) for each in wanted]
    return DomainSetup(**_values(found, whose), records=told, found=found.found)  # type: ignore[arg-type]


@operation("PATCH", _ONE, needs=("update", "Domain"), takes=DomainPatch, gives=Domain)
async def change(ask: Ask, sent: DomainPatch) -> Domain:
    """Change where a domain's lost visitors go.

    What is not sent stays as it is; null takes it away. The name never changes.
    """
    wish = DomainChange(**given(sent))
    return out(await ask.db.write(_change, await at(ask), ask.path["domainId"], wish))


@operation("DELETE", _ONE, needs=("delete", "Domain"), status=204)
async def drop(ask: Ask) -> None:
    """Delete a domain.

    409 while it has links; delete those first.
    """
    await ask.db.write(links.domains.drop, await at(ask), ask.path["domainId"])


@operation("POST", _VERIFY, needs=("update", "Domain"), gives=Verified)
async def verify(ask: Ask) -> Verified:
    """Verify a domain.

    Looks for its records at once, and for its certificate where the server is reached by https.
    """
    means, by = tools(ask), await at(ask)
    id = ask.path["domainId"]
    _, is_verified = await links.domains.verified(ask.db, means.outgoing, means.services, by, id)
    return Verified(is_verified)


OPERATIONS = (page, create, find, change, drop, verify)
