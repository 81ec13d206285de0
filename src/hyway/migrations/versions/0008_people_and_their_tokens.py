"""People's own tokens, requests to join, what people are told, and pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _organizations_grow()
    _people_are_confirmed()
    _memberships_have_numbers()
    _sessions_outside()
    _access_requests()
    _access_tokens()
    _files()
    _mails()
    _notification_settings()
    _notifications()
    _push_subscriptions()


def _access_requests() -> None:
    op.create_table(
        "access_requests",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("email", KEY, nullable=True),
        sa.Column("role", KEY, nullable=False),
        sa.Column("status", KEY, nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["people.seq"], name=op.f("fk_access_requests_decided_by")),
        sa.ForeignKeyConstraint(["invited_by"], ["people.seq"], name=op.f("fk_access_requests_invited_by")),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_access_requests_organization")
        ),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_access_requests_person")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_access_requests")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_access_requests_organization", "access_requests", ["organization", "status", "seq"], unique=False
    )
    op.create_index("ix_access_requests_person", "access_requests", ["person"], unique=False)
    op.create_index("ix_access_requests_email", "access_requests", ["email"], unique=False)
    op.create_index(
        "uq_access_requests_awaited",
        "access_requests",
        ["organization", "email"],
        unique=True,
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "uq_access_requests_pending",
        "access_requests",
        ["organization", "person"],
        unique=True,
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )


def _access_tokens() -> None:
    op.create_table(
        "access_tokens",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("permission", KEY, nullable=False),
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_access_tokens_person")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_access_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_access_tokens_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_access_tokens_person", "access_tokens", ["person"], unique=False)


def _files() -> None:
    op.create_table(
        "files",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=True),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", KEY, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("checksum", KEY, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("dropped_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["organization"], ["organizations.seq"], name=op.f("fk_files_organization")),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_files_person")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_files")),
        sa.UniqueConstraint("key", name=op.f("uq_files_key")),
    )
    op.create_index("ix_files_dropped_at", "files", ["dropped_at"], unique=False)
    op.create_index("ix_files_organization", "files", ["organization"], unique=False)
    op.create_index("ix_files_person", "files", ["person"], unique=False)


def _mails() -> None:
    op.create_table(
        "mails",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.Column("address", KEY, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_mails_person")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_mails")),
        sa.UniqueConstraint("id", name=op.f("uq_mails_id")),
    )
    op.create_index("ix_mails_person", "mails", ["person", "seq"], unique=False)
    op.create_index(
        "ix_mails_waiting",
        "mails",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _notification_settings() -> None:
    op.create_table(
        "notification_settings",
        sa.Column("person", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("push", sa.SmallInteger(), nullable=False),
        sa.Column("mail", sa.SmallInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_notification_settings_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_notification_settings")),
    )


def _notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("organization", sa.Integer(), nullable=True),
        sa.Column("type", KEY, nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("record_type", KEY, nullable=True),
        sa.Column("record", SEQ, nullable=True),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("is_message", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_notifications_organization")
        ),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_notifications_person")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_notifications")),
    )
    op.create_index("ix_notifications_person", "notifications", ["person", "is_message", "seq"], unique=False)


def _push_subscriptions() -> None:
    op.create_table(
        "push_subscriptions",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("endpoint_hash", KEY, nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_push_subscriptions_person")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint("endpoint_hash", name=op.f("uq_push_subscriptions_endpoint_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_push_subscriptions_person", "push_subscriptions", ["person"], unique=False)


def _organizations_grow() -> None:
    op.add_column("organizations", sa.Column("privacy", KEY, nullable=False, server_default="private"))
    op.add_column("organizations", sa.Column("website", sa.Text(), nullable=True))
    op.add_column("organizations", sa.Column("logo", sa.Integer(), nullable=True))
    op.add_column(
        "organizations", sa.Column("updated_at", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.add_column("organizations", sa.Column("closed_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE organizations SET updated_at = created_at")


def _people_are_confirmed() -> None:
    """Everybody there is was entered by whoever runs the server."""
    op.add_column("people", sa.Column("confirmed_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE people SET confirmed_at = created_at")


def _memberships_have_numbers() -> None:
    """Made anew, because neither engine gives the rows of a table numbers afterwards in the same words."""
    op.rename_table("memberships", "memberships_before")
    op.drop_index("ix_memberships_person", "memberships_before")
    op.create_table(
        "memberships",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("role", KEY, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        # The first table's names live on with it until it is dropped.
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_memberships_organization")
        ),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_memberships_person")),
        sa.PrimaryKeyConstraint("seq", name="pk_memberships_seq"),
        sa.UniqueConstraint("organization", "person", name=op.f("uq_memberships_organization_person")),
        sqlite_autoincrement=True,
    )
    op.execute(
        "INSERT INTO memberships (organization, person, role, since, updated_at) "
        "SELECT organization, person, role, since, since FROM memberships_before ORDER BY since, person"
    )
    op.drop_table("memberships_before")
    op.create_index("ix_memberships_person", "memberships", ["person"])


def _sessions_outside() -> None:
    """A person without an organization has sessions too."""
    with op.batch_alter_table("sessions") as sessions:
        sessions.alter_column("organization", existing_type=sa.Integer(), nullable=True)
