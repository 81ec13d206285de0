"""Versions of env files, and the keys that open them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _files()
    _versions()
    _last()
    _vault_keys()


def _files() -> None:
    op.create_table(
        "env_files",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("project", KEY, nullable=False),
        sa.Column("app", KEY, nullable=False),
        sa.Column("environment", KEY, nullable=False),
        sa.Column("lives_with", KEY, nullable=True),
        sa.Column("latest", sa.BigInteger(), nullable=False),
        sa.Column("secret_key_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_env_files_organization")
        ),
        _part_of("env_files", "project", "projects"),
        _part_of("env_files", "app", "apps"),
        _part_of("env_files", "lives_with", "project_environments"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_env_files")),
        sa.UniqueConstraint("app", "environment", name=op.f("uq_env_files_app_environment")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_env_files_project", "env_files", ["project"], unique=False)
    op.create_index("ix_env_files_organization", "env_files", ["organization", "seq"], unique=False)
    op.create_index("ix_env_files_lives_with", "env_files", ["lives_with"], unique=False)


def _versions() -> None:
    op.create_table(
        "env_versions",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("file", SEQ, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("secret_key_id", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Text(), nullable=False),
        sa.Column("count_variables", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("member_name", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file"], ["env_files.seq"], name=op.f("fk_env_versions_file"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_env_versions_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_env_versions")),
        sa.UniqueConstraint("file", "version", name=op.f("uq_env_versions_file_version")),
        sa.UniqueConstraint("id", name=op.f("uq_env_versions_id")),
        sqlite_autoincrement=True,
    )


def _last() -> None:
    op.create_table(
        "env_last",
        sa.Column("app", KEY, nullable=False),
        sa.Column("environment", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("project", KEY, nullable=False),
        sa.Column("lives_with", KEY, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("member_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_env_last_organization")
        ),
        _part_of("env_last", "project", "projects"),
        _part_of("env_last", "app", "apps"),
        _part_of("env_last", "lives_with", "project_environments"),
        sa.PrimaryKeyConstraint("app", "environment", "kind", name=op.f("pk_env_last")),
    )
    op.create_index("ix_env_last_project", "env_last", ["project"], unique=False)
    op.create_index("ix_env_last_lives_with", "env_last", ["lives_with"], unique=False)


def _vault_keys() -> None:
    op.create_table(
        "vault_keys",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("project", KEY, nullable=False),
        sa.Column("secret_key_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.Column("member_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_vault_keys_organization")
        ),
        _part_of("vault_keys", "project", "projects"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_vault_keys")),
        sa.UniqueConstraint("project", "secret_key_id", name=op.f("uq_vault_keys_project_secret_key_id")),
        sqlite_autoincrement=True,
    )


def _part_of(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"
    )
