"""/api/organizations/{organizationId}/teams/: who works together, by hand or by criteria."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen import members, refs
from hyway.apis.hyphen.asking import at, operation
from hyway.apis.hyphen.fields import given
from hyway.apis.hyphen.lists import Listed
from hyway.apis.hyphen.refs import OrganizationRef
from hyway.apis.kit.operations import Ask, Reply
from hyway.domain import identity
from hyway.kernel.faults import Invalid

_ALL = "/api/organizations/{organizationId}/teams/"
_ONE = "/api/organizations/{organizationId}/teams/{teamId}/"
_MEMBERS = "/api/organizations/{organizationId}/teams/{teamId}/members"
_MEMBER = "/api/organizations/{organizationId}/teams/{teamId}/members/{memberId}"

_TEXT = {"type": "string", "minLength": 1, "maxLength": 255}
_PROPERTY = {
    "type": "object",
    "required": ["type", "field", "operator", "value"],
    "properties": {
        "type": {"const": "property"},
        "field": {"enum": ["firstName", "lastName", "nickname", "email"]},
        "operator": {"enum": ["equals", "notEquals", "contains", "startsWith", "endsWith", "in"]},
        "value": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": 100}]},
    },
}
_ACCOUNT = {
    "type": "object",
    "required": ["type", "field", "operator"],
    "properties": {
        "type": {"const": "account"},
        "field": {"enum": ["github", "npm", "newRelic", "incidentIo"]},
        "operator": {"const": "connected"},
    },
}
_IDS = {"type": "array", "items": {"type": "string"}}

Name = Annotated[str, Meta(min_length=1, max_length=100)]
Criteria = Annotated[
    list[Annotated[dict[str, Any], Meta(extra_json_schema={"anyOf": [_PROPERTY, _ACCOUNT]})]],
    Meta(
        description="What holds for all members of a dynamic team: `property` with `field` (`firstName`, `lastName`,"
        " `nickname`, `email`), `operator` (`equals`, `notEquals`, `contains`, `startsWith`, `endsWith`, `in`) and"
        " `value`, compared without regard to case; `account` with `field` (`github`, `npm`, `newRelic`, `incidentIo`)"
        " and the operator `connected`.",
        max_length=20,
    ),
]
MembersIn = Annotated[
    Any,
    Meta(
        extra_json_schema={
            "anyOf": [
                _IDS,
                {"type": "object", "required": ["members"], "properties": {"members": _IDS}},
                {"type": "object", "required": ["memberIds"], "properties": {"memberIds": _IDS}},
            ]
        }
    ),
]


class TeamsQuery(Struct, kw_only=True):
    name: Annotated[str, Meta(max_length=100, description="What the name starts with, in any case.")] = ""


class Channel(Struct):
    id: Annotated[str, Meta(min_length=1, max_length=255)]
    type: Literal["slack"]


class TeamIn(Struct, kw_only=True):
    name: Name
    type: Literal["static", "dynamic"] | UnsetType = UNSET
    criteria: Criteria | UnsetType = UNSET
    channels: list[Channel] | UnsetType = UNSET


class Team(Struct, rename="camel"):
    id: str
    name: str
    type: str
    member_count: int
    organization: OrganizationRef
    criteria: list[dict[str, Any]]
    channels: list[dict[str, Any]]


def out(of: identity.Team) -> Team:
    return Team(
        id=of.id,
        name=of.name,
        type=of.type,
        member_count=of.member_count,
        organization=refs.organization(of.organization),
        criteria=[dict(each) for each in of.criteria],
        channels=[dict(each) for each in of.channels],
    )


def _values(sent: TeamIn) -> dict[str, Any]:
    """What the verbs take of what was sent."""
    values = given(sent)
    if "criteria" in values:
        values["criteria_"] = values.pop("criteria")
    if "channels" in values:
        values["channels"] = [{"id": each.id, "type": each.type} for each in values["channels"]]
    return values


@operation("GET", _ALL, needs=("read", "Team"), query=TeamsQuery, gives=Listed[Team])
async def page(ask: Ask, query: TeamsQuery) -> Listed[Team]:
    """List teams.

    Those that the caller may read, by name.
    """
    found = await ask.db.read(identity.teams.page, await at(ask), query.name)
    return Listed([out(each) for each in found])


@operation("POST", _ALL, needs=("create", "Team"), takes=TeamIn, gives=Team, status=201)
async def create(ask: Ask, sent: TeamIn) -> Team:
    """Create a team.

    A dynamic one needs criteria and holds whoever meets all of them, at all times; a static one has no criteria and
    is filled by hand. Without a type it is dynamic where it has criteria.
    """
    return out(await ask.db.write(identity.teams.create, await at(ask), **_values(sent)))


@operation("GET", _ONE, needs=("read", "Team"), gives=Team)
async def find(ask: Ask) -> Team:
    """Get a team."""
    return out(await ask.db.read(identity.teams.find, await at(ask), ask.path["teamId"]))


@operation("PATCH", _ONE, needs=("update", "Team"), takes=TeamIn, gives=Team)
async def change(ask: Ask, sent: TeamIn) -> Team:
    """Update a team.

    What is not mentioned stays. A dynamic team that becomes static keeps the members that it had.
    """
    by = await at(ask)
    return out(await ask.db.write(identity.teams.change, by, ask.path["teamId"], **_values(sent)))


@operation("DELETE", _ONE, needs=("delete", "Team"), status=204)
async def drop(ask: Ask) -> None:
    """Delete a team.

    What its members might do through it they may do no more.
    """
    await ask.db.write(identity.teams.drop, await at(ask), ask.path["teamId"])


@operation("GET", _MEMBERS, needs=("read", "Team"), gives=Listed[members.Listed])
async def page_members(ask: Ask) -> Listed[members.Listed]:
    """List the members of a team."""
    found = await ask.db.read(identity.teams.members, await at(ask), ask.path["teamId"])
    return Listed([members.listed(each) for each in found])


@operation("PUT", _MEMBERS, needs=("update", "Team"), takes=MembersIn, status=202)
async def replace_members(ask: Ask, sent: Any) -> None:
    """Replace the members of a team.

    The body is a list of ids of members, or an object that has it as `members` or `memberIds`. 409 for a dynamic team.
    """
    place, ids = _members(sent)
    by = await at(ask)
    await ask.db.write(identity.teams.replace_members, by, ask.path["teamId"], ids, place)


def _members(sent: Any) -> tuple[str, list[str]]:
    """Where the ids stand in the body, and what they are: texts, or objects that have an `id`."""
    place, listed = "body", sent
    if isinstance(sent, dict):
        name = next((each for each in ("members", "memberIds") if each in sent), None)
        if name is None:
            raise Invalid("body", "must have required property 'members'")
        place, listed = f"body/{name}", sent[name]
    if not isinstance(listed, list):
        raise Invalid(place, "must be array")
    if len(listed) > identity.teams.MOST_AT_ONCE:
        raise Invalid(place, "must NOT have more than {most} items", most=identity.teams.MOST_AT_ONCE)
    ids: list[str] = []
    for at_, each in enumerate(listed):
        id = each.get("id") if isinstance(each, dict) else each
        if not isinstance(id, str):
            raise Invalid(f"{place}/{at_}", "must be string")
        ids.append(id)
    return place, ids


@operation("DELETE", _MEMBER, needs=("update", "Team"))
async def drop_member(ask: Ask) -> Reply:
    """Delete a member from a team.

    They stay in the organization. 409 for a dynamic team.
    """
    by = await at(ask)
    await ask.db.write(identity.teams.remove, by, ask.path["teamId"], ask.path["memberId"])
    return Reply(b"")


OPERATIONS = (page, create, find, drop, change, page_members, replace_members, drop_member)
