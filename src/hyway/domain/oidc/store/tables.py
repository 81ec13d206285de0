"""The tables of signing in by OpenID Connect.

Whoever signs in at a client has a grant; what it is given (a code once, then tokens) belongs to the grant and goes
with it. Codes and tokens are known by their digests alone.
"""

from sqlalchemy import Column, ForeignKey, Index, Table, Text, UniqueConstraint

from hyway.kernel.sql import METADATA, At, Key, Seq

# The newest signs; older ones are shown until nothing that they signed can be alive. `sealed` is the private half.
SIGNING_KEYS = Table(
    "oidc_signing_keys",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("kid", Key, nullable=False, unique=True),
    Column("sealed", Text, nullable=False),
    Column("public", Text, nullable=False),
    Column("created_at", At, nullable=False),
    Column("retired_at", At),
)

# What organizations registered; the built-in ones are in `rules`.
CLIENTS = Table(
    "oidc_clients",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    # Empty for a public one.
    Column("secret_hash", Key),
    Column("hint", Text, nullable=False),
    # JSON: addresses.
    Column("redirect_uris", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    sqlite_autoincrement=True,
)

GRANTS = Table(
    "oidc_grants",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("person", ForeignKey("people.seq"), nullable=False, index=True),
    Column("client", Key, nullable=False, index=True),
    Column("scope", Text, nullable=False),
    # The browser session that it came from, by its id.
    Column("session", Key),
    Column("user_agent", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("authenticated_at", At, nullable=False),
    Column("created_at", At, nullable=False),
    Column("seen_at", At, nullable=False),
    Column("expires_at", At, nullable=False),
    Index("ix_oidc_grants_expires_at", "expires_at"),
    sqlite_autoincrement=True,
)

CODES = Table(
    "oidc_codes",
    METADATA,
    Column("code_hash", Key, primary_key=True),
    Column("client", Key, nullable=False),
    Column("person", ForeignKey("people.seq"), nullable=False, index=True),
    Column("redirect_uri", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("nonce", Text),
    Column("challenge", Text),
    Column("session", Key),
    Column("authenticated_at", At, nullable=False),
    Column("created_at", At, nullable=False),
    Column("expires_at", At, nullable=False),
    # What it was traded for: a code that comes again ends that.
    Column("given", Seq),
    Index("ix_oidc_codes_expires_at", "expires_at"),
)

# `kind` is `access` or `refresh`. A refresh token that was used stays, so that it is known when it comes again.
TOKENS = Table(
    "oidc_tokens",
    METADATA,
    Column("token_hash", Key, primary_key=True),
    Column("given", ForeignKey("oidc_grants.seq"), nullable=False, index=True),
    Column("kind", Key, nullable=False),
    Column("expires_at", At, nullable=False),
    Column("used_at", At),
    Index("ix_oidc_tokens_expires_at", "expires_at"),
)

# An API key's own tokens: each is worth what the secret is that it was given for.
MACHINE_TOKENS = Table(
    "oidc_machine_tokens",
    METADATA,
    Column("token_hash", Key, primary_key=True),
    Column("secret_hash", Key, nullable=False, index=True),
    Column("expires_at", At, nullable=False),
    Index("ix_oidc_machine_tokens_expires_at", "expires_at"),
)

CONSENTS = Table(
    "oidc_consents",
    METADATA,
    Column("person", ForeignKey("people.seq"), primary_key=True),
    Column("client", Key, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("at", At, nullable=False),
    Index("ix_oidc_consents_client", "client"),
)

# Whom another issuer calls what.
IDENTITIES = Table(
    "oidc_identities",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("issuer", Key, nullable=False),
    Column("subject", Key, nullable=False),
    Column("person", ForeignKey("people.seq"), nullable=False, index=True),
    Column("created_at", At, nullable=False),
    UniqueConstraint("issuer", "subject"),
)
