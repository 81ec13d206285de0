"""Nouns of toggles: what is switched, for whom, and what asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from hyway.domain.projects import Project
from hyway.domain.toggles.logic import Tree
from hyway.kernel.clock import Instant
from hyway.kernel.patch import UNSET, Unset

ValueType = Literal["boolean", "string", "number", "object"]
Value = bool | str | int | float
"""An object is its JSON text, spacing and all: clients compare it letter by letter."""


@dataclass(frozen=True, slots=True)
class Meta:
    """Who did what to it when; who is the id of a member (`memb_…`), or of the key that did it, or empty."""

    created_at: Instant
    created_by: str
    modified_at: Instant
    modified_by: str
    deleted_at: Instant | None = None
    deleted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Who gets `value`: `logic` is JsonLogic as it was written."""

    logic: str
    value: Value


@dataclass(frozen=True, slots=True)
class Toggle:
    """`seq` stays inside; `version` counts its changes from 1."""

    seq: int
    id: str
    key: str
    description: str
    tags: tuple[str, ...]
    type: ValueType
    targets: tuple[Target, ...]
    default_value: Value
    version: int
    meta: Meta
    project: Project


@dataclass(frozen=True, slots=True)
class NewToggle:
    """Values as they were sent: an object may come as itself or as its text."""

    key: str
    type: str
    targets: tuple[tuple[str, Any], ...]
    """Logic and value of each."""
    default_value: Any
    description: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToggleChange:
    description: str | Unset = UNSET
    tags: tuple[str, ...] | Unset = UNSET
    targets: tuple[tuple[str, Any], ...] | Unset = UNSET
    default_value: Any | Unset = UNSET


@dataclass(frozen=True, slots=True)
class Past:
    """How a toggle or a segment was: `of` has the fields that can change, JSON-shaped; `verb` says what made it so."""

    version: int
    at: Instant
    by: str
    by_name: str
    verb: Literal["created", "changed", "reverted", "deleted"]
    of: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Segment:
    """A rule with a name. `toggles` are those that use it, by itself or through other segments."""

    seq: int
    id: str
    alternate_id: str
    name: str
    description: str
    tags: tuple[str, ...]
    logic: str
    version: int
    meta: Meta
    project: Project
    toggles: tuple[Toggle, ...] = ()


@dataclass(frozen=True, slots=True)
class NewSegment:
    alternate_id: str
    name: str
    logic: str
    description: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentChange:
    name: str | Unset = UNSET
    logic: str | Unset = UNSET
    description: str | Unset = UNSET
    tags: tuple[str, ...] | Unset = UNSET


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that programs on people's own machines carry: it may evaluate the project's toggles and nothing else."""

    seq: int
    id: str
    key: str
    name: str
    project: Project
    created_at: Instant
    created_by: str


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose toggles a public key may evaluate."""

    organization: int
    organization_id: str
    project: int
    key: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A toggle as evaluation needs it: trees and values in their order."""

    key: str
    type: ValueType
    default: Value
    targets: tuple[tuple[Tree, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything by which one project's toggles are decided: `segments` by id, `names` leads alternate ids to ids."""

    organization: int
    project: int
    rules: tuple[Rule, ...]
    segments: Mapping[str, Tree] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


Source = Literal["evaluate", "telemetry"]
"""Whether the server decided, or a program told what it had shown."""


class Sight(NamedTuple):
    """What is counted: somebody saw a value of a toggle, for a reason, in an hour (hours since 1970-01-01)."""

    project: int
    toggle: str
    hour: int
    source: Source
    seen: str
    reason: str


@dataclass(frozen=True, slots=True)
class Seen:
    """How often a value of a toggle was seen in the hour that began then; `value` is its JSON text, cut where long."""

    hour: Instant
    value: str
    reason: str
    source: Source
    count: int
