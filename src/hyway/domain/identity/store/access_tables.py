"""The tables of who may do what: things, roles on them, teams, and the keys of programs.

As in `tables`, what is deleted and known by its number elsewhere counts on in SQLite too.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from hyway.domain.identity.store.tables import fresh
from hyway.kernel.sql import METADATA, At, Key, Seq

# What roles can be given on and what can be a favorite, as other contexts tell it: identity knows no projects, only
# that there is such a thing, its name, and what it is part of.
THINGS = Table(
    "things",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False, index=True),
    Column("kind", Key, nullable=False),
    Column("name", Text, nullable=False),
    Column("part_of", Key, index=True),
)

# Roles on a thing, or of a key or a team on the organization; a member's own on the organization are in `memberships`.
ACCESS = Table(
    "access",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True, default=fresh("accs")),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    # The id of a thing, or the organization's.
    Column("entity", Key, nullable=False),
    Column("holder_kind", Key, nullable=False),
    Column("holder", Integer, nullable=False),
    Column("roles", Text, nullable=False),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    UniqueConstraint("entity", "holder_kind", "holder"),
    Index("ix_access_holder", "organization", "holder_kind", "holder"),
    sqlite_autoincrement=True,
)

TEAMS = Table(
    "teams",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True, default=fresh("team")),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("name", Text, nullable=False),
    Column("folded_name", Key, nullable=False),
    Column("type", Key, nullable=False),
    Column("criteria", Text, nullable=False),
    Column("channels", Text, nullable=False),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    UniqueConstraint("organization", "folded_name"),
    sqlite_autoincrement=True,
)

# Of a dynamic team too: whoever changes members or criteria puts them right in the same transaction.
TEAM_MEMBERS = Table(
    "team_members",
    METADATA,
    Column("team", ForeignKey("teams.seq"), primary_key=True),
    Column("membership", ForeignKey("memberships.seq"), primary_key=True, index=True),
    Column("since", At, nullable=False),
)

CONNECTED_ACCOUNTS = Table(
    "connected_accounts",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("membership", ForeignKey("memberships.seq"), nullable=False),
    Column("type", Key, nullable=False),
    Column("identifier", Key, nullable=False),
    Column("email", Text),
    Column("profile_url", Text),
    UniqueConstraint("membership", "type", "identifier"),
)

FAVORITES = Table(
    "favorites",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True, default=fresh("fav")),
    Column("membership", ForeignKey("memberships.seq"), nullable=False),
    Column("entity", Key, nullable=False, index=True),
    Column("position", Integer, nullable=False),
    UniqueConstraint("membership", "entity"),
    sqlite_autoincrement=True,
)

# A program in an organization: it is a member of its own, and has as many secrets as it needs.
API_KEYS = Table(
    "api_keys",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True, default=fresh("akey")),
    Column("member_id", Key, nullable=False, unique=True, default=fresh("memb")),
    Column("organization", ForeignKey("organizations.seq"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", At, nullable=False),
    sqlite_autoincrement=True,
)

API_KEY_SECRETS = Table(
    "api_key_secrets",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True, default=fresh("asec")),
    Column("api_key", ForeignKey("api_keys.seq"), nullable=False, index=True),
    Column("token_hash", Key, nullable=False, unique=True),
    Column("hint", Text, nullable=False),
    Column("created_at", At, nullable=False),
    Column("last_used_at", At),
    sqlite_autoincrement=True,
)
