"""Clicks by the million, by statements of SQLite alone: skewed over links, people and places, over 90 days."""

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from bench.agents import USER_AGENTS
from bench.ground import Ground
from hyway.domain.attribution import agents
from hyway.domain.attribution.store.staging import BUSY
from hyway.domain.attribution.tallying import GRAINS
from hyway.kernel.clock import DAY, HOUR

LINKS, PARTNERS, AGENTS, PLACES = 1_000, 20, 30, 200
PERIOD, TIMES = 16, 6  # days, a multiple of the coarsest grain; and how often they come again
DAYS = PERIOD * TIMES
_BATCH = 250_000
_HOURS = {**GRAINS, "t": 24}  # of a bucket; `t` are the totals
_DICE = 8_192  # sides of the loaded dice: tables that a random row is taken from
_INDEXES = ("ix_clicks_link", "ix_clicks_organization", "ix_clicks_partner")
_COUNTRIES = ("US", "GB", "DE", "FR", "IN", "BR", "NL", "ES", "PL", "IT", "SA", "AE", "JP", "CA", "AU", "SE")
# Thrown before they are joined: SQLite is free to throw the dice once for all rows of a join.
_THROWS = """
CREATE TEMP TABLE thrown AS
WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last)
SELECT i, abs(random()) % :sides + 1 AS a, abs(random()) % :sides + 1 AS b, abs(random()) % :sides + 1 AS c,
       abs(random()) % :sides + 1 AS d FROM n
"""
_CLICKS = """
INSERT INTO clicks (id, organization, link, at, agent, place, trigger, bot, first, visitor_id, session_id, destination,
                    link_id, short_id, partner_id, referrer, referrer_host, utm, language)
SELECT printf('%08x-%04x-7000-8000-%012x', i >> 16, i & 65535, i), :organization, link.seq,
       :begin + CAST(i * :step AS INTEGER), agent.value, place.value, chance.value % 9 = 0, chance.value % 12 = 0,
       chance.value % 12 != 0 AND chance.value % 5 != 0,
       printf('%024x', abs(random()) % 2000000), printf('%08x-0000-7000-8000-%012x', i >> 16, i),
       link.url, link.id, link.short_id, link.partner_id,
       CASE WHEN chance.value % 3 THEN 'https://news-' || (chance.value % 40) || '.example/today' END,
       CASE WHEN chance.value % 3 THEN 'news-' || (chance.value % 40) || '.example' END, link.utm, 'en-GB'
FROM thrown CROSS JOIN dice AS chance ON chance.rowid = thrown.a
CROSS JOIN agent_dice AS agent ON agent.rowid = thrown.b
CROSS JOIN place_dice AS place ON place.rowid = thrown.c
CROSS JOIN link_dice ON link_dice.rowid = thrown.d
CROSS JOIN links AS link ON link.seq = link_dice.value
ORDER BY thrown.i
"""
_CONVERSIONS = """
INSERT INTO conversions (id, organization, click, link, customer, partner_id, event_name, amount, currency, at)
SELECT 'c-' || seq, organization, seq, link, 1, partner_id, 'Purchase', CASE WHEN seq % 3 THEN seq % 9000 + 100 END,
       CASE WHEN seq % 3 THEN 'eur' END, at FROM clicks WHERE seq % 100 = 0 AND bot = 0
"""


# Who is busy in any hour has lists by the hour from the first one on, as if it had been so before.
_BUSY = """
INSERT INTO tally_marks SELECT DISTINCT name, :begin / 3600000000 FROM (
  SELECT 'hours:link:' || link AS name, count(*) AS clicks FROM clicks WHERE bot = 0 GROUP BY link, at / 3600000000
  UNION ALL
  SELECT 'hours:partner:' || partner_id, count(*) FROM clicks WHERE bot = 0 GROUP BY partner_id, at / 3600000000)
WHERE clicks >= :busy
"""


@dataclass(frozen=True, slots=True)
class Span:
    """When the clicks of a seed happened, in microseconds; both ends are midnights."""

    begin: int
    end: int


def seed(ground: Ground, count: int) -> Span:
    """Stores a sixth of `count` clicks, in the first 16 of 96 days, with a lead or a sale for each hundredth.

    `repeat` makes the rest once these are rolled up: the same rows need not be summed six times.
    """
    end = time.time_ns() // 1000 // (PERIOD * DAY) * PERIOD * DAY
    span = Span(end - DAYS * DAY, end)
    with _fast(ground) as connection:
        _load_dice(connection, [link.seq for link in ground.links])
        made = {name: _definition(connection, name) for name in _INDEXES}
        for name in made:
            connection.execute(f"DROP INDEX {name}")
        for first in range(1, count // TIMES + 1, _BATCH):
            _some(connection, ground, span, count // TIMES, first)
        for statement in made.values():
            connection.execute(statement)
        connection.execute(_CONVERSIONS)
        connection.execute(_BUSY, {"begin": span.begin, "busy": BUSY})
        connection.commit()
    return span


def repeat(ground: Ground, span: Span) -> None:
    """Stores the same clicks, conversions and tallies five times more, each time 16 days later."""
    with _fast(ground) as connection:
        made = {name: _definition(connection, name) for name in _INDEXES}
        for name in made:
            connection.execute(f"DROP INDEX {name}")
        counts = {table: _newest(connection, table) for table in ("clicks", "conversions")}
        for later in range(1, TIMES):
            moved = {"at": f"at + {later * PERIOD * DAY}", "id": f"'{later}' || substr(id, 2)"}
            for table, count in counts.items():
                numbers = {"seq": f"seq + {later * count}", "click": f"click + {later * counts['clicks']}"}
                _copy(connection, table, {**moved, **numbers}, f"seq <= {count}")
            for grain, hours in _HOURS.items():
                shift = later * PERIOD * 24
                hour = {"value": f"CAST(value + {shift} AS TEXT)"} if grain == "t" else {}
                first = f"grain = '{grain}' AND bucket < {(span.begin // HOUR + PERIOD * 24) // hours}"
                _copy(connection, "tallies", {"bucket": f"bucket + {shift // hours}", **hour}, first)
            connection.commit()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for statement in made.values():
            connection.execute(statement)
        connection.execute(
            f"UPDATE tally_marks SET seq = seq * {TIMES} WHERE name LIKE 'cli%' OR name LIKE 'conv%'"
        )
        connection.commit()


def _copy(connection: sqlite3.Connection, table: str, changed: dict[str, str], where: str) -> None:
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(changed.get(name, name) for name in names)
    connection.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE {where}")


def _newest(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT max(seq) FROM {table}").fetchone()[0])


@contextmanager
def _fast(ground: Ground) -> Iterator[sqlite3.Connection]:
    """A connection that hurries: what it writes need not survive a power cut."""
    with closing(sqlite3.connect(ground.file)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        yield connection
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _some(connection: sqlite3.Connection, ground: Ground, span: Span, count: int, first: int) -> None:
    """One batch, folded into the file at once: the log of all of them would double the disk."""
    values = {
        "first": first,
        "last": min(count, first + _BATCH - 1),
        "organization": ground.organization,
        "begin": span.begin,
        "step": PERIOD * DAY / (count + 1),
        "sides": _DICE,
    }
    connection.execute(_THROWS, values)
    connection.execute(_CLICKS, values)
    connection.execute("DROP TABLE thrown")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _definition(connection: sqlite3.Connection, index: str) -> str:
    found = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", [index]).fetchone()
    return str(found[0])


def _load_dice(connection: sqlite3.Connection, links: list[int]) -> None:
    """Who comes often, and who seldom: the weight of the n-th is 1/n."""
    known = [agents.read(each) for each in USER_AGENTS[:: len(USER_AGENTS) // AGENTS][:AGENTS]]
    connection.executemany(
        "INSERT INTO agents (digest, user_agent, browser_name, os_name, device_type) VALUES (?, ?, ?, ?, ?)",
        [
            (f"seed-{at}", "", each.browser_name, each.os_name, each.device_type)
            for at, each in enumerate(known)
        ],
    )
    connection.executemany(
        "INSERT INTO places (country_code, region, city) VALUES (?, '', ?)",
        [(_COUNTRIES[at % len(_COUNTRIES)], f"City {at}") for at in range(PLACES)],
    )
    dice = random.Random(11)
    sides = {
        "agent_dice": _loaded(dice, range(1, AGENTS + 1)),
        "place_dice": _loaded(dice, range(1, PLACES + 1)),
        "link_dice": _loaded(dice, links),
        "dice": [dice.randrange(1 << 20) for _ in range(_DICE)],
    }
    for name, values in sides.items():
        connection.execute(f"CREATE TEMP TABLE {name} (value INTEGER)")
        connection.executemany(f"INSERT INTO {name} VALUES (?)", [(value,) for value in values])


def _loaded(dice: random.Random, values: range | list[int]) -> list[int]:
    weights = [1 / (at + 1) for at in range(len(values))]
    return [*values, *dice.choices(values, weights, k=_DICE - len(values))]


__all__ = ["LINKS", "PARTNERS", "TIMES", "Span", "repeat", "seed"]
