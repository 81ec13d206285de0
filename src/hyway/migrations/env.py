"""Alembic's entry: one connection, one transaction for each revision."""

from alembic import context

from hyway.kernel.migrate import open_engine
from hyway.kernel.sql import METADATA

url = context.config.get_main_option("sqlalchemy.url")
if url is None:
    raise RuntimeError("the migration needs a database URL")
engine = open_engine(url)
with engine.connect() as connection:
    if url.startswith("postgresql"):
        # Two servers that start together must not migrate together.
        connection.exec_driver_sql("SELECT pg_advisory_lock(7264)")
        connection.commit()
    context.configure(
        connection=connection, target_metadata=METADATA, render_as_batch=True, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
