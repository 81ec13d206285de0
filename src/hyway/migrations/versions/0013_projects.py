"""Projects, their apps and environments, and the accounts that pay."""

import secrets
import time

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _projects()
    _apps()
    _environments()
    _accounts()
    _owners()
    _everybody_has_an_account()


def _projects() -> None:
    op.create_table(
        "projects",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("alternate_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_monorepo", sa.SmallInteger(), nullable=False),
        sa.Column("created_by", KEY, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_projects_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_projects")),
        sa.UniqueConstraint("id", name=op.f("uq_projects_id")),
        sa.UniqueConstraint(
            "organization", "alternate_id", name=op.f("uq_projects_organization_alternate_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_projects_organization", "projects", ["organization", "seq"], unique=False)


def _apps() -> None:
    op.create_table(
        "apps",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("project", SEQ, nullable=False),
        sa.Column("alternate_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organization"], ["organizations.seq"], name=op.f("fk_apps_organization")),
        sa.ForeignKeyConstraint(["project"], ["projects.seq"], name=op.f("fk_apps_project")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_apps")),
        sa.UniqueConstraint("id", name=op.f("uq_apps_id")),
        sa.UniqueConstraint("organization", "alternate_id", name=op.f("uq_apps_organization_alternate_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_apps_organization", "apps", ["organization", "seq"], unique=False)
    op.create_index("ix_apps_project", "apps", ["project", "seq"], unique=False)


def _environments() -> None:
    op.create_table(
        "project_environments",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("project", SEQ, nullable=False),
        sa.Column("alternate_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", KEY, nullable=False),
        sa.Column("color", KEY, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_project_environments_organization")
        ),
        sa.ForeignKeyConstraint(["project"], ["projects.seq"], name=op.f("fk_project_environments_project")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_project_environments")),
        sa.UniqueConstraint("id", name=op.f("uq_project_environments_id")),
        sa.UniqueConstraint(
            "project", "alternate_id", name=op.f("uq_project_environments_project_alternate_id")
        ),
        sa.UniqueConstraint(
            "project", "folded_name", name=op.f("uq_project_environments_project_folded_name")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_project_environments_organization", "project_environments", ["organization"], unique=False
    )


def _accounts() -> None:
    op.create_table(
        "billing_accounts",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", KEY, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_billing_accounts")),
        sa.UniqueConstraint("id", name=op.f("uq_billing_accounts_id")),
    )


def _owners() -> None:
    op.create_table(
        "billing_owners",
        sa.Column("account", SEQ, nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["billing_accounts.seq"], name=op.f("fk_billing_owners_account")
        ),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_billing_owners_person")),
        sa.PrimaryKeyConstraint("account", "person", name=op.f("pk_billing_owners")),
    )
    op.create_index("ix_billing_owners_person", "billing_owners", ["person"], unique=False)


def _everybody_has_an_account() -> None:
    """One for each organization that is open, in the hands of its owners."""
    bind, now = op.get_bind(), time.time_ns() // 1000
    found = bind.execute(sa.text("SELECT seq, name FROM organizations WHERE closed_at IS NULL")).all()
    for organization, name in found:
        owners = bind.execute(
            sa.text(
                "SELECT p.seq, p.email FROM memberships m JOIN people p ON p.seq = m.person"
                " WHERE m.organization = :organization AND m.role = 'owner' ORDER BY m.seq"
            ),
            {"organization": organization},
        ).all()
        account = bind.execute(
            sa.text(
                "INSERT INTO billing_accounts (id, name, email, created_at)"
                " VALUES (:id, :name, :email, :now) RETURNING seq"
            ),
            {
                "id": f"bill_{secrets.token_hex(12)}",
                "name": name,
                "email": owners[0].email if owners else "",
                "now": now,
            },
        ).scalar_one()
        for owner in owners:
            bind.execute(
                sa.text(
                    "INSERT INTO billing_owners (account, person, since) VALUES (:account, :person, :now)"
                ),
                {"account": account, "person": owner.seq, "now": now},
            )
        bind.execute(
            sa.text("UPDATE organizations SET billing_account = :account WHERE seq = :organization"),
            {"account": account, "organization": organization},
        )
