"""Nouns of identity: who there is, where they belong, and what proves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hyway.kernel.clock import Instant

Role = Literal["owner", "admin", "member"]
KeyKind = Literal[
    "hoko",
    "hypemarket",
    "hyphen",
    "hyphen-public",
    "hypertrack",
    "hypertrack-public",
    "hypertrack-test",
    "hypertrack-public-test",
]
Environment = Literal["live", "test"]
"""Test keys see test data alone, and nobody else does."""
Privacy = Literal["public", "restricted", "private"]
"""Whether strangers join an organization at once, may ask to, or never learn of it."""
Permission = Literal["read", "write"]


NOBODYS = 0
"""The organization of what belongs to none."""


@dataclass(frozen=True, slots=True)
class Organization:
    """`seq` is ours and stays inside; `id` is the UUID that is shown."""

    seq: int
    id: str
    name: str
    plan: str
    created_at: Instant
    updated_at: Instant
    privacy: Privacy = "private"
    website: str | None = None
    logo: int | None = None
    """The file that is its picture."""
    wire_id: str = ""
    """Its id (`org_…`) on the wire of projects."""


@dataclass(frozen=True, slots=True)
class Person:
    seq: int
    id: str
    email: str
    name: str
    must_change_password: bool
    created_at: Instant
    is_confirmed: bool = True
    """Whether somebody has shown that the address is theirs, or whoever runs the server has vouched for it."""
    wire_id: str = ""
    """`user_` and 24 hex digits, as the wire of projects and tokens name them."""


@dataclass(frozen=True, slots=True)
class Membership:
    organization: Organization
    person: Person
    role: Role
    since: Instant
    updated_at: Instant
    seq: int


@dataclass(frozen=True, slots=True)
class Grants:
    """The roles that somebody has in an organization, directly and through teams, as they were when they were read.

    `organization` are those on all of it, `on` those on single things, by the thing's id.
    """

    organization: frozenset[str] = frozenset()
    on: Mapping[str, frozenset[str]] = field(default_factory=dict)
    anywhere: frozenset[str] = field(init=False, compare=False)
    """All of them: worked out once, because every request asks."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "anywhere", self.organization.union(*self.on.values()))


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, on behalf of which organization, and how far its powers go.

    `organization` is the inner number that every statement is scoped by, NOBODYS for a person's own matters. `via`
    names the way in (an API's name, `console` or `command`). `scopes` are those of the key; a person's powers follow
    from `role`. `environment` says which of the organization's data is meant where a context keeps test data apart.
    """

    organization: int
    plan: str
    actor_kind: Literal["key", "person", "system"]
    actor_id: str
    actor_name: str
    via: str
    scopes: frozenset[str] = frozenset()
    role: Role | None = None
    permission: Literal["read", "write"] = "write"
    expires_at: Instant | None = None
    request_id: str = ""
    environment: Environment = "live"
    person: int | None = None
    """The inner number of the person who asks, None where a key of an organization does."""
    credential: str = ""
    """What was shown, to note when it was last used: a key's id, or `token:` and a token's number."""
    grants: Grants | None = None
    """What `access` lets it do; where nobody has looked, what follows from `role`."""
    member: str = ""
    """The id of its membership in the organization, as the wire of projects shows it: a person's, or an API key's."""
    client: str = ""
    """The address that it asks from, where that matters."""


@dataclass(frozen=True, slots=True)
class NewKey:
    kind: KeyKind
    name: str
    scopes: tuple[str, ...] = ()
    permission: Literal["read", "write"] = "write"
    expires_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """A credential as it may be shown again: never its secret, `hint` are its last four characters."""

    id: str
    kind: KeyKind
    name: str
    hint: str
    scopes: tuple[str, ...]
    permission: Literal["read", "write"]
    created_by: str
    created_at: Instant
    expires_at: Instant | None
    revoked_at: Instant | None
    last_used_at: Instant | None


@dataclass(frozen=True, slots=True)
class Issued:
    """A new credential; `secret` exists in clear only here."""

    key: Key
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """A person signed in, in one of their organizations; in none where they belong to none."""

    person: Person
    organization: Organization | None
    role: Role | None
    id: str
    created_at: Instant
    seen_at: Instant
    expires_at: Instant
    user_agent: str

    def caller(self, request_id: str = "") -> Caller:
        """This session as one who asks."""
        return Caller(
            organization=self.organization.seq if self.organization else NOBODYS,
            plan=self.organization.plan if self.organization else "self-hosted",
            actor_kind="person",
            actor_id=self.person.id,
            actor_name=self.person.name,
            via="console",
            role=self.role,
            request_id=request_id,
            person=self.person.seq,
        )


@dataclass(frozen=True, slots=True)
class SessionShown:
    """A session as its person sees it in a list."""

    id: str
    user_agent: str
    created_at: Instant
    seen_at: Instant
    expires_at: Instant


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A person's own credential, as it may be shown again."""

    seq: int
    description: str
    permission: Permission
    created_at: Instant
    last_used_at: Instant | None


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """Somebody who wants in, or who is wanted; `person` is None while nobody is known behind the address."""

    seq: int
    kind: Literal["request", "invitation"]
    organization: Organization
    person: Person | None
    email: str
    role: Role
    status: Literal["pending", "approved"]
    created_at: Instant
    decided_at: Instant | None
