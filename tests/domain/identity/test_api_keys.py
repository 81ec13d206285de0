"""Programs: their keys, the secrets of these, and what they may do."""

import pytest

from hyway.domain import audit, identity
from hyway.domain.identity import Caller, Organization, access, api_keys
from hyway.domain.identity.api_keys import Secret
from hyway.kernel import seal
from hyway.kernel.db import Database, Read
from hyway.kernel.faults import Invalid, Missing, Refused
from tests.make.people import person, somebody


@pytest.fixture
def home(db: Database) -> Organization:
    return db.write_now(identity.found_organization, "Acme")


@pytest.fixture
def boss(home: Organization) -> Caller:
    return identity.command_line(home)


def known(db: Database, of: Secret) -> Caller | None:
    assert of.value is not None
    return db.read_now(api_keys.caller, seal.digest(of.value))


def inside(db: Database, home: Organization, of: Secret) -> Caller:
    found = known(db, of)
    assert found is not None
    return db.read_now(access.enter, found, home.wire_id)


def test_a_new_key_administers_unless_told_otherwise(db: Database, home: Organization, boss: Caller):
    made, secret = db.write_now(api_keys.create, boss, "  Robot ")
    assert (made.name, made.roles, made.secrets) == ("Robot", ("OrganizationAdmin",), (secret,))
    assert secret.value is not None
    assert secret.value.startswith("key_")
    assert len(secret.value) >= 46
    assert secret.hint == secret.value[-4:]
    assert secret.last_used_at is None
    by = inside(db, home, secret)
    assert (by.member, by.actor_kind, by.role, by.organization) == (made.member_id, "key", "admin", home.seq)
    assert access.may(by, "delete", "Organization")
    _, small = db.write_now(api_keys.create, boss, "Small", ("OrganizationMember",))
    by = inside(db, home, small)
    assert by.role == "member"
    assert not access.may(by, "update", "Member")


def test_its_roles_elsewhere_are_access_like_anybodys(db: Database, home: Organization, boss: Caller):
    made, secret = db.write_now(api_keys.create, boss, "Robot", ("OrganizationMember",))
    project = "proj_" + "1" * 24
    db.write_now(identity.things.put, boss, project, "Project", "Shop")
    given = db.write_now(access.create, boss, project, made.id, ["ProjectReader"])
    assert (given.holder.kind, given.holder.id, given.holder.name) == ("ApiKey", made.id, "Robot")
    assert access.may(inside(db, home, secret), "pull", "DotEnv", project)
    assert db.read_now(access.page, boss, None, [made.member_id])[1] == 2
    assert db.read_now(api_keys.find, boss, made.id).roles == ("OrganizationMember",)
    db.write_now(api_keys.drop, boss, made.id)
    assert db.read_now(access.page, boss) == ([], 0)


def test_names_and_roles_are_checked(db: Database, boss: Caller):
    for name in ("", "   ", "x" * 101, "a\x00b", "a\nb"):
        with pytest.raises(Invalid):
            db.write_now(api_keys.create, boss, name)
    for roles in ((), ("ProjectAdmin",), ("OrganizationMember", "Nobody")):
        with pytest.raises(Invalid):
            db.write_now(api_keys.create, boss, "Robot", roles)
    assert db.read_now(api_keys.page, boss) == ([], 0)


def test_only_administrators_have_to_do_with_keys(db: Database, home: Organization, boss: Caller):
    made, secret = db.write_now(api_keys.create, boss, "Robot", ("OrganizationMember", "OrganizationBilling"))
    bob = somebody(db, "Bob")
    db.write_now(identity.join, boss, person(db, bob), "member")
    for by in (inside(db, home, secret), db.read_now(access.enter, bob, home.wire_id)):
        for refused in (
            lambda by=by: db.write_now(api_keys.create, by, "Another"),
            lambda by=by: db.read_now(api_keys.page, by),
            lambda by=by: db.read_now(api_keys.find, by, made.id),
            lambda by=by: db.write_now(api_keys.add_secret, by, made.id),
            lambda by=by: db.write_now(api_keys.drop_secret, by, made.id, secret.id),
            lambda by=by: db.write_now(api_keys.drop, by, made.id),
        ):
            with pytest.raises(Refused, match="You do not have permission to"):
                refused()


def test_lists_are_by_the_beginning_of_the_name(db: Database, boss: Caller):
    for name in ("deploy one", "Deploy two", "read%only", "readXonly"):
        db.write_now(api_keys.create, boss, name)

    def named(prefix: str, *place: int) -> list[str]:
        return [key.name for key in db.read_now(api_keys.page, boss, prefix, *place)[0]]

    assert named("DEPLOY") == ["deploy one", "Deploy two"]
    assert named("read%") == ["read%only"]
    assert named("one") == named("\x00") == []
    assert named("", 1, 2) == ["Deploy two", "read%only"]
    assert db.read_now(api_keys.page, boss, "", 1, 2)[1] == 4


def test_a_program_goes_over_from_one_secret_to_the_next(db: Database, boss: Caller):
    made, old = db.write_now(api_keys.create, boss, "Robot")
    new = db.write_now(api_keys.add_secret, boss, made.id)
    assert new.value != old.value
    assert known(db, old)
    assert known(db, new)
    db.write_now(api_keys.drop_secret, boss, made.id, old.id)
    assert known(db, old) is None
    assert known(db, new) is not None
    for gone in (old.id, "asec_0", "\x00"):
        with pytest.raises(Missing):
            db.write_now(api_keys.drop_secret, boss, made.id, gone)
    shown = db.read_now(api_keys.find, boss, made.id)
    assert [(each.id, each.value) for each in shown.secrets] == [(new.id, None)]
    db.write_now(api_keys.drop_secret, boss, made.id, new.id)
    assert db.read_now(api_keys.find, boss, made.id).secrets == ()


def test_a_secret_of_another_key_does_not_sign_in(db: Database, boss: Caller):
    one, first = db.write_now(api_keys.create, boss, "One")
    two, second = db.write_now(api_keys.create, boss, "Two")
    assert first.value is not None
    assert second.value is not None

    def found(key: str, secret: str) -> str | None:
        by = db.read_now(api_keys.by_id_and_secret, key, secret)
        return by.actor_name if by else None

    assert found(one.id, first.value) == "One"
    assert found(two.id, second.value) == "Two"
    assert found(one.id, second.value) is found("\x00", first.value) is found(one.id, "key_no") is None
    with pytest.raises(Missing):
        db.write_now(api_keys.drop_secret, boss, one.id, second.id)


def test_a_deleted_key_opens_nothing_and_others_are_not_touched(db: Database, boss: Caller):
    made, secret = db.write_now(api_keys.create, boss, "Robot")
    other = identity.command_line(db.write_now(identity.found_organization, "Other"))
    for verb in (api_keys.drop, api_keys.find, api_keys.add_secret):
        with pytest.raises(Missing):
            db.write_now(verb, other, made.id)
    assert known(db, secret)
    db.write_now(api_keys.drop, boss, made.id)
    assert known(db, secret) is None
    for id in (made.id, "akey_\x00"):
        with pytest.raises(Missing):
            db.write_now(api_keys.drop, boss, id)


def test_when_a_secret_was_last_used_is_noted(db: Database, boss: Caller):
    made, secret = db.write_now(api_keys.create, boss, "Robot")
    spare = db.write_now(api_keys.add_secret, boss, made.id)
    by = known(db, secret)
    assert by is not None
    db.write_now(identity.keys_used, {by.credential: 1_700_000_000_000_000})
    used = {each.id: each.last_used_at for each in db.read_now(api_keys.find, boss, made.id).secrets}
    assert used == {secret.id: 1_700_000_000_000_000, spare.id: None}


def test_no_secret_stands_in_the_log_or_the_table(db: Database, boss: Caller):
    made, secret = db.write_now(api_keys.create, boss, "Robot")
    second = db.write_now(api_keys.add_secret, boss, made.id)
    db.write_now(api_keys.drop_secret, boss, made.id, second.id)
    db.write_now(api_keys.drop, boss, made.id)

    def everything(r: Read) -> str:
        return repr([(each.action, each.data) for each in audit.recent(r, boss)])

    told = db.read_now(everything)
    for action in ("api_key.created", "api_key.secret_created", "api_key.secret_deleted", "api_key.deleted"):
        assert action in told
    for value in (secret.value, second.value):
        assert value is not None
        assert value not in told
        assert seal.digest(value) not in told
        assert value not in repr(secret) + repr(second) + repr(made)
