"""The background work killed with SIGKILL at every step of a connection's life: it goes on, and does nothing twice.

It goes on at once, long before a claim of who was killed has run out: each step would take two minutes otherwise.
"""

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from hyway.domain import audit, billing, connections
from hyway.domain.connections.store import people, presence, working
from hyway.kernel import clock
from hyway.kernel.db import Database
from hyway.kernel.seal import Seal
from tests.domain.connections.stage import Stage
from tests.make.running import HYWAY, environment
from tests.make.vendor import CODE, TYPE, Workshop

ROOT = Path(__file__).parents[3]
SECONDS = 180.0


_ALONE = """
import os, sys, time
from pathlib import Path
from hyway.domain import audit, billing, connections
from hyway.domain.connections import jobs
from hyway.kernel import clock
from hyway.kernel.db import Database
from hyway.kernel.seal import Seal
db = Database(sys.argv[1], Seal.from_file(Path(sys.argv[2]) / "key"))
db.hearers += [audit.record, billing.accounts.hear, connections.hearing.hear]
known = connections.registry.load(dict([os.environ["HYWAY_VENDORS"].split("=", 1)]))
while True:
    jobs.begin(db, known)
    time.sleep(0.1)
"""
"""What the worker does for connections, without what else it does: it begins in a fraction of the time."""


class Workers:
    """Processes that do the work, the real `hyway worker` unless `alone`.

    They find the workshop's provider as they find anybody's, by an entry point.
    """

    def __init__(self, stage: Stage, data: Path, alone: bool) -> None:
        self.data, self.vendor, self.alone, self.url = data, stage.vendor, alone, stage.db.url
        known = data.with_name("packages")
        info = known / "workshop-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: workshop\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(
            "[hyway.integrations]\nworkshop = tests.make.vendor:provider\nbroken = nowhere.at.all:provider\n"
        )
        self._path = f"{known}:{ROOT}"

    @contextlib.contextmanager
    def working(self) -> Iterator[subprocess.Popen[bytes]]:
        """One process of it; killed at the end, if it was not before."""
        env = environment(
            HYWAY_VENDORS=f"{TYPE}={self.vendor.address}",
            HYWAY_DATABASE_URL=self.url.replace("+psycopg", ""),
            PYTHONPATH=self._path,
        )
        with self.data.with_suffix(".log").open("ab") as log:
            words: list[str | Path] = (
                [sys.executable, "-c", _ALONE, self.url, self.data]
                if self.alone
                else [HYWAY, "worker", "--data", self.data]
            )
            process = subprocess.Popen(words, stderr=log, env=env)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait(10)

    def killed(self, trouble: list[str]) -> None:
        """One process that is killed while the vendor has its last trouble."""
        self.vendor.hanging.clear()
        self.vendor.trouble = trouble
        with self.working():
            assert self.vendor.hanging.wait(SECONDS), "nothing was asked"
        self.vendor.trouble = []

    def until(self, done: Callable[[], bool]) -> None:
        """One process that is let work till then."""
        with self.working() as process:
            end = time.monotonic() + SECONDS
            while not done():
                assert process.poll() is None, self.data.with_suffix(".log").read_text()
                assert time.monotonic() < end, self.data.with_suffix(".log").read_text()
                time.sleep(0.1)


@pytest.fixture
def stage(database_url: str, tmp_path: Path, vendor: Workshop) -> Iterator[Stage]:
    data = tmp_path / "data"
    data.mkdir()
    db = Database(database_url, Seal.from_file(data / "key"))
    db.hearers += [audit.record, billing.accounts.hear, connections.hearing.hear]
    yield Stage(db, vendor)
    db.close()


@pytest.fixture
def alone(stage: Stage, tmp_path: Path) -> Workers:
    return Workers(stage, tmp_path / "data", alone=True)


@pytest.fixture
def workers(stage: Stage, tmp_path: Path) -> Workers:
    return Workers(stage, tmp_path / "data", alone=False)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_at_every_step(stage: Stage, vendor: Workshop, alone: Workers) -> None:
    """Before and after each thing that changes something at the vendor's."""
    workers = alone
    of = stage.integrate()
    ann, bob = stage.member("ann"), stage.member("bob")
    stage.staff(ann, bob)
    made = stage.connect(of, "MessagingChannel", stage.team.id, "verify-core")

    workers.killed(["waits"])  # before it has looked
    workers.killed(["", "waits"])  # before it is made
    workers.killed(["", "hangs"])  # made, and we never learn of it
    assert (len(vendor.made), stage.again(made).status) == (1, "Pending")
    workers.until(lambda: stage.again(made).status == "AwaitingVerification")

    stage.db.write_now(connections.connections.accept, stage.by, of.id, made.id, CODE)
    workers.killed(["waits"])  # before the code is shown
    workers.killed(["hangs"])  # verified, and we never learn of it
    assert stage.again(made).status == "AwaitingVerification"
    workers.killed(["", "", "waits"])  # ready; before the first is let in
    assert stage.again(made).status == "Ready"
    workers.killed(["", "hangs"])  # the first is in, and we never learn of it
    workers.killed(["", "hangs"])  # the second, too
    remote = stage.again(made).remote
    list_ = vendor.things[remote]
    workers.until(lambda: access(stage, made.seq) == ["Ready", "Ready"])
    assert sorted(list_.members) == ["ann@example.com", "bob@example.com"]
    assert sorted(vendor.admitted) == [(remote, "ann@example.com"), (remote, "bob@example.com")]

    stage.staff(bob)
    workers.killed(["", "hangs"])  # the one is out, and we never learn of it
    workers.until(lambda: access(stage, made.seq) == ["Ready"])
    assert (list_.members, len(vendor.dismissed)) == (["bob@example.com"], 1)

    stage.drop(made, decommission=True)
    workers.killed(["waits"])  # before it is taken away
    workers.killed(["hangs"])  # taken away, and we never learn of it
    workers.until(lambda: stage.all() == [])
    assert (vendor.made, vendor.removed, vendor.things) == ([made.id], [remote], {})


def access(stage: Stage, connection: int) -> list[str]:
    return [row.status for row in stage.db.read_now(people.of, connection)]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_import_that_is_killed_goes_on(stage: Stage, vendor: Workshop, workers: Workers) -> None:
    of = stage.integrate()
    for n in range(4):
        vendor.put("DistributionList", f"list {n}", members=[])
    made = stage.bring(of, "DistributionList", "th1", "th2", "th3", "th4")
    workers.killed(["", "", "", "waits"])  # the list of lists takes two pages
    half = stage.import_again(of, made)
    assert (half.status, half.done) == ("running", 1)
    workers.until(lambda: stage.import_again(of, made).status == "done")
    done = stage.import_again(of, made)
    assert (done.done, done.errors, len(stage.all(types=["DistributionList"]))) == (4, (), 4)


def test_what_a_living_process_has_claimed_is_not_taken_from_it(stage: Stage, vendor: Workshop) -> None:
    """PostgreSQL: by its lock; one without it, as nobody has it any more, is gone."""
    if stage.db.is_sqlite:
        pytest.skip("one process alone works on SQLite")
    of = stage.integrate()
    made = stage.connect(of, "ContainerRegistry", stage.app.id, "one")
    now = clock.now()
    for boot, other, there in ((presence.BOOT, "7", False), ("7", presence.BOOT, True)):
        stage.known.presence.hold(stage.db)
        assert stage.db.write_now(working.begin, made.seq, boot, now, now + presence.LEASE) is not None
        found = stage.db.write_now(working.begin, made.seq, other, now, now + presence.LEASE)
        assert (found is not None) is there
        stage.db.write_now(working.release, made.seq)


def test_a_lock_that_is_lost_is_taken_anew(stage: Stage) -> None:
    if stage.db.is_sqlite:
        pytest.skip("one process alone works on SQLite")
    stage.known.presence.hold(stage.db)
    stage.db.write_now(lambda w: w.run(_END).all())
    assert stage.db.read_now(lambda r: r.run(_HELD).scalar_one()) == 0
    stage.known.presence.hold(stage.db)
    assert stage.db.read_now(lambda r: r.run(_HELD).scalar_one()) == 1


_MINE = f"""FROM pg_locks WHERE locktype = 'advisory' AND objid::text = '{presence.BOOT}'
 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
_END, _HELD = text(f"SELECT pg_terminate_backend(pid) {_MINE}"), text(f"SELECT count(*) {_MINE}")
