"""1,000 posts at four platforms that answer slowly: one pass over them, one that is killed and taken up again."""

import contextlib
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench.report import Figure, Run, spread
from bench.server import folder
from hyway.domain import creators
from hyway.domain.creators.social import asked, services, syncing
from hyway.domain.creators.social.records import Grant
from hyway.domain.creators.store import social as accounts
from hyway.domain.creators.store import submissions
from hyway.kernel import clock, migrate
from hyway.kernel.db import Database, Write
from hyway.kernel.outgoing import Answer, Outgoing
from tests.make import platforms as fakes
from tests.make.campaigns import Stage, stage_at, verify
from tests.make.people import somebody
from tests.make.world import open_database

CLAIM = "sync"
DELAY = 0.1
"""Seconds that a platform takes to answer."""
_BAR = 60.0
_PROFILES = {
    "youtube": "https://www.youtube.com/@{0}",
    "tiktok": "https://www.tiktok.com/@{0}",
    "instagram": "https://www.instagram.com/{0}",
    "twitter": "https://x.com/{0}",
}
_POSTS = {
    "youtube": "https://youtu.be/{1}",
    "tiktok": "https://www.tiktok.com/@{0}/video/{1}",
    "instagram": "https://www.instagram.com/reel/{1}/",
    "twitter": "https://x.com/{0}/status/{1}",
}
_SECRET = ("tiktok", "instagram")
"""Platforms that are asked with what each creator granted."""
Sent = tuple[str, str, Mapping[str, str], bytes]


@dataclass(frozen=True, slots=True)
class _Told:
    """What the platforms' process says of itself: settings, tokens and posts by creator and platform."""

    named: dict[str, str]
    tokens: dict[tuple[str, str], str]
    posts: dict[tuple[str, str], list[str]]


@dataclass(frozen=True, slots=True)
class _Ground:
    url: str
    named: dict[str, str]
    posts: int

    @property
    def file(self) -> Path:
        return Path(self.url.removeprefix("sqlite:///"))


def measure(run: Run) -> list[Figure]:
    """1,000 posts in one pass, in one that is killed and resumed, and beside a bare loop of the same questions."""
    people, each = (4, 10) if run.quick else (10, 25)
    whole: list[float] = []
    resumed: list[float] = []
    lost = twice = 0
    sent: list[Sent] = []
    with _platforms(people, each) as told:
        for _ in range(2 if run.quick else 3):
            with folder() as path:
                ground = _filled(path, told, people)
                sent.clear()
                with _noted(sent):
                    whole.append(_pass(ground))
                resumed.append(_killed(ground))
                kept, doubles = _kept(ground)
                lost, twice = lost + 2 * ground.posts - kept, twice + doubles
        bare = _bare(sent)
    slowest = max(*whole, *resumed)
    beside = f"{bare / max(whole):.1f} x a bare loop of its {len(sent)} questions"
    return [
        Figure(CLAIM, f"{ground.posts:,} posts, answers after {DELAY * 1000:.0f} ms", spread(whole, "{:.1f}", " s"),
               f"<= {_BAR:.0f} s", beside, slowest <= _BAR),
        Figure(CLAIM, "killed half-way and resumed", spread(resumed, "{:.1f}", " s"), f"<= {_BAR:.0f} s", "",
               slowest <= _BAR),
        Figure(CLAIM, "snapshots after both", f"{lost} missing, {twice} twice", "none, none", "",
               not lost and not twice),
    ]  # fmt: skip


def _pass(ground: _Ground) -> float:
    """Seconds of one pass."""
    with _opened(ground.url) as db:
        began = time.monotonic()
        _look(db, ground.named)
        return time.monotonic() - began


def _look(db: Database, named: dict[str, str]) -> None:
    syncing.Pass(db, services.chosen(named, Outgoing(lambda _: False))).posts()


def _killed(ground: _Ground) -> float:
    """Seconds of the next pass, whose process is killed half-way and which another one takes up."""
    with _opened(ground.url) as db:
        db.write_now(_make_due)
    began = time.monotonic()
    words = [f"{key}={value}" for key, value in ground.named.items()]
    running = subprocess.Popen([sys.executable, "-m", "bench.sync", ground.url, *words])
    while _kept(ground)[0] < ground.posts * 3 // 2 and running.poll() is None:
        time.sleep(0.01)
    if running.poll() is not None:
        raise RuntimeError("the pass was over before it could be killed")
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    with _opened(ground.url) as db:
        _look(db, ground.named)
    return time.monotonic() - began


def _make_due(w: Write) -> None:
    now = clock.now()
    for each in creators.submissions.due(w, now + clock.DAY, 100_000):
        submissions.change(w, each.submission, {"next_sync_at": now})


def _kept(ground: _Ground) -> tuple[int, int]:
    """Snapshots that are stored, and those beyond one for each post and pass."""
    with contextlib.closing(sqlite3.connect(ground.file)) as connection:
        counts = connection.execute("SELECT count(*) FROM view_snapshots GROUP BY submission").fetchall()
    return sum(n for (n,) in counts), sum(max(0, n - 2) for (n,) in counts)


@contextlib.contextmanager
def _noted(sent: list[Sent]) -> Iterator[None]:
    """Notes what is sent meanwhile."""
    real = Outgoing.send

    def send(
        self: Outgoing, method: str, url: str, headers: Any = None, body: bytes = b"", **more: Any
    ) -> Answer:
        sent.append((method, url, headers or {}, body))
        return real(self, method, url, headers, body, **more)

    Outgoing.send = send  # type: ignore[method-assign]
    try:
        yield
    finally:
        Outgoing.send = real  # type: ignore[method-assign]


def _bare(sent: list[Sent]) -> float:
    """Seconds of the same questions one after the other, with nothing stored."""
    way = Outgoing(lambda _: True)
    began = time.monotonic()
    for method, url, headers, body in sent:
        way.send(method, url, headers, body, most=4_000_000)
    return time.monotonic() - began


# --- the ground


@contextlib.contextmanager
def _opened(url: str) -> Iterator[Database]:
    db = open_database(url)
    db.hearers.append(creators.hearing.hear)
    try:
        yield db
    finally:
        db.close()


def _filled(path: Path, told: _Told, people: int) -> _Ground:
    """A database in which all the posts are handed in and approved, and due."""
    url = f"sqlite:///{path / 'hyway.db'}"
    migrate.upgrade(url)
    with stage_at(url) as stage:
        campaign = stage.active(10**9, approves=False, platform_ids=list(_POSTS)).seq
        for at in range(people):
            _creator(stage, told, campaign, f"creator{at}")
    return _Ground(url, told.named, sum(map(len, told.posts.values())))


def _creator(stage: Stage, told: _Told, campaign: int, name: str) -> None:
    who = stage.known[name] = somebody(stage.db, name)
    for platform, profile in _PROFILES.items():
        seq = stage.db.write_now(verify, who, platform, profile.format(name), f"{platform}-{name}")
        if platform in _SECRET:
            grant = Grant(told.tokens[platform, name], None, clock.now() + clock.DAY)
            stage.db.write_now(accounts.change, seq, asked.sealed(stage.db.seal, grant))
    stage.join(campaign, name)
    for platform, post in _POSTS.items():
        for id in told.posts[platform, name]:
            made = stage.db.write_now(creators.submissions.submit, who, campaign, post.format(name, id))
            stage.db.write_now(creators.submissions.approve, stage.by, made.seq)


@contextlib.contextmanager
def _platforms(people: int, each: int) -> Iterator[_Told]:
    """The platforms, in a process of their own."""
    here, there = multiprocessing.Pipe()
    serving = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(there, people, each), daemon=True
    )
    serving.start()
    try:
        yield here.recv()
    finally:
        here.send("enough")
        serving.join()


def _serve(told: Connection, people: int, each: int) -> None:
    with fakes.serving(DELAY) as platforms:
        tokens, posts = {}, {}
        for at in range(people):
            for number, platform in enumerate(_POSTS):
                name = f"creator{at}"
                ids = [_id(platform, (at * 10 + number) * 100 + post) for post in range(each)]
                now = {"at": int(time.time()) + 3_600, "views": 5_000, "likes": 50, "comments": 5}
                platforms.add(platform, name, posts={id: dict(now) for id in ids})
                tokens[platform, name] = platforms.grant(platform, name)[0]
                posts[platform, name] = ids
        told.send(_Told(platforms.services, tokens, posts))
        told.recv()


def _id(platform: str, number: int) -> str:
    return f"post{number:07}" if platform in ("youtube", "instagram") else str(7 * 10**17 + number)


if __name__ == "__main__":
    with _opened(sys.argv[1]) as database:
        _look(database, dict(word.split("=", 1) for word in sys.argv[2:]))
