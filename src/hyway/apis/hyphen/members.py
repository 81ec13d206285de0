"""/api/organizations/{organizationId}/members/: who belongs, and what they like to find again."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen import lists, refs
from hyway.apis.hyphen.asking import SIGNED_IN, at, operation
from hyway.apis.hyphen.fields import Email, given
from hyway.apis.hyphen.lists import PageOut, PageQuery
from hyway.apis.hyphen.refs import OrganizationRef
from hyway.apis.kit.operations import Ask
from hyway.domain import identity

_ALL = "/api/organizations/{organizationId}/members/"
_ONE = "/api/organizations/{organizationId}/members/{memberId}/"
_FAVORITES = "/api/organizations/{organizationId}/members/{memberId}/favorites"
_FAVORITE = "/api/organizations/{organizationId}/members/{memberId}/favorites/{favoriteId}"

Text = Annotated[str, Meta(max_length=100)]


class RolesQuery(Struct, kw_only=True, rename="camel"):
    include_organization_roles: Annotated[
        bool, Meta(description="Say which roles the member has on the organization.")
    ] = False


class MembersQuery(PageQuery, kw_only=True, rename="camel"):
    search: Annotated[str, Meta(max_length=255, description="Part of a name or an address, in any case.")] = (
        ""
    )
    include_api_keys: Annotated[bool, Meta(description="API keys are members too: list them as well.")] = (
        False
    )
    include_organization_roles: bool = False


class AccountIn(Struct, kw_only=True, rename="camel"):
    type: Annotated[str, Meta(description="`github`, `npm`, `newRelic` or `incidentIo`.")]
    identifier: str
    email: Email | UnsetType | None = UNSET
    profile_url: str | UnsetType | None = UNSET


class MemberIn(Struct, kw_only=True, rename="camel"):
    email: Email
    first_name: Text | UnsetType | None = UNSET
    last_name: Text | UnsetType | None = UNSET
    nickname: Text | UnsetType | None = UNSET
    connected_accounts: list[AccountIn] | UnsetType | None = UNSET


class MemberChanges(Struct, kw_only=True, rename="camel"):
    """An empty text or null: as the member says themself."""

    first_name: Text | UnsetType | None = UNSET
    last_name: Text | UnsetType | None = UNSET
    nickname: Text | UnsetType | None = UNSET
    email: Annotated[str, Meta(max_length=320)] | UnsetType | None = UNSET


class FavoriteIn(Struct, kw_only=True):
    id: Annotated[str, Meta(min_length=1, max_length=100, description="Of a project, an app or a team.")]


class PlaceIn(Struct, kw_only=True):
    index: Annotated[int, Meta(ge=0, description="From 0.")]


class ConnectedAccount(Struct, rename="camel"):
    type: str
    identifier: str
    email: str | UnsetType = UNSET
    profile_url: str | UnsetType = UNSET


class Favorite(Struct):
    id: str
    type: str
    name: str
    index: int


class Favorites(Struct):
    favorites: list[Favorite]


class TeamRef(Struct):
    id: str
    name: str


class Listed(Struct, rename="camel", kw_only=True):
    """A member in a list. An API key has no last name and no address."""

    id: str
    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET
    nickname: str
    email: str | UnsetType = UNSET
    organization: OrganizationRef
    connected_accounts: list[ConnectedAccount]
    organization_roles: list[str] | UnsetType = UNSET


class Member(Listed, rename="camel", kw_only=True):
    favorites: list[Favorite]
    teams: list[TeamRef]


def listed(of: identity.Member, with_roles: bool = False) -> Listed:
    """A member as lists show them."""
    return Listed(
        id=of.id,
        first_name=of.first_name or UNSET,
        last_name=of.last_name or UNSET,
        nickname=of.nickname,
        email=of.email or UNSET,
        organization=refs.organization(of.organization),
        connected_accounts=[_account(each) for each in of.accounts],
        organization_roles=list(of.roles) if with_roles else UNSET,
    )


def out(of: identity.Member, with_roles: bool = True) -> Member:
    """A member with their teams and favorites."""
    base = listed(of, with_roles)
    return Member(
        id=base.id,
        first_name=base.first_name,
        last_name=base.last_name,
        nickname=base.nickname,
        email=base.email,
        organization=base.organization,
        connected_accounts=base.connected_accounts,
        organization_roles=base.organization_roles,
        favorites=[_favorite(each) for each in of.favorites],
        teams=[TeamRef(each.id, each.name) for each in of.teams],
    )


def _account(of: identity.Account) -> ConnectedAccount:
    return ConnectedAccount(of.type, of.identifier, of.email or UNSET, of.profile_url or UNSET)


def _favorite(of: identity.Favorite) -> Favorite:
    return Favorite(of.id, of.type, of.name, of.index)


@operation("GET", _ALL, needs=("read", "Member"), query=MembersQuery, gives=PageOut[Listed])
async def page(ask: Ask, query: MembersQuery) -> PageOut[Listed]:
    """List members.

    By age: people first, then API keys, if they are asked for.
    """
    found, total = await ask.db.read(
        identity.profiles.page,
        await at(ask),
        search=query.search,
        include_api_keys=query.include_api_keys,
        offset=query.offset,
        limit=query.limit,
    )
    return lists.page(query, total, [listed(each, query.include_organization_roles) for each in found])


@operation("POST", _ALL, needs=("create", "Member"), takes=MemberIn, gives=Member, status=201)
async def create(ask: Ask, sent: MemberIn) -> Member:
    """Create a member.

    The person behind the address belongs to the organization from now on, and is told: in their inbox, or by a letter
    that leads to an account of their own where the address is nobody's yet. 409 where a member has the address.
    """
    new = identity.NewMember(
        email=sent.email,
        first_name=sent.first_name or None,
        last_name=sent.last_name or None,
        nickname=sent.nickname or None,
        accounts=tuple(_taken(each) for each in sent.connected_accounts or ()),
    )
    return out(await ask.db.write(identity.profiles.create, await at(ask), new))


def _taken(sent: AccountIn) -> identity.Account:
    return identity.Account(sent.type, sent.identifier, sent.email or None, sent.profile_url or None)


@operation("GET", _ONE, needs=("read", "Member"), query=RolesQuery, gives=Member)
async def find(ask: Ask, query: RolesQuery) -> Member:
    """Get a member."""
    found = await ask.db.read(identity.profiles.find, await at(ask), ask.path["memberId"])
    return out(found, query.include_organization_roles)


@operation("PATCH", _ONE, needs=("update", "Member"), takes=MemberChanges, gives=Member)
async def change(ask: Ask, sent: MemberChanges) -> Member:
    """Update a member.

    It changes how this organization calls the member and where it writes to, never what the person calls themself or
    signs in with. 409 for an API key, which is changed as such.
    """
    verb = identity.profiles.change
    return out(await ask.db.write(verb, await at(ask), ask.path["memberId"], **given(sent)))


@operation("DELETE", _ONE, needs=("delete", "Member"), status=204)
async def drop(ask: Ask) -> None:
    """Delete a member.

    409 for the owner, for the last administrator, and for an API key, which is removed as such.
    """
    await ask.db.write(identity.profiles.drop, await at(ask), ask.path["memberId"])


@operation("POST", _FAVORITES, needs=SIGNED_IN, takes=FavoriteIn, gives=Favorites, status=201)
async def add_favorite(ask: Ask, sent: FavoriteIn) -> Favorites:
    """Add a favorite.

    A project, an app or a team that the caller may read, as the last one. Members do it for themselves, administrators
    for anybody.
    """
    found = await ask.db.write(identity.favorites.add, await at(ask), ask.path["memberId"], sent.id)
    return Favorites([_favorite(each) for each in found])


@operation("DELETE", _FAVORITE, needs=SIGNED_IN, status=204)
async def drop_favorite(ask: Ask) -> None:
    """Delete a favorite.

    By the id of the thing, or by the favorite's own.
    """
    by = await at(ask)
    await ask.db.write(identity.favorites.drop, by, ask.path["memberId"], ask.path["favoriteId"])


@operation("PATCH", _FAVORITE, needs=SIGNED_IN, takes=PlaceIn, status=204)
async def move_favorite(ask: Ask, sent: PlaceIn) -> None:
    """Update a favorite.

    Moves it to the place `index`; the others keep their order.
    """
    by = await at(ask)
    path = ask.path
    await ask.db.write(identity.favorites.move, by, path["memberId"], path["favoriteId"], sent.index)


OPERATIONS = (page, create, find, drop, change, add_favorite, drop_favorite, move_favorite)
