"""Verbs of .env files: every version that was pushed stays, and who comes for one is written down.

What clients push is their business alone: it is stored sealed and given back as it came. Numbers of versions only grow
while there is a file; gaps are allowed, because clients count on from what they have themselves.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from hyway.domain import identity, projects
from hyway.domain.envs import rules
from hyway.domain.envs.records import Denied, Kind, Narrowed, NewVersion, Row, Version, Wanted
from hyway.domain.envs.store import last
from hyway.domain.envs.store import versions as store
from hyway.domain.envs.store.tables import EVERYWHERE
from hyway.domain.identity import Caller
from hyway.domain.projects import App, AppQuery, Environment
from hyway.kernel import clock, ids
from hyway.kernel.clock import Instant
from hyway.kernel.db import Conflict, Read, Ref, Write
from hyway.kernel.faults import Missing, Taken

_SUBJECT = "DotEnv"
_MOST_APPS = 20_000


def push(w: Write, by: Caller, app: str, environment: str | None, was: int, new: NewVersion) -> Version:
    """The stored version, with its data.

    `was` is the id of the key that the version before is encrypted with, which differs from the new one's while
    keys are rotated. Taken for a version that is not above the latest, or a `was` that is neither the new version's
    key nor the latest one's.
    """
    to, of = _place(w, by, "push", app, environment)
    rules.check(new, was)
    at, where = clock.now(), of.id if of else EVERYWHERE
    file = {
        **_kept(to, of),
        "latest": new.version,
        "secret_key_id": new.secret_key_id,
    }
    with _there(w):
        taken = store.take(w, file, was)
    if taken is None:
        raise _stale(store.latest_of(w, by.organization, to.id, where), was, new)
    made = Version(
        ids.prefixed("denv"), to, of, new.version, new.secret_key_id, new.size, new.count_variables, at,
        by.member, by.actor_name, new.data,
    )  # fmt: skip
    store.add(w, _row(w, made, taken))
    _note(w, by, "push", to, of, at)
    w.announce(by, "dotenv.pushed", "dotenv", made.id, _told(made), _refs(to, of, made))
    return made


def pull(w: Write, by: Caller, app: str, wanted: Wanted) -> Version | Denied:
    """The newest version that is wanted, with its data; or word that it is not given to the caller's address.

    Both are written down, so that whoever refuses must do so after the commit. Missing where there is none.
    """
    of, environment = _place(w, by, "pull", app, wanted.environment)
    for name, said in (("secretKeyId", wanted.secret_key_id), ("version", wanted.version)):
        if said is not None:
            rules.number(name, said)
    if not rules.may_come(of.settings, environment.alternate_id if environment else None, by.client):
        return _deny(w, by, of, environment)
    where = environment.id if environment else EVERYWHERE
    found = store.find(w, by.organization, of.id, where, wanted.version, wanted.secret_key_id)
    if found is None:
        raise Missing(".env file not found")
    row, sealed = found
    version = _version(row, of, environment, w.seal.open(sealed, _purpose(of)))
    _note(w, by, "pull", of, environment, clock.now())
    w.announce(by, "dotenv.pulled", "dotenv", version.id, _told(version), _refs(of, environment, version))
    return version


def _deny(w: Write, by: Caller, of: App, environment: Environment | None) -> Denied:
    _note(w, by, "deny", of, environment, clock.now())
    told = {"app": of.id, "address": by.client}
    w.announce(by, "dotenv.denied", "app", of.id, told, _refs(of, environment))
    return Denied(of, environment, by.client)


def latest(
    r: Read, by: Caller, query: AppQuery, offset: int = 0, limit: int = 100
) -> tuple[list[Version], int]:
    """The latest version of each app and environment, without data, and how many there are."""
    identity.access.require_somewhere(by, "read", _SUBJECT)
    narrowed = Narrowed(_apps(r, by, query), identity.access.visible(by, _SUBJECT))
    rows = store.latest(r, by.organization, narrowed, offset, limit)
    return named(r, by, rows), store.count(r, by.organization, narrowed)


def _apps(r: Read, by: Caller, query: AppQuery) -> list[str] | None:
    """The ids of the apps that are meant; None for all."""
    if query.apps is None and query.projects is None:
        return None
    return [app.id for app in projects.apps.page(r, by, query, 0, _MOST_APPS)[0]]


def named(r: Read, by: Caller, rows: Sequence[Row]) -> list[Version]:
    """The records of stored versions of any apps of the organization."""
    found = projects.apps.page(r, by, AppQuery(apps=tuple({row.app for row in rows})), 0, _MOST_APPS)[0]
    apps = {app.id: app for app in found}
    owners = {app.project.id: app.project for app in found}
    environments = {each.id: each for each in projects.environments.of_projects(r, list(owners.values()))}
    return [
        _version(row, apps[row.app], environments.get(row.environment), "") for row in rows if row.app in apps
    ]


def history(
    r: Read, by: Caller, app: str, wanted: Wanted, offset: int = 0, limit: int = 100
) -> tuple[list[Version], int]:
    """The versions of one file, newest first, without data, and how many there are."""
    of, environment = _place(r, by, "read", app, wanted.environment)
    key = None if wanted.secret_key_id is None else rules.number("secretKeyId", wanted.secret_key_id)
    where = environment.id if environment else EVERYWHERE
    rows, total = store.history(r, by.organization, of.id, where, key, offset, limit)
    return [_version(row, of, environment, "") for row in rows], total


def drop(w: Write, by: Caller, app: str, environment: str | None) -> None:
    """The file is no more, with all its versions; the next push may begin anew. Missing where there is none."""
    of, where = _place(w, by, "delete", app, environment)
    if not store.drop(w, by.organization, of.id, where.id if where else EVERYWHERE):
        raise Missing(".env file not found")
    w.announce(by, "dotenv.deleted", "app", of.id, {"app": of.id}, _refs(of, where))


def drop_encrypted(w: Write, by: Caller, app: str, environment: str | None, key: int) -> list[int]:
    """The versions of the file that were encrypted with that key, gone now. Missing where there are none."""
    of, where = _place(w, by, "delete", app, environment)
    rules.number("secretKeyId", key)
    gone = store.drop_encrypted(w, by.organization, of.id, where.id if where else EVERYWHERE, key)
    if not gone:
        raise Missing(".env file not found")
    told = {"app": of.id, "secretKeyId": key, "versions": gone}
    w.announce(by, "dotenv.versions_deleted", "app", of.id, told, _refs(of, where))
    return gone


def _place(
    r: Read, by: Caller, action: str, app: str, environment: str | None
) -> tuple[App, Environment | None]:
    """The app and its environment, where the caller may do that to its .env file."""
    of = projects.apps.find(r, by, app)
    identity.access.require(by, action, _SUBJECT, *of.within)
    return of, None if environment is None else projects.environments.find(r, by, of, environment)


def _kept(app: App, environment: Environment | None) -> dict[str, object]:
    """The columns that say where something belongs."""
    return {
        "organization": app.project.organization.seq,
        "project": app.project.id,
        "app": app.id,
        "environment": environment.id if environment else EVERYWHERE,
        "lives_with": environment.id if environment else None,
    }


def _row(w: Write, made: Version, file: int) -> Mapping[str, object]:
    return {
        "id": made.id,
        "organization": made.app.project.organization.seq,
        "file": file,
        "version": made.version,
        "secret_key_id": made.secret_key_id,
        "size": made.size,
        "count_variables": made.count_variables,
        "published_at": made.published_at,
        "member_id": made.member_id,
        "member_name": made.member_name,
        "content": w.seal.close(made.data, _purpose(made.app)),
    }


def _note(w: Write, by: Caller, kind: Kind, app: App, environment: Environment | None, at: Instant) -> None:
    who = {"kind": kind, "at": at, "member_id": by.member, "member_name": by.actor_name}
    with _there(w):
        last.note(w, {**_kept(app, environment), **who})


@contextmanager
def _there(w: Write) -> Iterator[None]:
    """Missing where the app or the environment has gone since it was found."""
    try:
        with w.attempt():
            yield
    except Conflict:
        raise Missing("App not found") from None


def _stale(latest: tuple[int, int] | None, was: int, new: NewVersion) -> Taken:
    if latest is not None and latest[0] >= new.version:
        return Taken(
            "",
            "Version {version} is not above the latest version {latest}",
            version=new.version,
            latest=latest[0],
        )
    return Taken("", "The latest version is not encrypted with the secret key {key}", key=was)


def _purpose(app: App) -> str:
    """What the seal of an app's content is bound to: in another place it does not open."""
    return f"dotenv:{app.project.organization.id}:{app.id}"


def _version(row: Row, app: App, environment: Environment | None, data: str) -> Version:
    return Version(
        row.id, app, environment, row.version, row.secret_key_id, row.size, row.count_variables, row.published_at,
        row.member_id, row.member_name, data,
    )  # fmt: skip


def _told(of: Version) -> dict[str, object]:
    return {
        "version": of.version,
        "secretKeyId": of.secret_key_id,
        "size": of.size,
        "countVariables": of.count_variables,
    }


def _refs(app: App, environment: Environment | None, version: Version | None = None) -> list[Ref]:
    found = projects.apps.refs(app)
    if environment is not None:
        view = projects.environments.view(environment)
        found.append(Ref("Environment", environment.id, view))
    if version is not None:
        found.append(Ref("DotEnv", version.id, {"id": version.id, **_told(version)}))
    return found
