"""/api/execution-context/: as whom a request is seen, what they may do, and where it comes from.

The vendor's command line asks this of a new credential, and takes the organization from it.
"""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen.asking import SIGNED_IN, at, operation
from hyway.apis.hyphen.me import myself
from hyway.apis.hyphen.refs import OrganizationRef
from hyway.apis.hyphen.style import short
from hyway.apis.hyphen.tools import tools
from hyway.apis.kit.operations import Ask
from hyway.domain import identity, netinfo
from hyway.domain.identity import Caller
from hyway.kernel.db import Read

_KINDS = {"proj": "Project", "app": "App", "team": "Team"}


class ContextQuery(Struct, kw_only=True, rename="camel"):
    organization_id: Annotated[str, Meta(max_length=100, description="As a member of which one.")] = ""


class RequestInfo(Struct, rename="camel"):
    id: str
    causation_id: str
    correlation_id: str


class Rule(Struct):
    """Something that is allowed, where the conditions hold; `manage` is every action."""

    action: str
    subject: str
    conditions: dict[str, str] | UnsetType = UNSET


class User(Struct):
    id: str
    name: str
    type: str
    rules: list[Rule]


class MemberInfo(Struct):
    id: str
    name: str
    email: str
    organization: OrganizationRef
    rules: list[Rule]


class Location(Struct, rename="camel"):
    """What is not known of a place is not there."""

    country: str | UnsetType = UNSET
    region: str | UnsetType = UNSET
    city: str | UnsetType = UNSET
    lat: float | UnsetType = UNSET
    lng: float | UnsetType = UNSET
    postal_code: str | UnsetType = UNSET
    timezone: str | UnsetType = UNSET


class ExecutionContext(Struct, rename="camel"):
    request: RequestInfo
    user: User
    ip_address: str
    member: MemberInfo | UnsetType = UNSET
    organization: OrganizationRef | UnsetType = UNSET
    location: Location | UnsetType = UNSET


@operation("GET", "/api/execution-context/", needs=SIGNED_IN, query=ContextQuery, gives=ExecutionContext)
async def show(ask: Ask, query: ContextQuery) -> ExecutionContext:
    """Show as whom the request is seen.

    `member` and `organization` are those of `organizationId`, else of the only organization that the caller belongs
    to; who belongs to several and names none has neither. The rules are those that the server itself judges by.
    """
    wanted = query.organization_id or await ask.db.read(_only, ask.by)
    id = short(ask.request_id)
    found = ExecutionContext(RequestInfo(id, id, id), await ask.db.read(_user, ask.by), ask.client)
    if wanted:
        found.member = await ask.db.read(_member, await at(ask, wanted))
        found.organization = found.member.organization
    place = tools(ask).places.find(ask.client)
    if place != netinfo.NOWHERE:
        found.location = _location(place)
    return found


def _only(r: Read, by: Caller) -> str:
    """The id of the one organization that the caller belongs to, empty where it is not one."""
    if by.person is None:
        return identity.organization(r, by).wire_id
    found, total = identity.choices.beginning(r, by.person, "", 0, 1)
    return found[0].wire_id if total == 1 else ""


def _user(r: Read, by: Caller) -> User:
    if by.person is None:
        return User(by.actor_id, by.actor_name, "apiKey", [])
    person = identity.named(r, [by.person])[by.person]
    return User(person.wire_id, person.name, "user", [Rule("create", "Organization")])


def _member(r: Read, by: Caller) -> MemberInfo:
    member = myself(r, by)
    organization = OrganizationRef(member.organization.id, member.organization.name)
    rules = [_rule(each, organization.id) for each in identity.access.rules(by)]
    return MemberInfo(by.member, member.nickname, member.email or "", organization, rules)


def _rule(of: identity.access.Rule, organization: str) -> Rule:
    """Conditions as the vendor's clients know them: an organization's id, and the thing's own or that it is part of."""
    conditions = {"organization.id": organization}
    if of.on is not None:
        kind = _KINDS[of.on.partition("_")[0]]
        conditions["id" if kind == of.subject else f"{kind.lower()}.id"] = of.on
    return Rule(of.action, of.subject, conditions)


def _location(place: netinfo.Place) -> Location:
    return Location(
        country=place.country or UNSET,
        region=place.region or UNSET,
        city=place.city or UNSET,
        lat=UNSET if place.latitude is None else place.latitude,
        lng=UNSET if place.longitude is None else place.longitude,
        postal_code=place.postal or UNSET,
        timezone=place.timezone or UNSET,
    )


OPERATIONS = (show,)
