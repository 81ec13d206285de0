"""Keys: shown once, hashed at rest, worth nothing once revoked."""

import hashlib
import time
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from hyway.domain import identity
from hyway.domain.identity import NewKey
from hyway.kernel import clock
from hyway.kernel.faults import Invalid, Missing
from tests.make.world import World, open_database


def issue(world: World, *scopes: str, **more) -> identity.Issued:
    return world.db.write_now(identity.issue_key, world.by, NewKey("hoko", "A key", scopes, **more))


def who(world: World, secret: str, kind: str = "hoko") -> identity.Caller | None:
    return world.db.read_now(identity.caller_of_key, hashlib.sha256(secret.encode()).hexdigest(), [kind])


def everything(world: World) -> bytes:
    """All that the database holds, as text; on SQLite the files, too."""
    engine, held = world.db.engine, b""
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            held += repr(connection.execute(text(f'SELECT * FROM "{table}"')).all()).encode()
    if world.db.is_sqlite:
        path = Path(world.db.url.removeprefix("sqlite:///"))
        held += b"".join(each.read_bytes() for each in path.parent.glob(path.name + "*"))
    return held


def test_a_key_speaks_for_its_organization(world: World):
    made = issue(world, "linksWrite", "linksRead")
    assert made.secret.startswith("hoko_")
    assert made.key.hint == made.secret[-4:]
    assert made.key.scopes == ("linksRead", "linksWrite")
    caller = who(world, made.secret)
    assert caller is not None
    assert (caller.organization, caller.plan, caller.actor_id) == (
        world.by.organization,
        world.by.plan,
        made.key.id,
    )
    assert caller.scopes == {"linksRead", "linksWrite"}
    assert who(world, made.secret + "x") is None
    assert who(world, made.secret, "hyphen") is None
    assert made.secret not in repr(made)


def test_the_secret_is_nowhere_at_rest(world: World):
    made = issue(world)
    assert made.key.id.encode() in everything(world)
    assert made.secret.encode() not in everything(world)
    assert made.secret[5:40].encode() not in everything(world)


def test_no_scope_means_all_of_them(world: World):
    assert issue(world).key.scopes == identity.HOKO_SCOPES
    assert len(identity.HOKO_SCOPES) == 11


@pytest.mark.parametrize(
    "new",
    [
        NewKey("hoko", "k", ("everything",)),
        NewKey("hoko", ""),
        NewKey("hoko", "x" * 101),
        NewKey("hoko", "k", expires_at=1),
        NewKey("hyphen", "k", ("linksRead",)),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(world: World, new: NewKey):
    with pytest.raises(Invalid):
        world.db.write_now(identity.issue_key, world.by, new)
    assert world.db.read_now(identity.keys, world.by) == []


def test_a_revoked_key_is_refused_here_and_elsewhere(world: World, database_url: str):
    other, heard = open_database(database_url), list[str]()
    other.changes.hear("key", heard.append)
    other.start()
    made = issue(world)
    here: list[str] = []
    world.db.changes.hear("key", here.append)
    world.db.write_now(identity.revoke_key, world.by, made.key.id)
    assert who(world, made.secret) is None
    token_hash = hashlib.sha256(made.secret.encode()).hexdigest()
    assert here == [token_hash]
    deadline = time.monotonic() + 10
    while token_hash not in heard and time.monotonic() < deadline:
        time.sleep(0.01)
    other.close()
    assert token_hash in heard
    with pytest.raises(Missing):
        world.db.write_now(identity.revoke_key, world.by, made.key.id)
    (shown,) = world.db.read_now(identity.keys, world.by)
    assert shown.revoked_at is not None


def test_a_stranger_neither_sees_nor_revokes(world: World):
    made, stranger = issue(world), world.stranger()
    assert world.db.read_now(identity.keys, stranger.by) == []
    with pytest.raises(Missing):
        world.db.write_now(identity.revoke_key, stranger.by, made.key.id)
    assert who(world, made.secret) is not None


def test_the_end_of_a_key_travels_with_its_caller(world: World):
    end = clock.now() + clock.HOUR
    caller = who(world, issue(world, expires_at=end).secret)
    assert caller is not None
    assert caller.expires_at == end


def test_a_new_plan_is_heard_by_every_key(world: World):
    made, here = issue(world), list[str]()
    world.db.changes.hear("key", here.append)
    world.db.write_now(identity.change_plan, world.by.organization, "free")
    assert here == [hashlib.sha256(made.secret.encode()).hexdigest()]
    caller = who(world, made.secret)
    assert caller is not None
    assert caller.plan == "free"


def test_when_keys_were_used(world: World):
    made, at = issue(world), clock.now()
    world.db.write_now(identity.keys_used, {made.key.id: at})
    assert world.db.read_now(identity.keys, world.by)[0].last_used_at == at
