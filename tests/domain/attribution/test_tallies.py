"""Roll-ups: a summary equals a count of the rows, whatever has been rolled up, for every scope and span."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hyway.domain import attribution, identity, links
from hyway.domain.attribution import SummaryQuery, rolling
from hyway.domain.attribution.store import staging
from hyway.domain.attribution.store.clicks import AGENTS, CLICKS, PLACES
from hyway.domain.attribution.store.conversions import CONVERSIONS
from hyway.domain.attribution.store.tallies import MARKS, TALLIES
from hyway.domain.identity import Caller
from hyway.domain.links import Link, LinkChange
from hyway.kernel import ids
from hyway.kernel.clock import HOUR, MINUTE
from hyway.kernel.db import Database, Desk, Read, Write
from hyway.kernel.seal import Seal

BEGIN = 490_000 * HOUR  # at no midnight
HOURS = 1_600
LISTS = ("country", "browser", "utm_source", "link", "partner", "referrer")
BROWSERS = ("Chrome", "Firefox", None)
CITIES = (("GB", "London"), ("GB", "Leeds"), ("DE", ""), ("", ""))
UTMS: tuple[dict[str, str] | None, ...] = (
    None,
    {"source": "news"},
    {"source": "n\0ews", "medium": "e" * 3_000},
    {},
)


@dataclass(frozen=True)
class Hit:
    """A click of the property, and what it led to: a lead (0), a sale of some amount, or nothing."""

    link: int
    at: int
    agent: int = 0
    place: int = 0
    trigger: int = 0
    bot: bool = False
    first: bool = True
    utm: int = 0
    host: str | None = None
    led_to: int | None = None


HITS = st.builds(
    Hit,
    link=st.integers(0, 2),
    at=st.integers(0, HOURS * HOUR - 1),
    agent=st.integers(0, len(BROWSERS) - 1),
    place=st.integers(0, len(CITIES) - 1),
    trigger=st.integers(0, 2),
    bot=st.booleans(),
    first=st.booleans(),
    utm=st.integers(0, len(UTMS) - 1),
    host=st.sampled_from([None, "news.example", "x" * 300]),
    led_to=st.sampled_from([None, None, 0, 250]),
)


class World:
    """Two organizations with links; hits go to the first one's, one each hour to the other's."""

    def __init__(self, url: str) -> None:
        self.db = Database(url, Seal(b"k" * 32), threads=2)
        self.by, self.links = self.db.write_now(self._found, "Ours")
        self.stranger, self.other = self.db.write_now(self._found, "Theirs")
        self.db.write_now(self._things)

    @staticmethod
    def _found(w: Write, name: str) -> tuple[Caller, list[Link]]:
        by = identity.command_line(identity.found_organization(w, name))
        shelf = links.put_on_shelf(w, by, links.COLLECTIONS, [{"name": "Links"}])[0]
        partner = links.put_on_shelf(w, by, links.PARTNERS, [{"name": "Kim"}])[0]
        owners = (partner.id, partner.id, None)
        wishes = [
            LinkChange(url="https://a.example/", collection_id=shelf.id, partner_id=each) for each in owners
        ]
        return by, links.put(w, by, wishes)

    @staticmethod
    def _things(w: Write) -> None:
        for at, name in enumerate(BROWSERS):
            w.run(
                AGENTS.insert(),
                {"digest": str(at), "user_agent": str(at), "browser_name": name, "device_type": "desktop"},
            )
        w.run(PLACES.insert(), [{"country_code": a, "region": "", "city": b} for a, b in CITIES])

    def add(self, w: Write, hits: list[Hit]) -> None:
        for by, owned in ((self.by, self.links), (self.stranger, self.other)):
            for hit in hits if by is self.by else hits[:1]:
                self._click(w, by, owned[hit.link], hit)

    def _click(self, w: Write, by: Caller, link: Link, hit: Hit) -> None:
        id = ids.uuid7()
        utm = UTMS[hit.utm]
        row = {
            "id": id, "organization": by.organization, "link": link.seq, "at": BEGIN + hit.at,
            "agent": hit.agent + 1, "place": hit.place + 1, "trigger": hit.trigger, "bot": int(hit.bot),
            "first": int(hit.first and not hit.bot), "visitor_id": "v", "session_id": "s", "destination": "d",
            "link_id": link.id, "short_id": link.short_id, "partner_id": link.partner_id,
            "referrer_host": hit.host, "utm": None if utm is None else json.dumps(utm),
        }  # fmt: skip
        seq = w.run(CLICKS.insert().values(row).returning(CLICKS.c.seq)).scalar_one()
        if hit.led_to is not None:
            sale = {"amount": hit.led_to, "currency": "eur"} if hit.led_to else {}
            of = {
                "id": ids.uuid7(), "organization": by.organization, "click": seq, "link": link.seq, "customer": 1,
                "partner_id": link.partner_id, "event_name": "x", "at": BEGIN + hit.at + 90 * MINUTE, **sale,
            }  # fmt: skip
            w.run(CONVERSIONS.insert().values(of))

    def empty(self, w: Write) -> None:
        for table in (CONVERSIONS, CLICKS, TALLIES, MARKS):
            w.run(table.delete())


def expected(world: World, hits: list[Hit], query: SummaryQuery) -> tuple[dict[str, int], dict[str, Any]]:
    """The totals, and clicks by value of each list, counted one by one."""
    first, last = query.start // HOUR, query.end // HOUR
    totals: Counter[str] = Counter()
    lists: dict[str, Counter[str]] = {name: Counter() for name in LISTS}
    for hit in hits:
        link = world.links[hit.link]
        if query.link_id not in (None, link.id) or query.partner_id not in (None, link.partner_id):
            continue
        if hit.led_to is not None and first <= (BEGIN + hit.at + 90 * MINUTE) // HOUR <= last:
            totals["sales" if hit.led_to else "leads"] += 1
            totals["revenue"] += hit.led_to
        if not first <= (BEGIN + hit.at) // HOUR <= last:
            continue
        totals.update(bots=hit.bot, clicks=not hit.bot, unique=hit.first and not hit.bot)
        totals.update(scans=hit.trigger == 1 and not hit.bot)
        if not hit.bot:
            utm = UTMS[hit.utm] or {}
            said = (
                CITIES[hit.place][0],
                BROWSERS[hit.agent],
                utm.get("source", "").replace("\0", ""),
                link.id,
            )
            for name, value in zip(
                LISTS, (*said, link.partner_id, (hit.host or "(direct)")[:255]), strict=True
            ):
                if value:
                    lists[name][value] += 1
    return {name: int(totals[name]) for name in _TOTALS}, {name: dict(found) for name, found in lists.items()}


_TOTALS = ("clicks", "unique", "scans", "bots", "leads", "sales", "revenue")


def said(world: World, query: SummaryQuery) -> tuple[dict[str, int], dict[str, Any]]:
    found = world.db.read_now(attribution.summary, world.by, query)
    counts = {name: getattr(found.totals, name) for name in _TOTALS[:-1]}
    stepped = sum(step.counts.clicks for step in found.series)
    assert stepped == found.totals.clicks
    lists = {
        name: {row.value: row.counts.clicks for row in found.lists[name] if row.counts.clicks}  # type: ignore[index]
        for name in LISTS
    }
    return {**counts, "revenue": sum(found.totals.revenue.values())}, lists


def queries(world: World) -> st.SearchStrategy[SummaryQuery]:
    moment = st.integers(0, HOURS * HOUR)
    near = st.builds(lambda at, hours: [at, at + hours * HOUR], moment, st.integers(0, 60))
    moments = near | st.tuples(moment, moment).map(sorted)
    scopes: list[dict[str, str | None]] = [
        {},
        {"link_id": world.links[0].id},
        {"link_id": world.links[2].id},
        {"partner_id": world.links[0].partner_id},
        {"link_id": world.links[1].id, "partner_id": world.links[1].partner_id},
    ]
    return st.builds(
        lambda span, scope: SummaryQuery(start=BEGIN + span[0], end=BEGIN + span[1], top=100, **scope),
        moments,
        st.sampled_from(scopes),
    )


@pytest.fixture
def world(database_url: str) -> World:
    return World(database_url)


def check(world: World, hits: list[Hit], asked: list[SummaryQuery]) -> None:
    for query in asked:
        assert said(world, query) == expected(world, hits, query)
    ids_ = [link.id for link in world.links]
    of_links = world.db.read_now(attribution.of_links, world.by, [*ids_, "of-nobody"])
    assert of_links == {id: world.db.read_now(attribution.summary, world.by, whole(id)).totals for id in ids_}


def whole(link_id: str) -> SummaryQuery:
    """All that ever happened on a link."""
    # What hits led to came after them, by a day at most.
    end = BEGIN + (HOURS + 24) * HOUR
    return SummaryQuery(start=BEGIN, end=end, link_id=link_id, dimensions=("trigger",))


@pytest.mark.timeout(400)
def test_a_summary_equals_a_count_before_between_and_after_roll_ups(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "BUSY", 3)

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(
        hits=st.lists(HITS, max_size=60),
        more=st.lists(HITS, max_size=10),
        asked=st.lists(queries(world), min_size=1, max_size=4),
        most=st.integers(1, 40),
    )
    def holds(hits: list[Hit], more: list[Hit], asked: list[SummaryQuery], most: int) -> None:
        world.db.write_now(world.empty)
        world.db.write_now(world.add, hits)
        check(world, hits, asked)
        attribution.roll_up(world.db, most)
        check(world, hits, asked)
        while attribution.roll_up(world.db, most):
            pass
        check(world, hits, asked)
        world.db.write_now(world.add, more)
        check(world, hits + more, asked)
        attribution.roll_up(world.db)
        assert world.db.read_now(attribution.waiting) == 0
        check(world, hits + more, asked)

    holds()


def test_an_interrupted_roll_up_counts_nothing_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    hits = [
        Hit(at % 3, at * HOUR // 2, place=at % 4, agent=at % 3, led_to=at % 2 or None) for at in range(60)
    ]
    world.db.write_now(world.add, hits)
    whole = SummaryQuery(start=BEGIN, end=BEGIN + HOURS * HOUR, top=100)
    monkeypatch.setattr(rolling, "_READY", 1)
    write = Desk.write
    for stop in (3, 9, 4):
        _interrupt(monkeypatch, stop)
        with pytest.raises(InterruptedError):
            attribution.roll_up(world.db, 25)
        monkeypatch.setattr(Desk, "write", write)
        check(world, hits, [whole])
        assert world.db.read_now(attribution.waiting) > 0
    while attribution.roll_up(world.db, 25):
        pass
    check(world, hits, [whole])


def _interrupt(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    left, write = [after], Desk.write

    def falter(self: Desk, *args: Any, **more: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise InterruptedError
        return write(self, *args, **more)

    monkeypatch.setattr(Desk, "write", falter)


def test_lists_by_the_hour_are_kept_for_the_busy_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "BUSY", 5)
    early = [Hit(0, 0)] * 6 + [Hit(2, 0)]
    late = [Hit(0, 3 * HOUR)] * 2 + [Hit(2, 3 * HOUR)] * 2
    for hits in (early, late):
        world.db.write_now(world.add, hits)
        attribution.roll_up(world.db)

    def hourly(r: Read, link: Link) -> int:
        table = TALLIES
        mine = (table.c.scope == f"link:{link.seq}", table.c.dimension == "country", table.c.grain == "h")
        return len(r.run(table.select().where(*mine)).all())

    assert world.db.read_now(hourly, world.links[0]) == 1
    assert world.db.read_now(hourly, world.links[2]) == 0
    span = SummaryQuery(start=BEGIN + HOUR, end=BEGIN + 4 * HOUR, top=100)
    check(
        world,
        early + late,
        [span, SummaryQuery(start=BEGIN, end=BEGIN + 4 * HOUR, link_id=world.links[0].id)],
    )
