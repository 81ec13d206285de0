"""/api/organizations/{organizationId}/api-keys/: programs, and the secrets by which they are known."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen import lists
from hyway.apis.hyphen.asking import at, moment, operation
from hyway.apis.hyphen.lists import PageOut, PageQuery
from hyway.apis.kit.operations import Ask
from hyway.domain import identity

_PATH = "/api/organizations/{organizationId}/api-keys/"
_ONE = _PATH + "{apiKeyId}/"


class KeysQuery(PageQuery, kw_only=True, rename="camel"):
    name: Annotated[str, Meta(max_length=100, description="What the name begins with, in any case.")] = ""


class KeyIn(Struct):
    """`roles` are those on the organization: an OrganizationAdmin's where none are sent."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    roles: Annotated[list[str], Meta(min_length=1, max_length=20)] | UnsetType = UNSET


class SecretOut(Struct, rename="camel"):
    """`value` is there once, when the secret is made; `lastUsed` once it was used."""

    id: str
    hint: str
    last_used: str | UnsetType = UNSET
    value: str | UnsetType = UNSET


class KeyOut(Struct, rename="camel"):
    id: str
    name: str
    created_at: str
    member_id: str
    secrets: list[SecretOut]
    roles: list[str]


def out(of: identity.api_keys.ApiKey) -> KeyOut:
    return KeyOut(
        of.id,
        of.name,
        moment(of.created_at),
        of.member_id,
        [_secret(each) for each in of.secrets],
        list(of.roles),
    )


def _secret(of: identity.api_keys.Secret) -> SecretOut:
    used = UNSET if of.last_used_at is None else moment(of.last_used_at)
    return SecretOut(of.id, of.hint, used, UNSET if of.value is None else of.value)


@operation("GET", _PATH, needs=("read", "ApiKey"), query=KeysQuery, gives=PageOut[KeyOut])
async def page(ask: Ask, query: KeysQuery) -> PageOut[KeyOut]:
    """List API keys."""
    found, total = await ask.db.read(
        identity.api_keys.page, await at(ask), query.name, query.offset, query.limit
    )
    return lists.page(query, total, [out(each) for each in found])


@operation("POST", _PATH, needs=("create", "ApiKey"), takes=KeyIn, gives=KeyOut, status=201)
async def create(ask: Ask, sent: KeyIn) -> KeyOut:
    """Create an API key.

    Its secret is in this answer and in no other.
    """
    roles = identity.api_keys.ADMINISTRATOR if sent.roles is UNSET else sent.roles
    made, _ = await ask.db.write(identity.api_keys.create, await at(ask), sent.name, roles)
    return out(made)


@operation("GET", _ONE, needs=("read", "ApiKey"), gives=KeyOut)
async def find(ask: Ask) -> KeyOut:
    """Show an API key."""
    return out(await ask.db.read(identity.api_keys.find, await at(ask), ask.path["apiKeyId"]))


@operation("DELETE", _ONE, needs=("delete", "ApiKey"), status=204)
async def drop(ask: Ask) -> None:
    """Delete an API key.

    Its secrets are refused from the next request on.
    """
    await ask.db.write(identity.api_keys.drop, await at(ask), ask.path["apiKeyId"])


@operation("PUT", _ONE + "secrets/", needs=("update", "ApiKey"), gives=SecretOut)
async def add_secret(ask: Ask) -> SecretOut:
    """Give an API key one more secret.

    Its value is in this answer and in no other.
    """
    return _secret(await ask.db.write(identity.api_keys.add_secret, await at(ask), ask.path["apiKeyId"]))


@operation("DELETE", _ONE + "secrets/{secretId}", needs=("update", "ApiKey"), status=204)
async def drop_secret(ask: Ask) -> None:
    """Take a secret from an API key."""
    await ask.db.write(
        identity.api_keys.drop_secret, await at(ask), ask.path["apiKeyId"], ask.path["secretId"]
    )


OPERATIONS = (page, create, find, drop, add_secret, drop_secret)
