"""The ground floor: the event log, identity, links, attribution, webhooks and notices."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _kernel()
    _identity()
    _log()
    _only_grows()
    _notices_and_webhooks()
    _shelves()
    _links()
    _clicks()
    _conversions()
    _tallies()


def _kernel() -> None:
    op.create_table(
        "changes",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("topic", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_changes")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "outbox",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("topic", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_id")),
    )


def _identity() -> None:
    op.create_table(
        "organizations",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", KEY, nullable=False),
        sa.Column("plan", KEY, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_organizations")),
        sa.UniqueConstraint("folded_name", name=op.f("uq_organizations_folded_name")),
        sa.UniqueConstraint("id", name=op.f("uq_organizations_id")),
    )
    op.create_table(
        "people",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("email", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("must_change_password", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
        sa.UniqueConstraint("id", name=op.f("uq_people_id")),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("who", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("who", "at", name=op.f("uq_sign_in_tries_who_at")),
    )
    op.create_table(
        "keys",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("permission", KEY, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["organization"], ["organizations.seq"], name=op.f("fk_keys_organization")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_keys")),
        sa.UniqueConstraint("id", name=op.f("uq_keys_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_keys_token_hash")),
    )
    with op.batch_alter_table("keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_keys_organization"), ["organization"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("role", KEY, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_memberships_organization")
        ),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_memberships_person")),
        sa.PrimaryKeyConstraint("organization", "person", name=op.f("pk_memberships")),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memberships_person"), ["person"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_sessions_organization")
        ),
        sa.ForeignKeyConstraint(["person"], ["people.seq"], name=op.f("fk_sessions_person")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
        sa.UniqueConstraint("id", name=op.f("uq_sessions_id")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_person"), ["person"], unique=False)


def _log() -> None:
    op.create_table(
        "events",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("via", KEY, nullable=False),
        sa.Column("actor_kind", KEY, nullable=False),
        sa.Column("actor_id", KEY, nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", KEY, nullable=False),
        sa.Column("subject_kind", KEY, nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("request_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
        sa.UniqueConstraint("id", name=op.f("uq_events_id")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_organization_seq", ["organization", "seq"], unique=False)
        batch_op.create_index(
            "ix_events_subject", ["organization", "subject_kind", "subject_id"], unique=False
        )


def _notices_and_webhooks() -> None:
    op.create_table(
        "notices",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_notices_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_notices")),
        sa.UniqueConstraint("id", name=op.f("uq_notices_id")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index("ix_notices_organization_seq", ["organization", "seq"], unique=False)
    op.create_table(
        "webhook_endpoints",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("enabled", sa.SmallInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.Integer(), nullable=False),
        sa.Column("rest_until", sa.BigInteger(), nullable=True),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_webhook_endpoints_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_webhook_endpoints")),
        sa.UniqueConstraint("id", name=op.f("uq_webhook_endpoints_id")),
        sa.UniqueConstraint("organization", "slot", name=op.f("uq_webhook_endpoints_organization_slot")),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("endpoint", SEQ, nullable=False),
        sa.Column("event", KEY, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint"],
            ["webhook_endpoints.seq"],
            name=op.f("fk_webhook_deliveries_endpoint"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("id", name=op.f("uq_webhook_deliveries_id")),
    )
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_webhook_deliveries_due",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.create_index("ix_webhook_deliveries_endpoint_seq", ["endpoint", "seq"], unique=False)
        batch_op.create_index("ix_webhook_deliveries_organization_seq", ["organization", "seq"], unique=False)
    op.create_table(
        "webhook_attempts",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("delivery", SEQ, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery"],
            ["webhook_deliveries.seq"],
            name=op.f("fk_webhook_attempts_delivery"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_webhook_attempts")),
    )
    with op.batch_alter_table("webhook_attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_attempts_delivery"), ["delivery"], unique=False)


def _shelves() -> None:
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
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.create_index("ix_collections_created", ["organization", "created_at"], unique=False)
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
    with op.batch_alter_table("partners", schema=None) as batch_op:
        batch_op.create_index("ix_partners_created", ["organization", "created_at"], unique=False)
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
    with op.batch_alter_table("tags", schema=None) as batch_op:
        batch_op.create_index("ix_tags_created", ["organization", "created_at"], unique=False)


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
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index("ix_links_collection", ["collection_id", "created_at"], unique=False)
        batch_op.create_index(
            "ix_links_live",
            ["organization", "created_at"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NULL"),
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.create_index("ix_links_partner", ["partner_id", "created_at"], unique=False)
        batch_op.create_index("ix_links_tenant", ["organization", "tenant_id", "created_at"], unique=False)
        batch_op.create_index(
            "uq_links_external_id",
            ["organization", "external_id"],
            unique=True,
            sqlite_where=sa.text("deleted_at IS NULL AND external_id IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NULL AND external_id IS NOT NULL"),
        )
    op.create_table(
        "link_tags",
        sa.Column("link", SEQ, nullable=False),
        sa.Column("tag", KEY, nullable=False),
        sa.ForeignKeyConstraint(["link"], ["links.seq"], name=op.f("fk_link_tags_link")),
        sa.ForeignKeyConstraint(["tag"], ["tags.id"], name=op.f("fk_link_tags_tag"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("link", "tag", name=op.f("pk_link_tags")),
    )
    with op.batch_alter_table("link_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_tags_tag"), ["tag"], unique=False)


def _clicks() -> None:
    op.create_table(
        "agents",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("browser_name", sa.Text(), nullable=True),
        sa.Column("browser_version", sa.Text(), nullable=True),
        sa.Column("os_name", sa.Text(), nullable=True),
        sa.Column("os_version", sa.Text(), nullable=True),
        sa.Column("device_type", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_agents")),
        sa.UniqueConstraint("digest", name=op.f("uq_agents_digest")),
    )
    op.create_table(
        "clicks",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("link", SEQ, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("agent", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("trigger", sa.SmallInteger(), nullable=False),
        sa.Column("bot", sa.SmallInteger(), nullable=False),
        sa.Column("first", sa.SmallInteger(), nullable=False),
        sa.Column("visitor_id", KEY, nullable=False),
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("link_id", KEY, nullable=False),
        sa.Column("short_id", KEY, nullable=False),
        sa.Column("partner_id", KEY, nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.Text(), nullable=True),
        sa.Column("referrer", sa.Text(), nullable=True),
        sa.Column("referrer_host", sa.Text(), nullable=True),
        sa.Column("utm", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_clicks")),
        sa.UniqueConstraint("id", name=op.f("uq_clicks_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("clicks", schema=None) as batch_op:
        batch_op.create_index("ix_clicks_link", ["link", "at", "bot", "first"], unique=False)
        batch_op.create_index("ix_clicks_organization", ["organization", "at", "bot", "first"], unique=False)
        batch_op.create_index(
            "ix_clicks_partner",
            ["partner_id", "at"],
            unique=False,
            sqlite_where=sa.text("partner_id IS NOT NULL"),
            postgresql_where=sa.text("partner_id IS NOT NULL"),
        )
    op.create_table(
        "places",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("country_code", KEY, nullable=False),
        sa.Column("region", KEY, nullable=False),
        sa.Column("city", KEY, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_places")),
        sa.UniqueConstraint(
            "country_code", "region", "city", name=op.f("uq_places_country_code_region_city")
        ),
    )
    op.create_table(
        "visits",
        sa.Column("link", SEQ, autoincrement=False, nullable=False),
        sa.Column("visitor_id", KEY, nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("link", "visitor_id", name=op.f("pk_visits")),
        sqlite_with_rowid=False,
    )


def _conversions() -> None:
    op.create_table(
        "conversions",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("click", SEQ, nullable=False),
        sa.Column("link", SEQ, nullable=False),
        sa.Column("customer", SEQ, nullable=False),
        sa.Column("partner_id", KEY, nullable=True),
        sa.Column("event_name", KEY, nullable=False),
        sa.Column("metadata", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", KEY, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_conversions")),
        sa.UniqueConstraint("id", name=op.f("uq_conversions_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("conversions", schema=None) as batch_op:
        batch_op.create_index("ix_conversions_customer", ["customer", "at"], unique=False)
        batch_op.create_index("ix_conversions_link", ["link", "at"], unique=False)
        batch_op.create_index("ix_conversions_organization", ["organization", "at"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("organization", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("operation", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization", "operation", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "customers",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("external_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("avatar", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["organizations.seq"], name=op.f("fk_customers_organization")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_customers")),
        sa.UniqueConstraint("id", name=op.f("uq_customers_id")),
    )
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.create_index("ix_customers_created", ["organization", "created_at"], unique=False)
        batch_op.create_index("uq_customers_external_id", ["organization", "external_id"], unique=True)


def _tallies() -> None:
    op.create_table(
        "tallies",
        sa.Column("organization", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scope", KEY, nullable=False),
        sa.Column("dimension", KEY, nullable=False),
        sa.Column("grain", KEY, nullable=False),
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", KEY, nullable=False),
        sa.Column("currency", KEY, nullable=False),
        sa.Column("clicks", sa.BigInteger(), nullable=False),
        sa.Column("firsts", sa.BigInteger(), nullable=False),
        sa.Column("scans", sa.BigInteger(), nullable=False),
        sa.Column("bots", sa.BigInteger(), nullable=False),
        sa.Column("leads", sa.BigInteger(), nullable=False),
        sa.Column("sales", sa.BigInteger(), nullable=False),
        sa.Column("revenue", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organization",
            "scope",
            "dimension",
            "grain",
            "bucket",
            "value",
            "currency",
            name=op.f("pk_tallies"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tally_marks",
        sa.Column("name", KEY, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tally_marks")),
    )


def _only_grows() -> None:
    """The event log is append-only on both engines, whoever asks."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER events_no_{verb.lower()} BEFORE {verb} ON events "
                "BEGIN SELECT RAISE(ABORT, 'the event log only grows'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION events_only_grow() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the event log only grows'; END $$"
    )
    op.execute(
        "CREATE TRIGGER events_only_grow BEFORE UPDATE OR DELETE ON events "
        "FOR EACH ROW EXECUTE FUNCTION events_only_grow()"
    )
