"""Captures become clicks: enriched, flagged, marked, and stored once whatever happens."""

import pytest
from sqlalchemy import text

from hyway.domain import attribution, identity, links
from hyway.domain.attribution import Capture, Recorder
from hyway.kernel import clock, ids
from hyway.kernel.db import Database, Write
from tests.make.world import DESKTOP, IPHONE, World, capture, recorder

GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def record(world: World, *captures: Capture, by: Recorder | None = None) -> None:
    world.db.write_now((by or recorder()).record, captures)


def every(world: World, **query) -> list[attribution.Click]:
    return world.clicks(include_bots=True, take=1000, ascending=True, **query)


def test_every_field_of_a_click_is_real(world: World):
    partner = world.db.write_now(links.put_on_shelf, world.by, links.PARTNERS, [{"name": "P"}])[0]
    link = world.link(external_id="e", tenant_id="t", partner_id=partner.id)
    made = capture(
        world, link, user_agent=IPHONE, trigger="qr", referrer="https://News.example/x",
        destination="https://example.com/?a=1", utm={"source": "s"}, visitor_id="visitor-1", session_id="session-1",
    )  # fmt: skip
    record(world, made)
    (click,) = every(world)
    assert (click.id, click.at, click.link_id, click.short_id) == (made.id, made.at, link.id, link.short_id)
    assert (click.partner_id, click.external_id, click.tenant_id) == (partner.id, "e", "t")
    assert (click.visitor_id, click.session_id, click.trigger) == ("visitor-1", "session-1", "qr")
    assert (click.browser_name, click.browser_version) == ("Mobile Safari", "17.0")
    assert (click.os_name, click.os_version, click.device_type) == ("iOS", "17.0", "mobile")
    assert (click.country, click.country_code, click.city) == ("United Kingdom", "GB", "London")
    assert (click.referrer, click.destination) == ("https://News.example/x", "https://example.com/?a=1")
    assert (click.utm, click.language, click.bot, click.first) == ({"source": "s"}, "en-GB", False, True)


def test_what_a_click_says_of_its_link_is_of_its_own_time(world: World):
    link = world.link(external_id="old")
    click = world.click(link)
    world.change(link, external_id="new", tenant_id="new")
    assert every(world) == [click]
    assert click.external_id == "old"


@pytest.mark.parametrize(
    "more", [{"user_agent": GOOGLEBOT}, {"user_agent": ""}, {"user_agent": "curl/8.5"}, {"marked_bot": True}]
)
def test_bots_are_stored_and_flagged(world: World, more: dict):
    click = world.click(world.link(), **more)
    assert click.bot
    assert not click.first
    assert world.clicks() == []
    assert every(world) == [click]


def test_a_bot_does_not_use_up_a_persons_first_click(world: World):
    link = world.link()
    world.click(link, visitor_id="visitor-1", marked_bot=True)
    assert world.click(link, visitor_id="visitor-1").first


def test_a_repeat_within_the_hour_is_marked_and_the_hour_runs_from_the_first(world: World):
    link, other = world.link(), world.link()
    began, ours = clock.now(), recorder()
    minutes = [0, 10, 59, 61, 62, 120, 122]
    for minute in minutes:
        record(world, capture(world, link, visitor_id="visitor-1", at=began + minute * clock.MINUTE), by=ours)
    record(world, capture(world, link, visitor_id="visitor-2", at=began), by=ours)
    record(world, capture(world, other, visitor_id="visitor-1", at=began), by=ours)
    mine = [click for click in every(world, link_id=link.id) if click.visitor_id == "visitor-1"]
    assert [click.first for click in mine] == [True, False, False, True, False, False, True]
    assert len(world.clicks(unique=True, take=100)) == 5


def test_the_database_remembers_visits_that_a_new_process_does_not(world: World):
    link, began = world.link(), clock.now()
    for minute in (0, 10, 61):
        record(world, capture(world, link, visitor_id="visitor-1", at=began + minute * clock.MINUTE))
    assert [click.first for click in every(world)] == [True, False, True]


def test_one_batch_marks_its_own_repeats(world: World):
    link, at = world.link(), clock.now()
    record(world, *(capture(world, link, visitor_id="visitor-1", at=at + i) for i in range(4)))
    assert [click.first for click in every(world)] == [True, False, False, False]


def test_clicks_that_come_late_are_repeats(world: World):
    link, at = world.link(), clock.now()
    ours = recorder()
    record(world, capture(world, link, visitor_id="visitor-1", at=at), by=ours)
    record(world, capture(world, link, visitor_id="visitor-1", at=at - clock.SECOND), by=ours)
    assert sorted(click.first for click in every(world)) == [False, True]


def test_a_batch_that_is_tried_again_is_stored_once(world: World):
    link, ours = world.link(), recorder()
    batch = [capture(world, link, visitor_id=f"visitor-{i % 3}") for i in range(10)]
    for _ in range(2):
        record(world, *batch, by=ours)
    record(world, *batch)
    clicks = every(world)
    assert [click.id for click in clicks] == [each.id for each in batch]
    assert sum(click.first for click in clicks) == 3


def test_a_batch_that_fails_teaches_nothing(world: World):
    """What was learnt of a batch that was undone would name rows that are not there."""
    link, ours = world.link(), recorder()
    batch = [capture(world, link, visitor_id="visitor-1")]

    def fail(w: Write) -> None:
        ours.record(w, batch)
        raise ValueError("the disk is full")

    for _ in range(3):
        with pytest.raises(ValueError, match="full"):
            world.db.write_now(fail)
    assert every(world) == []
    record(world, *batch, by=ours)
    (click,) = every(world)
    assert (click.first, click.browser_name, click.city) == (True, "Chrome", "London")


def test_agents_and_places_are_stored_once(world: World):
    link, ours = world.link(), recorder()
    for _ in range(3):
        record(world, *(capture(world, link) for _ in range(5)), by=ours)
        record(world, capture(world, link))
    count = text("SELECT (SELECT count(*) FROM agents) + (SELECT count(*) FROM places)")
    assert world.db.read_now(lambda r: r.run(count).scalar_one()) == 2


@pytest.mark.parametrize(
    "more",
    [
        {"user_agent": "x" * 100_000},
        {"user_agent": "Mozilla/5.0 (\udcff)".encode("utf-8", "replace").decode()},
        {"ip": ""},
        {"ip": "not an address"},
        {"ip": "2a00:23c7::1"},
        {"referrer": "http://[broken"},
        {"referrer": "https://" + "x" * 5_000},
        {"language": None},
        {"utm": {"source": "\0", "term": "'\"%"}},
        {"destination": "https://example.com/" + "x" * 9_000},
    ],
)
def test_odd_requests_are_clicks_too(world: World, more: dict):
    world.click(world.link(), **more)


def test_what_is_remembered_is_bounded(world: World, monkeypatch: pytest.MonkeyPatch):
    from hyway.domain.attribution import recorder as module

    monkeypatch.setattr(module, "_REMEMBERED", 20)
    monkeypatch.setattr(module, "_TEXTS", 20)
    link, ours = world.link(), recorder()
    for i in range(10):
        batch = [
            capture(
                world,
                link,
                user_agent=f"{DESKTOP} {i}.{j}",
                ip=f"81.2.{i}.{j}",
                referrer=f"https://{i}.{j}.example/",
            )
            for j in range(10)
        ]
        record(world, *batch, by=ours)
    for known in (ours._agents, ours._places, ours._visits, ours._hosts):
        assert len(known) <= 30
    assert len(every(world)) == 100


def test_filters_of_clicks(world: World):
    partner = world.db.write_now(links.put_on_shelf, world.by, links.PARTNERS, [{"name": "P"}])[0]
    link, other, now = world.link(partner_id=partner.id), world.link(), clock.now()
    made = [world.click(link, at=now - i * clock.DAY) for i in range(4)]
    world.click(other, at=now)
    assert [c.id for c in world.clicks(link_id=link.id)] == [c.id for c in made]
    assert [c.id for c in world.clicks(partner_id=partner.id)] == [c.id for c in made]
    both_ends = {"start": made[2].at, "end": made[1].at}
    assert [c.id for c in world.clicks(link_id=link.id, **both_ends)] == [made[1].id, made[2].id]
    assert [c.id for c in world.clicks(link_id=link.id, take=2, skip=1)] == [made[1].id, made[2].id]
    assert [c.id for c in world.clicks(link_id=link.id, ascending=True)] == [c.id for c in made[::-1]]
    assert world.clicks(link_id=ids.uuid7()) == []
    stranger = world.stranger()
    assert stranger.clicks(link_id=link.id) == []
    assert stranger.clicks(partner_id=partner.id) == []
    assert stranger.clicks() == []


def test_the_history_of_a_deleted_link_is_kept(world: World):
    link = world.link()
    click = world.click(link)
    world.db.write_now(links.drop, world.by, [link.id])
    assert world.clicks(link_id=link.id) == [click]


def test_two_processes_that_see_the_same_visitor_first_agree(world: World, database_url: str):
    """The database decides which of two simultaneous clicks is the first."""
    link, at = world.link(), clock.now()
    other = Database(database_url, world.db.seal)
    recorders = (recorder(), recorder())
    for i, (db, ours) in enumerate(zip((world.db, other), recorders, strict=True)):
        db.write_now(ours.record, [capture(world, link, visitor_id="visitor-1", at=at + i)])
    other.close()
    assert [click.first for click in every(world)] == [True, False]


def test_the_summary_counts_what_was_clicked(world: World):
    link = world.link()
    for i in range(3):
        world.click(link, visitor_id="visitor-1", trigger="qr" if i else "link")
    world.click(link, marked_bot=True)
    query = attribution.SummaryQuery(clock.now() - clock.DAY, clock.now() + clock.HOUR)
    totals = world.db.read_now(attribution.summary, world.by, query).totals
    assert (totals.clicks, totals.unique, totals.scans, totals.bots) == (3, 1, 2, 1)
    stranger: identity.Caller = world.stranger().by
    assert world.db.read_now(attribution.summary, stranger, query).totals.clicks == 0
