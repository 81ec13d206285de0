"""Who may do what: things, roles on them, teams, and the keys of programs."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _ids_of_the_wire()
    _organizations_grow()
    _members_have_profiles()
    _access()
    _api_keys()
    _teams()
    _things()
    _api_key_secrets()
    _connected_accounts()
    _favorites()
    _team_members()


def _access() -> None:
    op.create_table(
        "access",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("entity", KEY, nullable=False),
        sa.Column("holder_kind", KEY, nullable=False),
        sa.Column("holder", sa.Integer(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organization"], ["organizations.seq"], name=op.f("fk_access_organization")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_access")),
        sa.UniqueConstraint(
            "entity", "holder_kind", "holder", name=op.f("uq_access_entity_holder_kind_holder")
        ),
        sa.UniqueConstraint("id", name=op.f("uq_access_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_access_holder", "access", ["organization", "holder_kind", "holder"], unique=False)


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_api_keys_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("id", name=op.f("uq_api_keys_id")),
        sa.UniqueConstraint("member_id", name=op.f("uq_api_keys_member_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_api_keys_organization", "api_keys", ["organization"], unique=False)


def _teams() -> None:
    op.create_table(
        "teams",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", KEY, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organization"], ["organizations.seq"], name=op.f("fk_teams_organization")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_teams")),
        sa.UniqueConstraint("id", name=op.f("uq_teams_id")),
        sa.UniqueConstraint("organization", "folded_name", name=op.f("uq_teams_organization_folded_name")),
        sqlite_autoincrement=True,
    )


def _things() -> None:
    op.create_table(
        "things",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("part_of", KEY, nullable=True),
        sa.ForeignKeyConstraint(["organization"], ["organizations.seq"], name=op.f("fk_things_organization")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_things")),
        sa.UniqueConstraint("id", name=op.f("uq_things_id")),
    )
    op.create_index("ix_things_organization", "things", ["organization"], unique=False)
    op.create_index("ix_things_part_of", "things", ["part_of"], unique=False)


def _api_key_secrets() -> None:
    op.create_table(
        "api_key_secrets",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("api_key", SEQ, nullable=False),
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["api_key"], ["api_keys.seq"], name=op.f("fk_api_key_secrets_api_key")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_api_key_secrets")),
        sa.UniqueConstraint("id", name=op.f("uq_api_key_secrets_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_key_secrets_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_api_key_secrets_api_key", "api_key_secrets", ["api_key"], unique=False)


def _connected_accounts() -> None:
    op.create_table(
        "connected_accounts",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("membership", SEQ, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("identifier", KEY, nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("profile_url", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["membership"], ["memberships.seq"], name=op.f("fk_connected_accounts_membership")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_connected_accounts")),
        sa.UniqueConstraint(
            "membership", "type", "identifier", name=op.f("uq_connected_accounts_membership_type_identifier")
        ),
    )


def _favorites() -> None:
    op.create_table(
        "favorites",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("membership", SEQ, nullable=False),
        sa.Column("entity", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["membership"], ["memberships.seq"], name=op.f("fk_favorites_membership")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_favorites")),
        sa.UniqueConstraint("id", name=op.f("uq_favorites_id")),
        sa.UniqueConstraint("membership", "entity", name=op.f("uq_favorites_membership_entity")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_favorites_entity", "favorites", ["entity"], unique=False)


def _team_members() -> None:
    op.create_table(
        "team_members",
        sa.Column("team", SEQ, nullable=False),
        sa.Column("membership", SEQ, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["membership"], ["memberships.seq"], name=op.f("fk_team_members_membership")),
        sa.ForeignKeyConstraint(["team"], ["teams.seq"], name=op.f("fk_team_members_team")),
        sa.PrimaryKeyConstraint("team", "membership", name=op.f("pk_team_members")),
    )
    op.create_index("ix_team_members_membership", "team_members", ["membership"], unique=False)


def _ids_of_the_wire() -> None:
    """Empty only until the next statement: neither engine adds a column whose values all differ in one."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    fresh = "lower(hex(randomblob(12)))" if is_sqlite else "substr(md5(random()::text || seq::text), 1, 24)"
    columns = (
        ("organizations", "wire_id", "org"),
        ("people", "wire_id", "user"),
        ("memberships", "wire_id", "memb"),
        ("memberships", "access_id", "accs"),
    )
    for table, column, prefix in columns:
        op.add_column(table, sa.Column(column, KEY, nullable=True))
        op.execute(f"UPDATE {table} SET {column} = '{prefix}_' || {fresh}")  # noqa: S608 - all of it is ours
        op.create_index(f"uq_{table}_{column}", table, [column], unique=True)


def _organizations_grow() -> None:
    op.add_column("organizations", sa.Column("default_environments", sa.Text(), nullable=True))
    op.add_column("organizations", sa.Column("billing_account", sa.Integer(), nullable=True))


def _members_have_profiles() -> None:
    op.add_column(
        "memberships", sa.Column("is_billing", sa.SmallInteger(), nullable=False, server_default="0")
    )
    for name in ("first_name", "last_name", "nickname", "found_by"):
        op.add_column("memberships", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("memberships", sa.Column("email", KEY, nullable=True))
    op.create_index("uq_memberships_email", "memberships", ["organization", "email"], unique=True)
    _members_are_found()


def _members_are_found() -> None:
    """The name, the nickname (the same, to begin with) and the address, folded as no engine's SQL does."""
    bind = op.get_bind()
    found = bind.execute(
        sa.text("SELECT m.seq, p.name, p.email FROM memberships m JOIN people p ON p.seq = m.person")
    )
    rows = [
        {"seq": seq, "found_by": "\n".join((" ".join(name.split()), name, email)).casefold()}
        for seq, name, email in found
    ]
    if rows:
        bind.execute(sa.text("UPDATE memberships SET found_by = :found_by WHERE seq = :seq"), rows)
