"""/api/me/: who the caller is, what its token says, and where it belongs."""

import base64
import dataclasses
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from hyway.apis.hyphen import style
from hyway.apis.hyphen.asking import SIGNED_IN, operation
from hyway.apis.kit.operations import Ask
from hyway.domain import identity
from hyway.domain.identity import Caller, Grants, Member
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read

_AT_ONCE = 100
_PROFILE = ("email_verified", "name", "preferred_username", "given_name", "family_name", "email")
"""What a token's scope lets it say of the person."""
_TOKEN = ("exp", "iat", "iss", "aud", "sub", "scope", *_PROFILE)


class AccountOut(Struct, rename="camel"):
    identifier: str
    type: str
    email: str | UnsetType = UNSET
    profile_url: str | UnsetType = UNSET


class MyOrganization(Struct, rename="camel"):
    id: str
    name: str
    is_organization_admin: bool


class FavoriteOut(Struct):
    id: str
    type: str
    name: str
    index: int


class TeamOut(Struct):
    id: str
    name: str


class Resource(Struct):
    """A thing that the member has roles on, directly or through a team."""

    id: str
    type: str
    name: str
    roles: list[str]


class MembershipOut(Struct, rename="camel"):
    id: str
    nickname: str
    connected_accounts: list[AccountOut]
    organization: MyOrganization
    favorites: list[FavoriteOut]
    teams: list[TeamOut]
    resources: list[Resource]
    organization_roles: list[str]
    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET


class Me(Struct, rename="camel"):
    """What a token says is there for who shows one: an API key has none."""

    is_impersonating: bool
    is_hyphen_internal: bool
    memberships: list[MembershipOut]
    decoded_token: dict[str, Any] | UnsetType = UNSET
    decoded_id_token: dict[str, Any] | UnsetType = UNSET
    access_token_expires_in: int | UnsetType = UNSET
    access_token_expires_at: int | UnsetType = UNSET


@operation("GET", "/api/me/", needs=SIGNED_IN, gives=Me)
async def show(ask: Ask) -> Me:
    """Show who the caller is.

    `decodedToken` are the claims of the access token, `decodedIdToken` those about the person, the times are
    milliseconds; an API key's secret has none of these. `memberships` are all of a person's, an API key has one.
    Nobody acts as another here, and nobody is of the vendor's: `isImpersonating` and `isHyphenInternal` are false.
    """
    found = Me(False, False, await ask.db.read(_memberships, ask.by))
    claims = _claims(style.token(ask.headers))
    if claims:
        found.decoded_token = {name: claims[name] for name in _TOKEN if name in claims}
        found.decoded_id_token = {name: claims[name] for name in _PROFILE if name in claims}
    if ask.by.expires_at is not None:
        found.access_token_expires_in = max(0, _millis(ask.by.expires_at - clock.now()))
        found.access_token_expires_at = _millis(ask.by.expires_at)
    return found


def _millis(of: Instant) -> int:
    return of // 1000


def _claims(token: str) -> dict[str, Any]:
    """What a token says, which was found to be one of ours: empty for what is no JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(padded))
    except (ValueError, msgspec.DecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _memberships(r: Read, by: Caller) -> list[MembershipOut]:
    ids = [identity.organization(r, by).wire_id] if by.person is None else _organizations(r, by, by.person)
    return [_membership(r, identity.access.enter(r, by, each)) for each in ids]


def _organizations(r: Read, by: Caller, person: int) -> list[str]:
    """All of a person's."""
    ids: list[str] = []
    while True:
        found, total = identity.choices.beginning(r, person, "", len(ids), _AT_ONCE)
        ids += [each.wire_id for each in found]
        if not found or len(ids) >= total:
            return ids


def myself(r: Read, by: Caller) -> Member:
    """The caller as a member of the organization that it has entered.

    Whoever belongs may know themselves, whatever else their roles let them read.
    """
    granted = identity.access.granted(by)
    able = Grants(granted.organization | {"OrganizationMember"}, granted.on)
    return identity.profiles.find(r, dataclasses.replace(by, grants=able), by.member)


def _membership(r: Read, by: Caller) -> MembershipOut:
    member = myself(r, by)
    is_admin = "OrganizationAdmin" in identity.access.granted(by).organization
    return MembershipOut(
        id=member.id,
        first_name=member.first_name or UNSET,
        last_name=member.last_name or UNSET,
        nickname=member.nickname,
        email=member.email or UNSET,
        connected_accounts=[
            AccountOut(each.identifier, each.type, each.email or UNSET, each.profile_url or UNSET)
            for each in member.accounts
        ],
        organization=MyOrganization(member.organization.id, member.organization.name, is_admin),
        favorites=[FavoriteOut(each.id, each.type, each.name, each.index) for each in member.favorites],
        teams=[TeamOut(each.id, each.name) for each in member.teams],
        resources=_resources(r, by),
        organization_roles=list(member.roles),
    )


def _resources(r: Read, by: Caller) -> list[Resource]:
    roles = identity.access.granted(by).on
    found = identity.things.found(r, by, roles)
    return [Resource(id, of.kind, of.name, sorted(roles[id])) for id, of in sorted(found.items())]


OPERATIONS = (show,)
