"""Links of before there were domains: they stay, with all that hangs on them."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from hyway.kernel import migrate

BEFORE = (
    "INSERT INTO organizations (seq, id, name, folded_name, plan, created_at, updated_at, wire_id)"
    " VALUES (1, 'o', 'Acme', 'acme', 'self-hosted', 1, 1, 'org_1')",
    "INSERT INTO collections (id, organization, name, created_at, updated_at) VALUES ('c', 1, 'C', 1, 1)",
    "INSERT INTO tags (id, organization, name, color, created_at, updated_at) VALUES ('t', 1, 'T', 'red', 1, 1)",
    "INSERT INTO links (seq, id, organization, short_id, url, cloaked, collection_id, forward_query, tagged,"
    " created_at, updated_at) VALUES (7, 'l', 1, 'abc', 'https://example.com/', 0, 'c', 'off', 1, 1, 1)",
    "INSERT INTO link_tags (link, tag) VALUES (7, 't')",
)
ONE_MORE = (
    "INSERT INTO links (id, organization, short_id, url, cloaked, collection_id, forward_query, tagged, created_at,"
    " updated_at, domain) VALUES (:id, 1, 'abc', 'https://example.com/', 0, 'c', 'off', 1, 1, 1, :domain)"
)


def test_links_and_their_tags_stay(empty_url: str):
    migrate.upgrade(empty_url, "0017")
    engine = create_engine(empty_url)
    try:
        with engine.begin() as connection:
            for line in BEFORE:
                connection.execute(text(line))
        migrate.upgrade(empty_url, "0018")
        with engine.begin() as connection:
            (link,) = connection.execute(text("SELECT seq, id, short_id, domain, host FROM links"))
            assert tuple(link) == (7, "l", "abc", 0, None)
            assert connection.execute(text("SELECT count(*) FROM link_tags")).scalar_one() == 1
            connection.execute(text(ONE_MORE), {"id": "m", "domain": 1})
        with engine.connect() as connection, pytest.raises(IntegrityError):
            connection.execute(text(ONE_MORE), {"id": "n", "domain": 0})
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM links WHERE id = 'm'"))
            connection.execute(text(ONE_MORE), {"id": "o", "domain": 1})
            numbers = connection.execute(text("SELECT seq FROM links ORDER BY seq")).scalars().all()
            assert numbers in (
                [7, 9],
                [3, 7],
            )  # none is given twice: of SQLite, of PostgreSQL, which begins at 1 here
    finally:
        engine.dispose()
