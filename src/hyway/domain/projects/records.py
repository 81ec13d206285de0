"""Nouns of projects: what is built, in which parts, and where it runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from hyway.domain.billing import Account
from hyway.kernel.clock import Instant
from hyway.kernel.patch import UNSET, Unset

EnvironmentType = Literal["development", "production", "custom"]


@dataclass(frozen=True, slots=True)
class OrganizationRef:
    """Whose something is: `id` as the wire shows it (`org_…`), `seq` stays inside."""

    seq: int
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Project:
    """`seq` stays inside; `created_by` is the id of a member (`memb_…`), None where a command made it."""

    seq: int
    id: str
    alternate_id: str
    name: str
    is_monorepo: bool
    organization: OrganizationRef
    created_at: Instant
    created_by: str | None


@dataclass(frozen=True, slots=True)
class App:
    """A part of a project. `settings` is JSON-shaped, as `rules.settings` leaves it."""

    seq: int
    id: str
    alternate_id: str
    name: str
    settings: Mapping[str, Any]
    project: Project

    @property
    def within(self) -> tuple[str, str]:
        """The ids on which roles count for it and for what is its own."""
        return self.id, self.project.id


@dataclass(frozen=True, slots=True)
class Environment:
    """Where the apps of a project run; `color` is `#rrggbb`."""

    seq: int
    id: str
    alternate_id: str
    name: str
    color: str
    type: EnvironmentType
    project: Project


@dataclass(frozen=True, slots=True)
class NewProject:
    alternate_id: str
    name: str
    is_monorepo: bool = False


@dataclass(frozen=True, slots=True)
class ProjectChange:
    name: str | Unset = UNSET
    is_monorepo: bool | Unset = UNSET


@dataclass(frozen=True, slots=True)
class NewApp:
    alternate_id: str
    name: str


@dataclass(frozen=True, slots=True)
class AppChange:
    name: str | Unset = UNSET
    settings: Mapping[str, Any] | Unset = UNSET


@dataclass(frozen=True, slots=True)
class AppQuery:
    """Ids or alternate ids; None for no narrowing, nothing for nothing."""

    projects: tuple[str, ...] | None = None
    apps: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class NewEnvironment:
    """Without a colour or a type the ones that follow from the alternate id."""

    alternate_id: str
    name: str
    color: str | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True)
class EnvironmentChange:
    name: str | Unset = UNSET
    color: str | Unset = UNSET
    type: str | Unset = UNSET


@dataclass(frozen=True, slots=True)
class Draft:
    """An environment that has passed the rules."""

    alternate_id: str
    name: str
    color: str
    type: EnvironmentType


@dataclass(frozen=True, slots=True)
class Home:
    """An organization with all that its own page shows."""

    organization: OrganizationRef
    logo_url: str | None
    default_environments: tuple[Draft, ...]
    billing_account: Account
