"""The tables of identity.

A table whose rows are deleted and known by their numbers elsewhere counts on in SQLite too (`sqlite_autoincrement`):
who deletes something twice must not meet what came after it.
"""

from collections.abc import Callable

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from hyway.kernel import ids
from hyway.kernel.sql import METADATA, At, Flag, Key, Seq


def fresh(prefix: str) -> Callable[[], str]:
    """Makes the wire's ids of new rows: `prefix_` and 24 hex digits."""
    return lambda: ids.prefixed(prefix)


ORGANIZATIONS = Table(
    "organizations",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("wire_id", Key, default=fresh("org")),
    Column("name", Text, nullable=False),
    Column("folded_name", Key, nullable=False, unique=True),
    Column("plan", Key, nullable=False),
    Column("privacy", Key, nullable=False, server_default="private"),
    Column("website", Text),
    Column("logo", Integer),
    # What a new project begins with, as JSON; the server's own where it is empty.
    Column("default_environments", Text),
    Column("billing_account", Integer),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    Column("closed_at", At),
    Index("uq_organizations_wire_id", "wire_id", unique=True),
)

PEOPLE = Table(
    "people",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("wire_id", Key, default=fresh("user")),
    Column("email", Key, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text),
    Column("must_change_password", Flag, nullable=False),
    Column("created_at", At, nullable=False),
    Column("confirmed_at", At),
    Index("uq_people_wire_id", "wire_id", unique=True),
)

MEMBERSHIPS = Table(
    "memberships",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("wire_id", Key, default=fresh("memb")),
    # The access that a member has to the organization itself is here: empty where it was taken away.
    Column("access_id", Key, default=fresh("accs")),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("person", ForeignKey("people.seq"), nullable=False, index=True),
    Column("role", Key, nullable=False),
    Column("is_billing", Flag, nullable=False, server_default="0"),
    # How the organization knows them, where it says so; else as they call themselves.
    Column("first_name", Text),
    Column("last_name", Text),
    Column("nickname", Text),
    Column("email", Key),
    # All of that as one text, without regard to case: what a search looks in.
    Column("found_by", Text),
    Column("since", At, nullable=False),
    Column("updated_at", At, nullable=False),
    UniqueConstraint("organization", "person"),
    Index("uq_memberships_wire_id", "wire_id", unique=True),
    Index("uq_memberships_access_id", "access_id", unique=True),
    Index("uq_memberships_email", "organization", "email", unique=True),
    sqlite_autoincrement=True,
)

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("token_hash", Key, primary_key=True),
    Column("id", Key, nullable=False, unique=True),
    Column("person", ForeignKey("people.seq"), nullable=False, index=True),
    Column("organization", ForeignKey("organizations.seq")),
    Column("created_at", At, nullable=False),
    Column("seen_at", At, nullable=False),
    Column("expires_at", At, nullable=False),
    Column("user_agent", Text, nullable=False),
)

KEYS = Table(
    "keys",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False, index=True),
    Column("kind", Key, nullable=False),
    Column("name", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("token_hash", Key, nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("permission", Key, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", At, nullable=False),
    Column("expires_at", At),
    Column("revoked_at", At),
    Column("last_used_at", At),
)

# One row per throttled name: failed tries of a sign-in, counted where every process sees them.
TRIES = Table(
    "sign_in_tries",
    METADATA,
    Column("who", Key, nullable=False),
    Column("at", At, nullable=False),
    UniqueConstraint("who", "at"),
)

# A person's own credential: it works in every organization that the person belongs to.
ACCESS_TOKENS = Table(
    "access_tokens",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("person", ForeignKey("people.seq"), nullable=False, index=True),
    Column("description", Text, nullable=False),
    Column("permission", Key, nullable=False),
    Column("token_hash", Key, nullable=False, unique=True),
    Column("created_at", At, nullable=False),
    Column("last_used_at", At),
    sqlite_autoincrement=True,
)

_PENDING = text("status = 'pending'")

# Who wants in (`request`) and who is wanted (`invitation`): one row until it is decided, and kept when it is approved.
# An address that is nobody's yet stands in `email`, until it is somebody's.
ACCESS_REQUESTS = Table(
    "access_requests",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("kind", Key, nullable=False),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("person", ForeignKey("people.seq"), index=True),
    Column("email", Key),
    Column("role", Key, nullable=False),
    Column("status", Key, nullable=False),
    Column("invited_by", ForeignKey("people.seq")),
    Column("created_at", At, nullable=False),
    Column("decided_at", At),
    Column("decided_by", ForeignKey("people.seq")),
    Index("ix_access_requests_organization", "organization", "status", "seq"),
    # One at a time for a person and an organization, in whichever direction.
    Index(
        "uq_access_requests_pending",
        "organization",
        "person",
        unique=True,
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    ),
    Index(
        "uq_access_requests_awaited",
        "organization",
        "email",
        unique=True,
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    ),
    Index("ix_access_requests_email", "email"),
    sqlite_autoincrement=True,
)
