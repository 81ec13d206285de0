"""Redirects whose clicks are durable and enriched before the answer leaves; the server's memory after them."""

import random
import re
import sqlite3
import urllib.request
from contextlib import closing
from pathlib import Path
from statistics import median

from bench.agents import USER_AGENTS
from bench.ground import Ground, prepare
from bench.load import BROWSER, Load, Wrk, nginx
from bench.report import Figure, Run, spread, words
from bench.server import Server, folder, serving

CLAIM = "redirect"
CONNECTIONS = 64
_MANY = 1_000
_RATE, _P99, _SHARE, _MEMORY = 10_000, 30.0, 0.10, 250
_REQUESTS = 40_000  # different ones in the varied load: more than the server remembers of any one thing


def measure(run: Run) -> list[Figure]:
    """Redirects a second with every click durable and enriched, in turn with nginx; the memory afterwards."""
    with folder() as path:
        wrk = Wrk(path, CONNECTIONS)
        if wrk.missing:
            words.print("redirect: wrk is not installed (Debian: apt install wrk); skipped")
            return [Figure(CLAIM, "redirects", "wrk is missing")]
        data = path / "data"
        ground = prepare(data, ["plain", *(f"m{i}" for i in range(_MANY))])
        with nginx(path) as peer, serving(data) as server:
            if peer is None:
                words.print("redirect: nginx is not installed (Debian: apt install nginx); no ratio")
            rounds = _rounds(run, wrk, server, peer)
            memory = server.memory()
            answered, stored = redirects_answered(server), clicks_stored(ground)
    return [*_figures(rounds), *_counted(rounds, answered, stored), _memory(memory)]


class Rounds:
    """The loads of one run, by what they were sent to."""

    def __init__(self) -> None:
        self.warm: list[Load] = []
        self.one: list[Load] = []
        self.many: list[Load] = []
        self.peer: list[Load] = []

    @property
    def ours(self) -> list[Load]:
        return [*self.warm, *self.one, *self.many]


def _rounds(run: Run, wrk: Wrk, server: Server, peer: str | None) -> Rounds:
    done, seconds = Rounds(), 3 if run.quick else 5
    one, agent = server.url + "/plain", (f"User-Agent: {BROWSER}",)
    varied = varied_requests(wrk.folder, server.url)
    done.warm += [wrk.run(one, 2, agent), wrk.run(server.url, 2, (), varied)]
    for _ in range(run.rounds):
        if peer:
            done.peer.append(wrk.run(peer, 2, agent))
        done.one.append(wrk.run(one, seconds, agent))
        done.many.append(wrk.run(server.url, seconds, (), varied))
    return done


def varied_requests(path: Path, url: str) -> str:
    """Lua that sends every request for another link, from another address, with another user agent."""
    dice = random.Random(7)
    file = path / "requests.txt"
    host = url.removeprefix("http://")
    with file.open("w") as out:
        for at in range(_REQUESTS):
            address = (
                f"{dice.randint(1, 223)}.{dice.randint(0, 255)}.{dice.randint(0, 255)}.{dice.randint(1, 254)}"
            )
            out.write(f"/m{at % _MANY}\t{dice.choice(USER_AGENTS)}\t{address}\n")
    return f"""
local threads = 0
function setup(thread) thread:set("first", threads * {_REQUESTS // 2}); threads = threads + 1 end
local sent, at = {{}}, 0
function init(args)
  for line in io.lines("{file}") do
    local path, agent, address = line:match("([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)")
    sent[#sent + 1] = "GET " .. path .. " HTTP/1.1\\r\\nHost: {host}\\r\\nUser-Agent: " .. agent ..
      "\\r\\nX-Forwarded-For: " .. address .. "\\r\\nReferer: https://news.example/today\\r\\n" ..
      "Accept-Language: en-GB,en;q=0.7\\r\\n\\r\\n"
  end
  at = first
end
function request()
  at = at % #sent + 1
  return sent[at]
end
"""


def redirects_answered(server: Server) -> int:
    """How many 302 the server says it has sent."""
    with urllib.request.urlopen(server.url + "/metrics", timeout=10) as answer:
        found = re.search(r"^hyway_redirect_redirect(?:_total)? (\S+)", answer.read().decode(), re.MULTILINE)
    return int(float(found.group(1))) if found else -1


def clicks_stored(ground: Ground) -> int:
    with closing(sqlite3.connect(ground.file)) as connection:
        return int(connection.execute("SELECT count(*) FROM clicks").fetchone()[0])


def _figures(rounds: Rounds) -> list[Figure]:
    figures: list[Figure] = []
    limit = median(each.rate for each in rounds.peer) if rounds.peer else None
    for what, loads in (("one link", rounds.one), ("1,000 links, varied visitors", rounds.many)):
        rates, slowest = [each.rate for each in loads], [each.p99 for each in loads]
        share = median(rates) / limit if limit else None
        ratio = f"{share:.3f} of nginx (bar {_SHARE:.2f})" if share is not None else "nginx is missing"
        fast = median(rates) >= _RATE and (share is None or share >= _SHARE)
        middles = [each.p50 for each in loads]
        figures += [
            Figure(CLAIM, what, spread(rates, unit="/s"), f"{_RATE:,}/s", ratio, fast),
            Figure(CLAIM, f"{what}: p50", spread(middles, "{:.1f}", " ms")),
            Figure(
                CLAIM,
                f"{what}: p99",
                spread(slowest, "{:.1f}", " ms"),
                f"< {_P99:.0f} ms",
                "",
                median(slowest) < _P99,
            ),
        ]
    if rounds.peer:
        figures.append(
            Figure(CLAIM, "peer: nginx `return 302`", spread([each.rate for each in rounds.peer], unit="/s"))
        )
    return figures


def _counted(rounds: Rounds, answered: int, stored: int) -> list[Figure]:
    """Whoever hung up at the end of a round has a click, too: at most one on each connection."""
    received = sum(each.requests for each in rounds.ours)
    wrong = sum(each.wrong + each.errors for each in rounds.ours)
    under_way = CONNECTIONS * len(rounds.ours)
    good = received <= answered <= stored <= received + under_way and not wrong
    told = f"{stored:,} stored, {answered:,} sent, {received:,} received"
    bar = f"received + at most {under_way} under way"
    return [Figure(CLAIM, "every 302 received has its click", told, bar, "", good)]


def _memory(memory: dict[str, float]) -> Figure:
    own, all_of_it = memory["RssAnon"], memory["VmRSS"]
    told = f"{all_of_it:.0f} MB resident, {own:.0f} MB of it its own"
    ratio = f"{all_of_it / _MEMORY:.2f} of the limit"
    return Figure("memory", "after the redirects", told, f"< {_MEMORY} MB", ratio, all_of_it < _MEMORY)


def measure_memory(run: Run) -> list[Figure]:
    """What the server takes after the redirects (part of `redirect`)."""
    return [each for each in measure(run) if each.claim == "memory"]
