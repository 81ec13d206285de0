"""People: who may sign in, how often they may guess, and when their sessions end."""

import pytest
from argon2 import PasswordHasher

from hyway.domain import audit, identity
from hyway.kernel import clock, seal
from hyway.kernel.faults import Invalid, Missing, Refused, Spent, Taken
from tests.make.world import World

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm at its cheapest: these tests hash dozens of times."""
    monkeypatch.setattr(seal, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def ann(world: World) -> identity.Person:
    person = world.db.write_now(identity.add_person, "Ann@Example.com", "Ann", PASSWORD)
    world.db.write_now(identity.join, world.by, person, "owner")
    return person


def sign_in(world: World, email: str = "ann@example.com", password: str = PASSWORD):
    return world.db.write_now(identity.sign_in, email, password, "Firefox")


def lives(world: World, token: str) -> bool:
    return world.db.read_now(identity.session, token) is not None


def test_signing_in_and_out(world: World, ann: identity.Person):
    token, opened = sign_in(world, " ann@EXAMPLE.com".strip())
    assert (opened.person, opened.role, opened.organization.name) == (ann, "owner", "Ours")
    assert opened.caller("r1").request_id == "r1"
    found = world.db.read_now(identity.session, token)
    assert found == opened
    world.db.write_now(identity.sign_out, token)
    assert not lives(world, token)


@pytest.mark.parametrize(
    "email", ["ann@example.com", "nobody@example.com", "", "ann", "a\0b@example.com", "@"]
)
def test_a_wrong_pair_opens_nothing(world: World, ann: identity.Person, email: str):
    assert sign_in(world, email, "wrong") is None


def test_ten_failures_close_the_door_for_a_while(world: World, ann: identity.Person, later):
    for _ in range(10):
        assert sign_in(world, password="wrong") is None
    with pytest.raises(Spent) as spent:
        sign_in(world)
    assert 0 < spent.value.retry_after <= 15 * 60
    world.db.write_now(identity.add_person, "bob@example.com", "Bob", PASSWORD)
    assert sign_in(world, "bob@example.com", "wrong") is None
    later(15 * clock.MINUTE + 1)
    assert sign_in(world) is not None


def test_another_spelling_of_the_address_gives_no_more_tries(world: World, ann: identity.Person):
    spellings = [
        "ann@example.com",
        "ANN@example.com",
        "ann@ＥＸample.com",
        "ann@exampLE.com",
        "ann@ｅxample.com",
    ]
    for spelling in spellings * 2:
        assert sign_in(world, spelling, "wrong") is None
    with pytest.raises(Spent):
        sign_in(world, "ann@eｘample.com", "wrong")


def test_success_forgets_the_failures(world: World, ann: identity.Person):
    for _ in range(3):
        for _ in range(9):
            sign_in(world, password="wrong")
        assert sign_in(world) is not None


def test_a_person_without_organization_is_nobodys(world: World):
    world.db.write_now(identity.add_person, "bob@example.com", "Bob", PASSWORD)
    _, who = sign_in(world, "bob@example.com")
    assert (who.organization, who.role) == (None, None)
    assert (who.caller().organization, who.caller().person) == (identity.NOBODYS, who.person.seq)


def test_a_new_password_ends_every_other_session(world: World, ann: identity.Person):
    (token, opened), (other, _) = sign_in(world), sign_in(world)
    assert world.db.write_now(identity.change_password, token, opened, PASSWORD, "a much newer one")
    assert lives(world, token)
    assert not lives(world, other)
    assert sign_in(world) is None
    assert sign_in(world, password="a much newer one") is not None


def test_the_old_password_is_needed_and_guessing_it_is_throttled(world: World, ann: identity.Person):
    token, opened = sign_in(world)
    for _ in range(10):
        assert not world.db.write_now(identity.change_password, token, opened, "wrong", "a much newer one")
    with pytest.raises(Spent):
        world.db.write_now(identity.change_password, token, opened, PASSWORD, "a much newer one")
    assert sign_in(world) is not None


@pytest.mark.parametrize("new", [PASSWORD, "short", "x" * 201])
def test_a_new_password_is_new_and_long_enough(world: World, ann: identity.Person, new: str):
    token, opened = sign_in(world)
    with pytest.raises(Invalid):
        world.db.write_now(identity.change_password, token, opened, PASSWORD, new)
    assert sign_in(world) is not None


def test_a_one_time_password_must_be_changed(world: World, ann: identity.Person):
    token, _ = sign_in(world)
    fresh = world.db.write_now(identity.reset_password, ann)
    assert not lives(world, token)
    assert sign_in(world) is None
    token, opened = sign_in(world, password=fresh)
    assert opened.person.must_change_password
    assert world.db.write_now(identity.change_password, token, opened, fresh, "a much newer one")
    again = world.db.read_now(identity.session, token)
    assert again is not None
    assert not again.person.must_change_password
    assert world.db.read_now(audit.recent, world.by, action="person.password_reset")


def test_one_time_passwords_are_never_the_same():
    made = {identity.one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(each) == 23 for each in made)


def test_a_session_ends_by_itself_unless_it_is_used(world: World, ann: identity.Person, later):
    token, opened = sign_in(world)
    later(29 * clock.DAY)
    world.db.write_now(identity.sessions_seen, token, opened)
    later(2 * clock.DAY)
    assert lives(world, token)
    later(29 * clock.DAY)
    assert not lives(world, token)


def test_addresses_are_unique_and_real(world: World, ann: identity.Person):
    with pytest.raises(Taken):
        world.db.write_now(identity.add_person, "ANN@example.com", "Ann", PASSWORD)
    for email in ("", "ann", "ann@", "a b@example.com", "ann@example.com\n", "a\0@example.com", "x" * 300):
        with pytest.raises(Invalid):
            world.db.write_now(identity.add_person, email, "Ann", PASSWORD)
    for name in ("", " ", "a\0b", "x" * 101):
        with pytest.raises(Invalid):
            world.db.write_now(identity.add_person, "eve@example.com", name, PASSWORD)


def test_roles(world: World, ann: identity.Person):
    with pytest.raises(Taken):
        world.db.write_now(identity.join, world.by, ann, "member")
    bob = world.db.write_now(identity.add_person, "bob@example.com", "Bob", PASSWORD)
    world.db.write_now(identity.join, world.by, bob, "member")
    _, opened = sign_in(world, "bob@example.com")
    with pytest.raises(Refused):
        world.db.write_now(identity.issue_key, opened.caller(), identity.NewKey("hoko", "k"))
    with pytest.raises(Refused):
        world.db.write_now(identity.rename_organization, opened.caller(), "Bob's")
    found = world.db.read_now(identity.members_of, world.by)
    assert [(m.person.email, m.role) for m in found] == [
        ("ann@example.com", "owner"),
        ("bob@example.com", "member"),
    ]


def test_organizations(world: World, ann: identity.Person):
    db = world.db
    assert db.read_now(identity.organization_named, None).name == "Ours"
    second = world.stranger("Straße")
    with pytest.raises(Taken):
        db.write_now(identity.found_organization, "STRASSE")
    with pytest.raises(Taken):
        db.write_now(identity.rename_organization, second.by, "ours")
    with pytest.raises(Invalid):
        db.read_now(identity.organization_named, None)
    with pytest.raises(Missing):
        db.read_now(identity.organization_named, "Theirs")
    renamed = db.write_now(identity.rename_organization, second.by, "Theirs")
    assert db.read_now(identity.organization_named, "theirs") == renamed
    (line,) = db.read_now(audit.recent, second.by, action="organization.renamed")
    assert line.subject_id == renamed.id


def test_a_session_moves_between_a_persons_own_organizations(world: World, ann: identity.Person):
    db, second = world.db, world.stranger()
    token, opened = sign_in(world)
    theirs = db.read_now(identity.organization, second.by)
    with pytest.raises(Missing):
        db.write_now(identity.switch_organization, token, opened, theirs.id)
    db.write_now(identity.join, second.by, ann, "member")
    db.write_now(identity.switch_organization, token, opened, theirs.id)
    moved = db.read_now(identity.session, token)
    assert moved is not None
    assert (moved.organization, moved.role) == (theirs, "member")
    assert [m.organization.name for m in db.read_now(identity.belongs_to, moved)] == ["Ours", "Strangers"]
