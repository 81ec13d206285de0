"""QR codes that are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "link_qrs",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("link", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("size", sa.Text(), nullable=False),
        sa.Column("color", sa.Text(), nullable=False),
        sa.Column("background", sa.Text(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_link_qrs_organization")
        ),
        sa.ForeignKeyConstraint(["link"], ["links.seq"], name=op.f("fk_link_qrs_link")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_link_qrs")),
        sa.UniqueConstraint("id", name=op.f("uq_link_qrs_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_link_qrs_link", "link_qrs", ["link", "seq"], unique=False)
