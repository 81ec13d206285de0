"""What comes at the wrong moment: two at once, the end in the middle of the work, changes that never cease."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from hyway.domain import connections, identity
from hyway.domain.connections import Connection, Registry, jobs, people, rules
from hyway.domain.connections.store import integrations as integration_store
from hyway.domain.connections.store import people as people_store
from hyway.kernel.clock import HOUR, MINUTE, SECOND
from hyway.kernel.db import Database, Fact, Write
from hyway.kernel.faults import Missing, Taken
from tests.domain.connections.stage import Stage
from tests.make.vendor import TOKEN, TYPE, Badge, Still, Workshop
from tests.make.vendor import Provider as Workshops

Later = Callable[[int], None]


def failed(stage: Stage, vendor: Workshop, later: Later) -> Connection:
    """One that was tried in vain, to the end."""
    vendor.trouble = ["", "lost", *["busy"] * (rules.MOST_TRIES - 1)]
    made = stage.connect(stage.integrate(), "ContainerRegistry", stage.app.id, "images")
    for _ in range(rules.MOST_TRIES):
        stage.work()
        later(2 * HOUR)
    found = stage.again(made)
    assert (found.status, found.is_retryable) == ("Failed", True)
    return found


def test_who_tries_again_what_is_to_go_by_now_is_refused(
    stage: Stage, vendor: Workshop, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one has read it before the other's commit."""
    of = failed(stage, vendor, later)
    stage.drop(of, decommission=True)
    with monkeypatch.context() as patched:
        patched.setattr(connections.connections, "find", lambda *_: of)
        with pytest.raises(Taken):
            stage.db.write_now(connections.connections.retry, stage.by, of.integration_id, of.id)
    assert stage.again(of).status == "Decommissioning"
    stage.work()
    assert (stage.all(), vendor.things) == ([], {})


def test_what_may_be_there_goes_though_it_was_to_be_tried_again(
    stage: Stage, vendor: Workshop, later: Later
) -> None:
    of = failed(stage, vendor, later)
    stage.db.write_now(connections.connections.retry, stage.by, of.integration_id, of.id)
    stage.drop(of, decommission=True)
    stage.work()
    assert (stage.all(), vendor.things, vendor.made) == ([], {}, [of.id])


def test_what_waits_for_its_next_try_can_be_tried_at_once(stage: Stage, vendor: Workshop) -> None:
    """`isRetryable` says that the same asked for again is no conflict."""
    of = stage.integrate()
    vendor.trouble = ["busy"]
    waits = stage.connected(of, "ContainerRegistry", stage.app.id, "images")
    assert (waits.status, waits.is_retryable) == ("Pending", True)
    again = stage.connect(of, "ContainerRegistry", stage.app.id, "images")
    assert (again.id, again.is_retryable) == (waits.id, False)
    stage.work()
    assert stage.again(waits).status == "Ready"


def test_what_is_asked_to_go_goes_though_its_team_is_gone(
    stage: Stage, vendor: Workshop, later: Later
) -> None:
    of = stage.integrate()
    core = stage.connected(of, "DistributionList", stage.team.id)
    stage.drop(core, decommission=True)
    vendor.trouble = ["busy"]
    stage.work()
    stage.db.write_now(identity.teams.drop, stage.by, stage.team.id)
    later(MINUTE)
    stage.work()
    assert (stage.all(), vendor.removed) == ([], [core.remote])


def test_of_two_who_remove_one_the_second_finds_none(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    of = stage.connect(stage.integrate(), "ContainerRegistry", stage.app.id, "images")
    stage.drop(of)
    monkeypatch.setattr(connections.connections, "find", lambda *_: of)
    with pytest.raises(Missing):
        stage.drop(of)


def test_changes_that_never_cease_put_nothing_off(stage: Stage, vendor: Workshop, later: Later) -> None:
    of = stage.integrate()
    members = [stage.member(f"m{n}") for n in range(4)]
    core = stage.connected(of, "DistributionList", stage.team.id)
    for n in range(4):
        stage.staff(*members[: n + 1])
        later(SECOND * 6 // 10)
        stage.work()
    assert vendor.things[core.remote].members


def test_a_change_in_the_middle_of_a_look_is_looked_at(stage: Stage, vendor: Workshop, later: Later) -> None:
    of = stage.integrate()
    ann, bob = stage.member("ann"), stage.member("bob")
    core = stage.connected(of, "DistributionList", stage.team.id)
    stage.staff(ann)
    later(2 * SECOND)
    look = stage.db.write_now(people.begin, stage.known, core.seq)
    assert look is not None
    stage.staff(ann, bob)
    stage.db.write_now(people._over, look, False, ())
    later(2 * SECOND)
    stage.work()
    assert sorted(vendor.things[core.remote].members) == ["ann@example.com", "bob@example.com"]


@pytest.mark.parametrize("own", [False, True])
def test_it_goes_while_people_are_noted(stage: Stage, own: bool) -> None:
    """A connection that goes, or one that stands for somebody in it, while who is in it is written down."""
    of = stage.integrate()
    ann = stage.member("ann")
    mine = stage.connected(of, "User", ann.id)
    stage.staff(ann)
    core = stage.connected(of, "DistributionList", stage.team.id)
    stage.staff()
    stage.db.write_now(lambda w: people_store.drop(w, people_store.of(w, core.seq)[0].seq))
    holder = people.Holder(ann.id, "ann@example.com", (), mine)
    written = threading.Event()

    def note(w: Write) -> None:
        round = people.Round(core, None, (holder,), (), 0)  # type: ignore[arg-type]
        people._noted(w, round, {ann.id: (holder, "ann@example.com")})
        written.set()
        time.sleep(0.5)

    noting = threading.Thread(target=stage.db.write_now, args=(note,))
    noting.start()
    assert written.wait(10)
    if own:
        stage.drop(mine)
    else:
        stage.db.write_now(connections.integrations.drop, stage.by, of.id)
    noting.join(10)
    assert [each.id for each in stage.all()] == ([core.id] if own else [])


def test_an_address_that_is_put_right_is_the_one_asked_for(
    stage: Stage, vendor: Workshop, later: Later
) -> None:
    of = stage.integrate()
    ann = stage.member("anm")
    vendor.trouble = ["busy"]
    made = stage.connected(of, "User", ann.id)
    stage.db.write_now(identity.profiles.change, stage.by, ann.id, email="ann@example.com")
    later(MINUTE)
    stage.work()
    assert vendor.things[stage.again(made).remote].email == "ann@example.com"


def test_an_integration_is_needed_while_something_is_taken_away(stage: Stage, vendor: Workshop) -> None:
    """Who wants it gone at once deletes the connection once more, and what is there stays."""
    of = stage.integrate()
    made = stage.connected(of, "ContainerRegistry", stage.app.id, "images")
    vendor.trouble = ["busy"]
    stage.drop(made, decommission=True)
    stage.work()
    with pytest.raises(Taken):
        stage.db.write_now(connections.integrations.drop, stage.by, of.id)
    stage.drop(made)
    stage.db.write_now(connections.integrations.drop, stage.by, of.id)
    assert list(vendor.things) == [made.remote]


def heard(stage: Stage) -> list[Fact]:
    """What is announced from now on."""
    told: list[Fact] = []

    def hear(w: Write, facts: Sequence[Fact]) -> None:
        told.extend(facts)

    stage.db.hearers.append(hear)
    return told


def test_an_integration_that_goes_tells_of_its_connections(stage: Stage) -> None:
    of = stage.integrate()
    made = stage.connected(of, "ContainerRegistry", stage.app.id, "images")
    told = heard(stage)
    stage.db.write_now(connections.integrations.drop, stage.by, of.id)
    assert [(each.action, each.id) for each in told] == [
        ("connection.deleted", made.id),
        ("integration.deleted", of.id),
    ]


def test_of_an_organization_that_is_closed_nothing_is_left(stage: Stage, vendor: Workshop) -> None:
    """Nothing at the vendor's changes, and no credential is kept."""
    of = stage.integrate()
    vendor.put("User", "Ann", "ann@example.com")
    stage.connected(of, "ContainerRegistry", stage.app.id, "images")
    stage.bring(of, "User", "th1")
    told = heard(stage)
    stage.db.write_now(
        lambda w: w.announce(stage.by, "organization.closed", "organization", stage.home.wire_id)
    )
    assert {each.action for each in told} >= {"connection.deleted", "integration.deleted"}
    assert stage.db.read_now(integration_store.sealed, of.seq) is None
    asked = len(vendor.asked)
    stage.work()
    assert (stage.all(), vendor.removed, len(vendor.asked)) == ([], [], asked)


def hanging(vendor: Workshop, times: int) -> None:
    vendor.trouble = ["waits"] * times


def begun(stage: Stage, done: Callable[[], bool]) -> bool:
    """Looks as the clock would, until it is done."""
    for _ in range(50):
        jobs.begin(stage.db, stage.known)
        if done():
            return True
        time.sleep(0.1)
    return False


def test_a_vendor_that_hangs_holds_up_no_other(db: Database, vendor: Workshop) -> None:
    stage = Stage(db, vendor)
    stage.known = Registry([Workshops(), Still("other")], {TYPE: vendor.address})
    slow = stage.integrate()
    for n in range(60):
        stage.connect(slow, "ContainerRegistry", stage.app.id, f"r{n}")
    stage.type = "other"
    made = stage.connect(stage.integrate(), "ContainerRegistry", stage.app.id, "images")
    hanging(vendor, 60)
    try:
        assert begun(stage, lambda: stage.again(made).status == "Ready")
    finally:
        vendor.trouble = []
        vendor.freed.set()
        stage.known.rest(30)


def test_an_organization_whose_work_takes_long_holds_up_no_other(db: Database, vendor: Workshop) -> None:
    one, two = Stage(db, vendor), Stage(db, vendor, name="Other")
    two.known = one.known
    slow, quick = one.integrate(), two.integrate()
    for n in range(60):
        one.connect(slow, "ContainerRegistry", one.app.id, f"r{n}")
    made = two.connect(quick, "ContainerRegistry", two.app.id, "images")
    hanging(vendor, 2)
    try:
        assert begun(two, lambda: two.again(made).status == "Ready")
    finally:
        vendor.freed.set()
        one.known.rest(60)


class Wild(Badge):
    """A provider that keeps to nothing: it raises whatever its client does, and never ends."""

    def __init__(self) -> None:
        super().__init__({})
        self.more: dict[str, Any] = {}

    def resources(self, reach: Any, type: Any, parent: str = "") -> Any:
        if self.more:
            return [connections.Resource("th1", "Ann", self.more)]
        return self._endless()

    def _endless(self) -> Any:
        n = 0
        while True:
            n += 1
            yield connections.Resource(f"th{n}", f"Thing {n}")

    def members(self, reach: Any, type: Any, remote: str) -> Any:
        return (each.id for each in self._endless())


@pytest.fixture
def wild(db: Database, vendor: Workshop) -> Stage:
    return Stage(db, vendor, Wild())


def test_pages_that_never_end_are_not_read_to_the_end(wild: Stage) -> None:
    of = wild.integrate()
    vendor = wild.db.read_now(lambda r: connections.integrations.vendor(r, wild.known, of))
    assert len(vendor.resources("User")) == 10_000
    with pytest.raises(connections.Unclear):
        vendor.members("DistributionList", "th1")


@pytest.mark.parametrize(
    "name", ["A\x00nn", "A\ud800nn", "A" * 1_000_000, 7, None, ["Ann"], "\u202eAnn", "  "]
)
def test_names_that_no_database_takes_become_ones_that_it_takes(wild: Stage, name: Any) -> None:
    of = wild.integrate()
    provider = wild.known.find(TYPE)
    assert isinstance(provider, Wild)
    provider.more = {"email": "ann@example.com", "firstName": name, "lastName": name}
    made = wild.bring(of, "User", "th1")
    wild.work()
    done = wild.import_again(of, made)
    assert (done.status, done.done, done.errors) == ("done", 1, ())


SECRET = "wk_ab+c/d&e%f g"


@pytest.mark.parametrize(
    "said",
    [
        "{0}",
        "https://vendor.example/?token=wk_ab%2Bc%2Fd%26e%25f+g&x=1",
        "https://vendor.example/?token=wk_ab%2Bc%2Fd%26e%25f%20g",
        "https://vendor.example/?token=wk_ab%2Bc/d%26e%25f%20g",
        "Authorization: Basic d2tfYWIrYy9kJmUlZiBn",
    ],
)
def test_a_secret_is_not_told_however_it_is_written(said: str, caplog: pytest.LogCaptureFixture) -> None:
    class Talking(Workshops):
        def check(self, reach: Any) -> None:
            raise connections.Declined(said.format(SECRET))

        def remove(self, reach: Any, type: Any, remote: str) -> None:
            raise RuntimeError(said.format(SECRET))

    vendor = Registry([Talking()]).vendor(TYPE, {"token": SECRET})
    with pytest.raises(connections.Declined) as found:
        vendor.check()
    with pytest.raises(connections.Unclear):
        vendor.remove("User", "x")
    told = said.format(SECRET).rpartition("=" if "=" in said else " ")[2]
    for text in (str(found.value), caplog.text):
        assert "***" in text or text == caplog.text
        assert SECRET not in text
        assert "ab%2Bc" not in text
        assert "d2tfYWIrYy9kJmUlZiBn" not in text
    assert told


def test_lines_of_a_key_are_not_told() -> None:
    key = '{"type": "account", "private_key": "-----BEGIN-----\\nMIIEvQIBADANBgkqhkiG9w0BAQ\\n-----END-----\\n"}'

    class Talking(Workshops):
        def check(self, reach: Any) -> None:
            raise connections.Declined("cannot read MIIEvQIBADANBgkqhkiG9w0BAQ of service_account")

    with pytest.raises(connections.Declined) as found:
        Registry([Talking()]).vendor(TYPE, {"token": key}).check()
    assert "MIIEvQ" not in str(found.value)


def test_a_code_that_the_vendor_repeats_is_not_told(stage: Stage) -> None:
    class Talking(Workshops):
        def verify(self, reach: Any, type: Any, remote: str, code: str) -> Any:
            raise connections.Unclear(f"no answer from /verify?code={code}")

    with pytest.raises(connections.Unclear, match=r"code=\*\*\*"):
        Registry([Talking()]).vendor(TYPE, {"token": TOKEN}).verify("User", "x", "987654")


def test_who_does_not_answer_for_three_is_not_asked_for_a_thousand(
    stage: Stage, vendor: Workshop, later: Later
) -> None:
    """Each question may take as long as the limit lets it."""
    of = stage.integrate()
    core = stage.connected(of, "DistributionList", stage.team.id)
    stage.staff(*(stage.member(f"m{n}") for n in range(8)))
    later(2 * SECOND)
    asked, vendor.trouble = len(vendor.asked), ["", *["busy"] * 8]
    stage.work()
    assert len(vendor.asked) - asked == 4
    vendor.trouble = []
    later(MINUTE)
    stage.work()
    assert len(vendor.things[core.remote].members) == 8


def test_nobody_is_let_in_once_the_connection_is_gone(db: Database, vendor: Workshop) -> None:
    """Also where it goes while they are let in one by one."""

    class Going(Workshops):
        def admit(self, reach: Any, type: Any, remote: str, who: str) -> None:
            super().admit(reach, type, remote, who)
            for each in stage.all():
                stage.drop(each)

    stage = Stage(db, vendor, Going())
    stage.staff(*(stage.member(f"m{n}") for n in range(3)))
    stage.connect(stage.integrate(), "DistributionList", stage.team.id)
    stage.work()
    assert (stage.all(), len(vendor.admitted)) == ([], 1)


def test_only_the_resources_of_a_parent_are_imported(db: Database, vendor: Workshop) -> None:
    class Nested(Workshops):
        def resources(self, reach: Any, type: Any, parent: str = "") -> Any:
            return [connections.Resource(f"{parent}-1", "one")] if parent else []

    stage = Stage(db, vendor, Nested())
    of = stage.integrate()
    start = connections.imports.start
    sent = [{"id": "box-1"}, {"id": "crate-1"}]
    made = stage.db.write_now(start, stage.by, stage.known, of.id, "ContainerRegistry", sent, "box")
    stage.work()
    done = stage.import_again(of, made)
    assert (done.status, done.parent, done.errors) == ("done", "box", ("crate-1: is not there",))
    assert [each.remote for each in stage.all()] == ["box-1"]
