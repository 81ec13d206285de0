"""What asking costs whether somebody may: in an organization with 1,000 teams and 10,000 members."""

import asyncio
import itertools
import random
import sqlite3
import time
from contextlib import closing

from bench.ground import Ground, prepare, settings
from bench.report import Figure, Run, percentile
from bench.server import folder
from hyway import main
from hyway.domain import identity
from hyway.domain.identity import NOBODYS, Caller, access
from hyway.domain.identity.access.memory import Entered
from hyway.kernel import ids
from hyway.kernel.db import Database

CLAIM = "permission"
_BAR = 100.0
"""Microseconds at p99, of a request whose caller is known."""
_ONE_EACH, _THING = 3, "INSERT INTO things (id, organization, kind, name) VALUES (?, ?, 'Project', 'Shop')"
_PERSON = """INSERT INTO people (seq, id, wire_id, email, name, must_change_password, created_at)
VALUES (?, ?, ?, ?, 'Somebody', 0, 1)"""
_MEMBERSHIP = """INSERT INTO memberships (seq, wire_id, access_id, organization, person, role, is_billing, since,
updated_at) VALUES (?, ?, ?, ?, ?, 'member', 0, 1, 1)"""
_TEAM = """INSERT INTO teams (seq, id, organization, name, folded_name, type, criteria, channels, created_at,
updated_at) VALUES (?, ?, ?, ?, ?, 'static', '[]', '[]', 1, 1)"""
_IN_TEAM = "INSERT INTO team_members (team, membership, since) VALUES (?, ?, 1)"
_ACCESS = """INSERT INTO access (id, organization, entity, holder_kind, holder, roles, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, 1, 1)"""
_ROLES = ("ProjectReader", "ProjectContributor", "ProjectAdmin")


def measure(run: Run) -> list[Figure]:
    """permission check of a request at 1,000 teams and 10,000 members: remembered and not; p99 in microseconds."""
    teams, members = (200, 2_000) if run.quick else (1_000, 10_000)
    with folder() as path:
        ground = prepare(path / "data")
        projects = _seed(ground, teams, members)
        db = main.open_database(settings(ground.data), threads=1)
        try:
            organization = db.read_now(lambda r: identity.organization(r, _system(ground))).wire_id
            return _figures(run, db, organization, projects, f"{teams:,} teams, {members:,} members")
        finally:
            db.close()


def _system(ground: Ground) -> Caller:
    return Caller(ground.organization, "self-hosted", "system", "bench", "bench", "command")


def _figures(run: Run, db: Database, organization: str, projects: list[str], size: str) -> list[Figure]:
    members = [_caller(number) for number in range(2, 1_000)]
    # One of them is in every team: nobody has more to look through.
    busy, chance = _caller(1), random.Random(5)
    rounds = 5_000 if run.quick else 50_000
    figures = []
    for name, callers in (("", members), (", in every team", [busy])):
        cold = _cold(db, callers, organization)
        warm, bare = asyncio.run(_warm(db, callers, organization, projects, rounds, chance))
        what = f"{size}{name}"
        figures.append(_warm_figure(what, warm, bare))
        figures.append(
            Figure(
                CLAIM, f"{what}: not remembered", _said(cold), "",
                f"{percentile(cold, 0.5) / percentile(warm, 0.5):,.0f} of a remembered one",
            )
        )  # fmt: skip
    return figures


def _warm_figure(what: str, warm: list[float], bare: float) -> Figure:
    high = percentile(warm, 0.99)
    return Figure(
        CLAIM, f"{what}: remembered", _said(warm), f"p99 {_BAR:.0f} us",
        f"{percentile(warm, 0.5) / bare:,.0f} of a dict look-up ({bare * 1000:.0f} ns)", high < _BAR,
    )  # fmt: skip


def _cold(db: Database, callers: list[Caller], organization: str) -> list[float]:
    """Microseconds of finding what somebody may, on a snapshot of its own."""
    took = []
    for by in itertools.islice(itertools.cycle(callers), 500):
        began = time.perf_counter_ns()
        db.read_now(access.enter, by, organization)
        took.append((time.perf_counter_ns() - began) / 1000)
    return took


async def _warm(
    db: Database,
    callers: list[Caller],
    organization: str,
    projects: list[str],
    rounds: int,
    chance: random.Random,
) -> tuple[list[float], float]:
    """Microseconds of each whole check as a request has it, and of one look-up in a dict as large as the memory."""
    entered, took = Entered(db), []
    for by in callers:
        await entered.enter(by, organization)
    asked = [(chance.choice(callers), chance.choice(projects)) for _ in range(rounds)]
    for by, project in asked:
        began = time.perf_counter_ns()
        there = await entered.enter(by, organization)
        access.may_somewhere(there, "pull", "DotEnv")
        access.may(there, "pull", "DotEnv", "app_of_it", project)
        took.append((time.perf_counter_ns() - began) / 1000)
    table = {(by.actor_id, organization): by for by in callers}
    keys = [(by.actor_id, organization) for by, _ in asked]
    began = time.perf_counter_ns()
    for key in keys:
        table[key]
    return took, (time.perf_counter_ns() - began) / 1000 / rounds


def _said(took: list[float]) -> str:
    return f"p50 {percentile(took, 0.5):,.1f} us, p99 {percentile(took, 0.99):,.1f} us"


def _caller(number: int) -> Caller:
    return Caller(NOBODYS, "self-hosted", "person", f"p{number}", "Somebody", "hyphen", person=number)


def _seed(ground: Ground, teams: int, members: int) -> list[str]:
    """Each team has a role on a project of its own, each member one on another and a place in three teams; the first
    member is in all of them. The ids of the projects."""
    chance, of = random.Random(3), ground.organization
    projects = [ids.prefixed("proj") for _ in range(teams)]
    people = range(1, members + 1)
    places = [(team, 1) for team in range(1, teams + 1)]
    places += [(team, one) for one in people[1:] for team in chance.sample(range(1, teams + 1), _ONE_EACH)]
    roles = itertools.cycle(_ROLES)
    given = [(projects[team - 1], "team", team) for team in range(1, teams + 1)]
    given += [(chance.choice(projects), "member", one) for one in people]
    with closing(sqlite3.connect(ground.file)) as connection, connection:
        for statement, rows in (
            (_THING, [(id, of) for id in projects]),
            (_PERSON, [(n, f"p{n}", ids.prefixed("user"), f"p{n}@example.com") for n in people]),
            (_MEMBERSHIP, [(n, ids.prefixed("memb"), ids.prefixed("accs"), of, n) for n in people]),
            (_TEAM, [(n, ids.prefixed("team"), of, f"Team {n}", f"team {n}") for n in range(1, teams + 1)]),
            (_IN_TEAM, places),
            (_ACCESS, [(ids.prefixed("accs"), of, *each, next(roles)) for each in given]),
        ):
            connection.executemany(statement, rows)
    return projects
