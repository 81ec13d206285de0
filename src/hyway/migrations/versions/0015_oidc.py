"""Signing in by OpenID Connect: clients, codes, tokens, keys."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _signing_keys()
    _clients()
    _grants()
    _codes()
    _tokens()
    _machine_tokens()
    _consents()
    _identities()


def _signing_keys() -> None:
    op.create_table(
        "oidc_signing_keys",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("kid", KEY, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_oidc_signing_keys")),
        sa.UniqueConstraint("kid", name=op.f("uq_oidc_signing_keys_kid")),
    )


def _clients() -> None:
    op.create_table(
        "oidc_clients",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", KEY, nullable=True),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("redirect_uris", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_oidc_clients_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_oidc_clients")),
        sa.UniqueConstraint("id", name=op.f("uq_oidc_clients_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_oidc_clients_organization"), "oidc_clients", ["organization"], unique=False)


def _grants() -> None:
    op.create_table(
        "oidc_grants",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("client", KEY, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("session", KEY, nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("authenticated_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_oidc_grants_person")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_oidc_grants")),
        sa.UniqueConstraint("id", name=op.f("uq_oidc_grants_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_oidc_grants_client"), "oidc_grants", ["client"], unique=False)
    op.create_index("ix_oidc_grants_expires_at", "oidc_grants", ["expires_at"], unique=False)
    op.create_index(op.f("ix_oidc_grants_person"), "oidc_grants", ["person"], unique=False)


def _codes() -> None:
    op.create_table(
        "oidc_codes",
        sa.Column("code_hash", KEY, nullable=False),
        sa.Column("client", KEY, nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=True),
        sa.Column("challenge", sa.Text(), nullable=True),
        sa.Column("session", KEY, nullable=True),
        sa.Column("authenticated_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("given", SEQ, nullable=True),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_oidc_codes_person")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_oidc_codes")),
    )
    op.create_index("ix_oidc_codes_expires_at", "oidc_codes", ["expires_at"], unique=False)
    op.create_index(op.f("ix_oidc_codes_person"), "oidc_codes", ["person"], unique=False)


def _tokens() -> None:
    op.create_table(
        "oidc_tokens",
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("given", SEQ, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["given"], ["oidc_grants.seq"], name=op.f("fk_oidc_tokens_given")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_oidc_tokens")),
    )
    op.create_index("ix_oidc_tokens_expires_at", "oidc_tokens", ["expires_at"], unique=False)
    op.create_index(op.f("ix_oidc_tokens_given"), "oidc_tokens", ["given"], unique=False)


def _machine_tokens() -> None:
    op.create_table(
        "oidc_machine_tokens",
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("secret_hash", KEY, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_oidc_machine_tokens")),
    )
    op.create_index("ix_oidc_machine_tokens_expires_at", "oidc_machine_tokens", ["expires_at"], unique=False)
    op.create_index(
        op.f("ix_oidc_machine_tokens_secret_hash"), "oidc_machine_tokens", ["secret_hash"], unique=False
    )


def _consents() -> None:
    op.create_table(
        "oidc_consents",
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("client", KEY, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_oidc_consents_person")),
        sa.PrimaryKeyConstraint("person", "client", name=op.f("pk_oidc_consents")),
    )
    op.create_index("ix_oidc_consents_client", "oidc_consents", ["client"], unique=False)


def _identities() -> None:
    op.create_table(
        "oidc_identities",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("issuer", KEY, nullable=False),
        sa.Column("subject", KEY, nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_oidc_identities_person")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_oidc_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_oidc_identities_issuer_subject")),
    )
    op.create_index(op.f("ix_oidc_identities_person"), "oidc_identities", ["person"], unique=False)
