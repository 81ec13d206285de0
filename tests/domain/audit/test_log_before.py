"""Events that were written down before anything could be searched by what they speak of."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from hyway.domain.audit import Wanted
from hyway.domain.identity import Caller
from hyway.kernel import migrate
from hyway.kernel.db import Write
from tests.domain.audit.logs import every
from tests.make.world import open_database

AT = 1_700_000_000_000_000
MANY = 5_100
"""More than the migration takes at once."""


@pytest.fixture
def old_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of the revision before."""
    server = request.getfixturevalue("postgres_server") if engine_name == "postgresql" else None
    name = f"old_{uuid.uuid4().hex}"
    if server is not None:
        server.run(f'CREATE DATABASE "{name}"')
    url = server.url(name) if server is not None else f"sqlite:///{tmp_path / 'old.db'}"
    migrate.upgrade(url, "0015")
    yield url
    if server is not None:
        server.drop(name)


def fill(url: str) -> None:
    engine = create_engine(url)
    organization = "INSERT INTO organizations (id, wire_id, name, folded_name, plan, created_at, updated_at)"
    person = "INSERT INTO people (id, wire_id, email, name, must_change_password, created_at)"
    member = "INSERT INTO memberships (wire_id, organization, person, role, since, updated_at)"
    event = (
        "INSERT INTO events (id, organization, at, via, actor_kind, actor_id, actor_name, action, subject_kind,"
        " subject_id, data, request_id) VALUES (:id, 1, :at, 'console', :kind, :who, 'Somebody', :action, :noun, :of,"
        " '{\"name\": \"A\"}', '')"
    )
    rows = [
        ("person", "p-ann", "organization.renamed", "organization", "o-ours"),
        ("person", "p-joe", "link.created", "link", "l-1"),
        ("key", "k-1", "link.updated", "link", "l-1"),
        ("system", "server", "access_token.created", "access_token", "7"),
        ("person", "p-joe", "person.signed_in", "person", "p-joe"),
        *[("person", "p-ann", "tag.created", "tag", f"t-{n}") for n in range(MANY)],
    ]
    named = ("kind", "who", "action", "noun", "of")
    with engine.begin() as c:
        c.execute(
            text(f"{organization} VALUES ('o-ours', 'org_1', 'Ours', 'ours', 'self-hosted', {AT}, {AT})")
        )
        for name in ("ann", "joe"):
            c.execute(
                text(f"{person} VALUES ('p-{name}', 'user_{name}', '{name}@example.com', '{name}', 0, {AT})")
            )
        c.execute(text(f"{member} VALUES ('memb_ann', 1, 1, 'owner', {AT}, {AT})"))
        ids = ({"id": f"{n:08x}-0000-7000-8000-000000000000", "at": AT + n} for n in range(len(rows)))
        c.execute(
            text(event),
            [{**id, **dict(zip(named, row, strict=True))} for id, row in zip(ids, rows, strict=True)],
        )
    engine.dispose()


def test_they_are_found_by_what_they_are_about_and_by_who_did_it(old_url: str) -> None:
    fill(old_url)
    migrate.upgrade(old_url)
    db = open_database(old_url)
    by = Caller(1, "self-hosted", "system", "server", "Hyway", "command")

    def found(*ids: str, **more: object) -> list[str]:
        return [each.action for each in every(db, by, 200, references=[Wanted(id) for id in ids], **more)]

    try:
        assert found("l-1") == ["link.updated", "link.created"]
        assert found("l-1", types=["LINK.CREATE"]) == ["link.created"]
        assert found("k-1") == ["link.updated"]
        assert found("l-1", "p-joe") == ["link.created"]
        assert found("p-joe") == ["person.signed_in", "link.created"]
        assert found("org_1", "memb_ann") == ["organization.renamed"]
        assert len(found("memb_ann")) == MANY + 1
        assert found("memb_ann", f"t-{MANY - 1}") == ["tag.created"]
        (renamed,) = every(db, by, types=["ORGANIZATION"])
        assert renamed.member == "memb_ann"
        assert [(each.kind, each.id) for each in renamed.references] == [
            ("Organization", "org_1"), ("Member", "memb_ann"),
        ]  # fmt: skip
        (token,) = every(db, by, types=["ACCESS_TOKEN"])
        assert [(each.kind, each.id) for each in token.references] == [("AccessToken", "7")]
        with pytest.raises(Exception, match="only grows"):
            db.write_now(Write.run, text("UPDATE events SET member = NULL"))
        assert len(every(db, by, 200)) == MANY + 5
    finally:
        db.close()
