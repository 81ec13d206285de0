"""Links and the shelves they are kept on."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _collections()
    _tags()
    _partners()
    _links()
    _links_indexes()
    _link_tags()


def _collections() -> None:
    op.create_table(
        "collections",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_collections_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_collections")),
        sa.UniqueConstraint("id", name=op.f("uq_collections_id")),
    )
    op.create_index("ix_collections_created", "collections", ["organization", "created_at"])


def _tags() -> None:
    op.create_table(
        "tags",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("color", KEY, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organization"], ["organizations.seq"], name=op.f("fk_tags_organization")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_tags")),
        sa.UniqueConstraint("id", name=op.f("uq_tags_id")),
    )
    op.create_index("ix_tags_created", "tags", ["organization", "created_at"])


def _partners() -> None:
    op.create_table(
        "partners",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_partners_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_partners")),
        sa.UniqueConstraint("id", name=op.f("uq_partners_id")),
    )
    op.create_index("ix_partners_created", "partners", ["organization", "created_at"])


def _links() -> None:
    op.create_table(
        "links",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("short_id", KEY, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("image", sa.Text(), nullable=True),
        sa.Column("utm", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("expired_url", sa.Text(), nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("cloaked", sa.SmallInteger(), nullable=False),
        sa.Column("ios", sa.Text(), nullable=True),
        sa.Column("android", sa.Text(), nullable=True),
        sa.Column("geo", sa.Text(), nullable=True),
        sa.Column("collection_id", KEY, nullable=False),
        sa.Column("external_id", KEY, nullable=True),
        sa.Column("tenant_id", KEY, nullable=True),
        sa.Column("partner_id", KEY, nullable=True),
        sa.Column("forward_query", KEY, nullable=False),
        sa.Column("tagged", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["collection_id"], ["collections.id"], name=op.f("fk_links_collection_id")),
        sa.ForeignKeyConstraint(["organization"], ["organizations.seq"], name=op.f("fk_links_organization")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_links_partner_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_links")),
        sa.UniqueConstraint("id", name=op.f("uq_links_id")),
        sa.UniqueConstraint("short_id", name=op.f("uq_links_short_id")),
        sqlite_autoincrement=True,
    )


def _links_indexes() -> None:
    op.create_index("ix_links_collection", "links", ["collection_id", "created_at"])
    op.create_index(
        "ix_links_live",
        "links",
        ["organization", "created_at"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index("ix_links_partner", "links", ["partner_id", "created_at"])
    op.create_index("ix_links_tenant", "links", ["organization", "tenant_id", "created_at"])
    op.create_index(
        "uq_links_external_id",
        "links",
        ["organization", "external_id"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL AND external_id IS NOT NULL"),
        postgresql_where=sa.text("deleted_at IS NULL AND external_id IS NOT NULL"),
    )


def _link_tags() -> None:
    op.create_table(
        "link_tags",
        sa.Column("link", SEQ, nullable=False),
        sa.Column("tag", KEY, nullable=False),
        sa.ForeignKeyConstraint(["link"], ["links.seq"], name=op.f("fk_link_tags_link")),
        sa.ForeignKeyConstraint(["tag"], ["tags.id"], name=op.f("fk_link_tags_tag"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("link", "tag", name=op.f("pk_link_tags")),
    )
    op.create_index("ix_link_tags_tag", "link_tags", ["tag"])
