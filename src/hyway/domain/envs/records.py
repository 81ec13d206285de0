"""Nouns of env files: versions, who last came for them, and the keys of vaults."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from hyway.domain.projects import App, Environment, Project
from hyway.kernel.clock import Instant

Kind = Literal["push", "pull", "deny"]


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What a client pushes; `data` is its own business, `size` its own words."""

    version: int
    secret_key_id: int
    size: str
    count_variables: int
    data: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which version of a file: the newest of those that fit. `environment` None is the default one."""

    environment: str | None = None
    secret_key_id: int | None = None
    version: int | None = None


class Row(NamedTuple):
    """A stored version by the ids of what it belongs to; no environment is ""."""

    id: str
    project: str
    app: str
    environment: str
    version: int
    secret_key_id: int
    size: str
    count_variables: int
    published_at: Instant
    member_id: str
    member_name: str


class Narrowed(NamedTuple):
    """Files of these apps, and of what may be seen; None narrows nothing."""

    apps: Collection[str] | None = None
    visible: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the .env file of an app and an environment, None for the default one.

    `data` is what was pushed, character by character, and "" in lists.
    """

    id: str
    app: App
    environment: Environment | None
    version: int
    secret_key_id: int
    size: str
    count_variables: int
    published_at: Instant
    member_id: str
    member_name: str
    data: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Denied:
    """A file that was not given out, because of where it was asked from; this is stored already."""

    app: App
    environment: Environment | None
    client: str


class Last(NamedTuple):
    """Who last did something with the file of an app and environment ("" for the default one), and when."""

    app: str
    environment: str
    kind: Kind
    at: Instant
    member_id: str
    member_name: str


@dataclass(frozen=True, slots=True)
class AppUse:
    """An app, the latest version of each of its files by environment (None: the default one), and who last did what."""

    app: App
    latest: dict[str | None, Version]
    last: dict[Kind, Last]


@dataclass(frozen=True, slots=True)
class ProjectUse:
    """How the .env files of a project are used."""

    project: Project
    environments: list[Environment]
    apps: list[AppUse]


@dataclass(frozen=True, slots=True)
class VaultKey:
    """The key that a project's clients encrypt with."""

    secret_key_id: int
    secret_key: str = field(repr=False)


class KeptKey(NamedTuple):
    """That there was such a key, since when and from whom."""

    secret_key_id: int
    created_at: Instant
    member_id: str
    member_name: str
