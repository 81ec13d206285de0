"""Nouns of signing in by OpenID Connect."""

from dataclasses import dataclass, field
from typing import Any

from hyway.kernel.clock import Instant


@dataclass(frozen=True, slots=True)
class Client:
    """A program that people sign in to. `organization` is None for the built-in ones, which need no consent.

    A confidential one has the digest of a secret; a public one cannot keep one, and must prove its codes by PKCE.
    """

    id: str
    name: str
    redirect_uris: tuple[str, ...]
    organization: int | None = None
    secret_hash: str | None = field(default=None, repr=False)
    hint: str = ""
    """The last four characters of the secret."""
    created_by: str = ""
    created_at: Instant = 0
    updated_at: Instant = 0

    @property
    def is_public(self) -> bool:
        return self.secret_hash is None

    @property
    def is_first_party(self) -> bool:
        return self.organization is None


@dataclass(frozen=True, slots=True)
class IssuedClient:
    """A client whose `secret` exists in clear only here; None for a public one."""

    client: Client
    secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Grant:
    """A person signed in at a client: what the pages call a device."""

    seq: int
    id: str
    person: int
    client: str
    scope: str
    session: str | None
    user_agent: str
    address: str
    authenticated_at: Instant
    created_at: Instant
    seen_at: Instant
    expires_at: Instant


@dataclass(frozen=True, slots=True)
class Device:
    """A grant with the name of its client, as its person sees it."""

    grant: Grant
    client_name: str


@dataclass(frozen=True, slots=True)
class Code:
    """What a browser carries from us to a client, once."""

    code_hash: str = field(repr=False)
    client: str
    person: int
    redirect_uri: str
    scope: str
    nonce: str | None
    challenge: str | None
    session: str | None
    authenticated_at: Instant
    expires_at: Instant
    given: int | None


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh token that somebody has shown, used before or not."""

    token_hash: str = field(repr=False)
    grant: Grant
    expires_at: Instant
    used_at: Instant | None


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a client is given; lives in seconds. All of it exists in clear only here."""

    access_token: str = field(repr=False)
    expires_in: int
    scope: str
    refresh_token: str | None = field(default=None, repr=False)
    id_token: str | None = field(default=None, repr=False)

    def document(self) -> dict[str, Any]:
        """As the vendor's command line reads it: `bearer` in small letters, whole seconds."""
        told = {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "id_token": self.id_token,
            "expires_in": self.expires_in,
            "token_type": "bearer",
            "scope": self.scope,
        }
        return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Origin:
    """From where and in what manner somebody signed in."""

    user_agent: str = ""
    address: str = ""
    session: str | None = None
    nonce: str | None = None
    authenticated_at: Instant | None = None
