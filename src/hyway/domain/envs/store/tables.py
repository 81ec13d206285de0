"""The tables of env files, their versions, who last came for them, and the keys of vaults.

Projects, apps and environments stand here by the ids that the wire shows. What belongs to one of them goes when it
goes: the references see to it, also while somebody pushes.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text, UniqueConstraint

from hyway.kernel.sql import METADATA, At, Key, Seq

EVERYWHERE = ""
"""The environment of a file that belongs to none: the default one, for all of them."""


def _part_of(name: str, of: str, **how: Any) -> Column[Any]:
    return Column(name, Key, ForeignKey(of, ondelete="CASCADE"), **how)


# One for each app and environment that has versions; `latest` only grows while it is there.
ENV_FILES = Table(
    "env_files",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    _part_of("project", "projects.id", nullable=False, index=True),
    _part_of("app", "apps.id", nullable=False),
    Column("environment", Key, nullable=False),
    # The same again, nothing for the default one, so that it can be a reference.
    _part_of("lives_with", "project_environments.id", index=True),
    Column("latest", BigInteger, nullable=False),
    Column("secret_key_id", BigInteger, nullable=False),
    UniqueConstraint("app", "environment"),
    Index("ix_env_files_organization", "organization", "seq"),
    sqlite_autoincrement=True,
)

ENV_VERSIONS = Table(
    "env_versions",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("file", ForeignKey("env_files.seq", ondelete="CASCADE"), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("secret_key_id", BigInteger, nullable=False),
    Column("size", Text, nullable=False),
    Column("count_variables", BigInteger, nullable=False),
    Column("published_at", At, nullable=False),
    Column("member_id", Key, nullable=False),
    Column("member_name", Text, nullable=False),
    # Last, because it is wide and lists do without it. Sealed.
    Column("content", Text, nullable=False),
    UniqueConstraint("file", "version"),
    sqlite_autoincrement=True,
)

# The last push, pull and denial of each app and environment, whether or not there is a file.
ENV_LAST = Table(
    "env_last",
    METADATA,
    _part_of("app", "apps.id", primary_key=True),
    Column("environment", Key, primary_key=True),
    Column("kind", Key, primary_key=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    _part_of("project", "projects.id", nullable=False, index=True),
    _part_of("lives_with", "project_environments.id", index=True),
    Column("at", At, nullable=False),
    Column("member_id", Key, nullable=False),
    Column("member_name", Text, nullable=False),
)

# All keys that a project ever had; the one that was stored last is its key.
VAULT_KEYS = Table(
    "vault_keys",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    _part_of("project", "projects.id", nullable=False),
    Column("secret_key_id", BigInteger, nullable=False),
    Column("content", Text, nullable=False),
    Column("created_at", At, nullable=False),
    Column("member_id", Key, nullable=False),
    Column("member_name", Text, nullable=False),
    UniqueConstraint("project", "secret_key_id"),
    sqlite_autoincrement=True,
)
