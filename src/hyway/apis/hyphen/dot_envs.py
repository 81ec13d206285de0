"""/api/organizations/{organizationId}/apps/{appId}/dot-env/: versions of .env files, encrypted by the clients."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen import lists, refs
from hyway.apis.hyphen.asking import at, moment, operation
from hyway.apis.hyphen.fields import Words
from hyway.apis.hyphen.lists import Listed, PageOut, PageQuery
from hyway.apis.hyphen.refs import AlternateRef, OrganizationRef
from hyway.apis.kit.operations import Ask
from hyway.domain import envs
from hyway.domain.envs import AppUse, Denied, Kind, Last, NewVersion, ProjectUse, Version, Wanted
from hyway.domain.projects import AppQuery
from hyway.kernel.faults import Refused

_FILE = "/api/organizations/{organizationId}/apps/{appId}/dot-env/"
_DEFAULT = "default"
"""What stands for the environment of files that belong to none, where all others stand by their ids."""
_IN_ENVIRONMENT = 'Id or alternate id of the environment; without it, the default one for "all" of them.'
_ENCRYPTED_WITH = "The id of the key that the content is encrypted with."

Environment = Annotated[str, Meta(max_length=100, description=_IN_ENVIRONMENT)]
KeyId = Annotated[int, Meta(ge=1, description=_ENCRYPTED_WITH)]
Number = Annotated[int, Meta(ge=1, description="The number of the version.")]


class LatestQuery(PageQuery, kw_only=True, rename="camel"):
    project_ids: Words = ()
    app_ids: Words = ()


class SummaryQuery(Struct, kw_only=True, rename="camel"):
    project_ids: Words = ()


class PullQuery(Struct, kw_only=True, rename="camel"):
    environment_id: Environment = ""
    secret_key_id: KeyId | None = None
    version: Number | None = None


class PushQuery(Struct, kw_only=True, rename="camel"):
    environment_id: Environment = ""
    secret_key_id: Annotated[
        int,
        Meta(
            ge=1, description="The id of the key of the version before: another one while keys are rotated."
        ),
    ]


class FileQuery(Struct, kw_only=True, rename="camel"):
    environment_id: Environment = ""


class VersionsQuery(PageQuery, kw_only=True, rename="camel"):
    environment_id: Environment = ""
    secret_key_id: KeyId | None = None


class EncryptedQuery(Struct, kw_only=True, rename="camel"):
    environment_id: Environment = ""
    secret_key_id: KeyId


class PushIn(Struct, kw_only=True, rename="camel"):
    count_variables: Annotated[
        int, Meta(ge=0, description="How many variables there are, as the client counts.")
    ]
    size: Annotated[
        str, Meta(max_length=envs.LONGEST_SIZE, description="Its size in the client's own words.")
    ]
    data: Annotated[
        str,
        Meta(
            max_length=envs.LONGEST_DATA, description="The encrypted content: kept and given back as it is."
        ),
    ]
    version: Annotated[int, Meta(ge=1, description="Above the latest version's; gaps are allowed.")]
    secret_key_id: KeyId


class VersionOut(Struct, rename="camel"):
    """Without `projectEnvironment` in the default environment; `data` is there for one version, not in lists."""

    size: str
    count_variables: int
    version: int
    secret_key_id: int
    published: str
    organization: OrganizationRef
    project: AlternateRef
    app: AlternateRef
    project_environment: AlternateRef | UnsetType = UNSET
    data: str | UnsetType = UNSET


class MemberOut(Struct):
    id: str
    name: str


class LastOut(Struct):
    """Without a member where the server's own command did it."""

    timestamp: str
    member: MemberOut | UnsetType = UNSET


class LastEvents(Struct):
    """What never happened is not there."""

    push: LastOut | UnsetType = UNSET
    pull: LastOut | UnsetType = UNSET
    deny: LastOut | UnsetType = UNSET


class LatestOut(Struct, rename="camel"):
    size: str
    count_variables: int
    version: int
    secret_key_id: int
    published: str


class AppUseOut(Struct, rename="camel"):
    """`dotEnvData` has the latest version of each environment by its id, `default` for the default one."""

    id: str
    alternate_id: str
    name: str
    dot_env_data: dict[str, LatestOut]
    last_events: LastEvents


class ColoredRef(Struct, rename="camel"):
    id: str
    alternate_id: str
    name: str
    color: str


class ProjectUseOut(Struct, rename="camel"):
    id: str
    alternate_id: str
    name: str
    apps: list[AppUseOut]
    project_environments: list[ColoredRef]


@operation(
    "GET", "/api/organizations/{organizationId}/dot-envs/", needs=("read", "DotEnv"), query=LatestQuery,
    gives=PageOut[VersionOut],
)  # fmt: skip
async def latest(ask: Ask, query: LatestQuery) -> PageOut[VersionOut]:
    """List the latest .env files of an organization.

    One for each app and environment that has one, without its content; `projectIds` and `appIds` are ids or alternate
    ids, and one that is nobody's fits nothing.
    """
    wanted = AppQuery(query.project_ids or None, query.app_ids or None)
    found, total = await ask.db.read(envs.versions.latest, await at(ask), wanted, query.offset, query.limit)
    return lists.page(query, total, [_out(each) for each in found])


@operation(
    "GET", "/api/organizations/{organizationId}/dot-envs/summary", needs=("read", "DotEnv"), query=SummaryQuery,
    gives=Listed[ProjectUseOut],
)  # fmt: skip
async def summary(ask: Ask, query: SummaryQuery) -> Listed[ProjectUseOut]:
    """Show how .env files are used.

    Of each app the latest version in each environment, and who last pushed, pulled or was denied and when.
    """
    found = await ask.db.read(envs.usage.summary, await at(ask), query.project_ids or None)
    return Listed([_project_use(each) for each in found])


@operation("GET", _FILE, needs=("pull", "DotEnv"), query=PullQuery, gives=VersionOut)
async def pull(ask: Ask, query: PullQuery) -> VersionOut:
    """Pull a .env file.

    The newest version; with `secretKeyId` the newest that is encrypted with that key, with `version` that one. Every
    pull is an event, and so is every denial: the app's access controls say which addresses may pull.
    """
    wanted = Wanted(query.environment_id or None, query.secret_key_id, query.version)
    found = await ask.db.write(envs.versions.pull, await at(ask), ask.path["appId"], wanted)
    if isinstance(found, Denied):
        raise Refused(
            "You do not have permission to pull this .env file from {address}", address=found.client
        )
    return _out(found, found.data)


@operation(
    "PUT", _FILE, needs=("push", "DotEnv"), query=PushQuery, takes=PushIn, gives=VersionOut, status=201
)
async def push(ask: Ask, query: PushQuery, sent: PushIn) -> VersionOut:
    """Push a .env file.

    Versions only grow: 409 for one that is not above the latest. `secretKeyId` of the query is the key of the latest
    version or the new one's: they differ while keys are rotated. The content may have 1,048,576 characters.
    """
    new = NewVersion(sent.version, sent.secret_key_id, sent.size, sent.count_variables, sent.data)
    by, environment = await at(ask), query.environment_id or None
    made = await ask.db.write(
        envs.versions.push, by, ask.path["appId"], environment, query.secret_key_id, new
    )
    return _out(made, made.data)


@operation("DELETE", _FILE, needs=("delete", "DotEnv"), query=FileQuery, status=204)
async def drop(ask: Ask, query: FileQuery) -> None:
    """Delete a .env file with all its versions."""
    await ask.db.write(envs.versions.drop, await at(ask), ask.path["appId"], query.environment_id or None)


@operation(
    "GET", _FILE + "versions/", needs=("read", "DotEnv"), query=VersionsQuery, gives=PageOut[VersionOut]
)
async def versions(ask: Ask, query: VersionsQuery) -> PageOut[VersionOut]:
    """List the versions of a .env file.

    Newest first, without their content.
    """
    wanted = Wanted(query.environment_id or None, query.secret_key_id)
    found, total = await ask.db.read(
        envs.versions.history, await at(ask), ask.path["appId"], wanted, query.offset, query.limit
    )
    return lists.page(query, total, [_out(each) for each in found])


@operation("DELETE", _FILE + "versions/", needs=("delete", "DotEnv"), query=EncryptedQuery, status=204)
async def drop_versions(ask: Ask, query: EncryptedQuery) -> None:
    """Delete the versions of a .env file that are encrypted with a key."""
    by, environment = await at(ask), query.environment_id or None
    await ask.db.write(envs.versions.drop_encrypted, by, ask.path["appId"], environment, query.secret_key_id)


def _out(of: Version, data: str | UnsetType = UNSET) -> VersionOut:
    return VersionOut(
        of.size,
        of.count_variables,
        of.version,
        of.secret_key_id,
        moment(of.published_at),
        refs.organization(of.app.project.organization),
        refs.project(of.app.project),
        refs.app(of.app),
        refs.environment(of.environment) if of.environment else UNSET,
        data,
    )


def _project_use(of: ProjectUse) -> ProjectUseOut:
    return ProjectUseOut(
        of.project.id,
        of.project.alternate_id,
        of.project.name,
        [_app_use(each) for each in of.apps],
        [ColoredRef(each.id, each.alternate_id, each.name, each.color) for each in of.environments],
    )


def _app_use(of: AppUse) -> AppUseOut:
    files = {environment or _DEFAULT: _latest(each) for environment, each in of.latest.items()}
    last = LastEvents(*(_last(of.last, kind) for kind in ("push", "pull", "deny")))
    return AppUseOut(of.app.id, of.app.alternate_id, of.app.name, files, last)


def _latest(of: Version) -> LatestOut:
    return LatestOut(of.size, of.count_variables, of.version, of.secret_key_id, moment(of.published_at))


def _last(noted: dict[Kind, Last], kind: Kind) -> LastOut | UnsetType:
    if kind not in noted:
        return UNSET
    of = noted[kind]
    return LastOut(moment(of.at), MemberOut(of.member_id, of.member_name) if of.member_id else UNSET)


OPERATIONS = (latest, summary, pull, push, drop, versions, drop_versions)
