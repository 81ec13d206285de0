"""/{organizationId}/{projectId}/key: the key of a project's vault, in words of its own (`secret_key_id`)."""

from typing import Annotated

from msgspec import Meta, Struct

from hyway.apis.hyphen.asking import at, operation
from hyway.apis.kit.operations import Ask
from hyway.domain import envs
from hyway.domain.envs import VaultKey

_KEY = "/{organizationId}/{projectId}/key"


class ProjectKeyQuery(Struct, kw_only=True, rename="camel"):
    secret_key_id: Annotated[
        int, Meta(ge=1, description="One of the project's keys, also one that was replaced; without it, its key now.")
    ] | None = None  # fmt: skip


class ProjectKeyIn(Struct, kw_only=True):
    secret_key_id: Annotated[int, Meta(ge=1, description="When the key was made, in seconds since 1970.")]
    secret_key: Annotated[str, Meta(min_length=1, max_length=envs.LONGEST_SECRET)]


class ProjectKey(Struct):
    secret_key_id: int
    secret_key: str


class ProjectKeyOut(Struct):
    key: ProjectKey


@operation("GET", _KEY, needs=("read", "VaultKey"), query=ProjectKeyQuery, gives=ProjectKeyOut)
async def read(ask: Ask, query: ProjectKeyQuery) -> ProjectKeyOut:
    """Read a project's key.

    404 where it has none. The project goes by its id or its alternate id. Every reading is an event.
    """
    by, project = await at(ask), ask.path["projectId"]
    return _out(await ask.db.write(envs.vault.read, by, project, query.secret_key_id))


@operation("POST", _KEY, needs=("create", "VaultKey"), takes=ProjectKeyIn, gives=ProjectKeyOut, status=201)
async def write(ask: Ask, sent: ProjectKeyIn) -> ProjectKeyOut:
    """Give a project its key, or another one.

    The keys before it stay readable by their ids. The same key once more changes nothing; 409 for another key of an
    id that the project has had, and for a key that was replaced since.
    """
    new = VaultKey(sent.secret_key_id, sent.secret_key)
    return _out(await ask.db.write(envs.vault.write, await at(ask), ask.path["projectId"], new))


def _out(of: VaultKey) -> ProjectKeyOut:
    return ProjectKeyOut(ProjectKey(of.secret_key_id, of.secret_key))


OPERATIONS = (read, write)
