"""The command that shows what it looks like when it is used: traffic over links, a fleet's day, creators' weeks."""

import asyncio
import contextlib
import dataclasses
import logging
import random
from collections.abc import AsyncIterator, Sequence
from http.cookiejar import DefaultCookiePolicy
from typing import Annotated

import httpx
from cyclopts import App, Parameter
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from hyway import main, observe, worker
from hyway.commands import (
    demo_billing,
    demo_creators,
    demo_data,
    demo_envs,
    demo_fleet,
    demo_integrations,
    demo_packages,
    demo_programmes,
    demo_projects,
    demo_toggles,
    shared,
)
from hyway.commands.demo_traffic import Request, past, present
from hyway.commands.shared import Data, words
from hyway.domain import attribution, identity, links
from hyway.domain.attribution import Capture, CustomerWish, NewLead, NewSale
from hyway.domain.identity import Caller, Organization
from hyway.domain.links import Link, LinkChange, LinkQuery
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Database, Write
from hyway.kernel.faults import Fault
from hyway.kernel.patch import UNSET
from hyway.settings import Settings

NAME = "Demo"
_LINKS = 40
_NOW_SHARE = 0.05
_BATCH = 500
_AT_ONCE = 16
_TOLD = "{many} creators, {posts} new posts"
_UNTOLD = (
    "no creators: stop the server and run this again, or it ends by the clock of today what is told of last week;"
    " nor integrations"
)


def demo(
    *,
    clicks: Annotated[int, Parameter(help="How many visits to make.")] = 2000,
    seed: Annotated[int, Parameter(help="The same number makes the same visits.")] = 1,
    data: Data = None,
) -> int:
    """Fill an organization named Demo with links and visits, leads and sales, a project, its apps and toggles,
    the day of a small fleet, four weeks of a few creators, and what belongs to all of it: some months of invoices,
    integrations (none of which asks a vendor), and a program to be fetched.

    Nineteen visits in twenty are spread over the last 30 days: they are written by the same part that stores real
    clicks. The rest happen now, as requests to the real redirect: that of the running server, else one within
    this command (which then tells visitors' countries too). Run it again for more visits. The fleet's day is made
    once: trips and stops of the last eight hours, and actions in each state. So are the creators' weeks, while no
    server runs: campaigns and collabs, posts and their views, what they earned. See their side after
    `hyway user reset-password hiking-channel@example.com`. Integrations come then, too.
    """
    if not 1 <= clicks <= 1_000_000:
        raise Fault("--clicks must be between 1 and 1000000")
    chance = random.Random(seed)  # noqa: S311  # a play, not a secret
    settings = shared.settings_of(data)
    observe.logs(settings.log_format, logging.WARNING)
    with shared.opened(data) as db:
        by = _organization(db, chance)
        made = _links(db, by, chance)
        with _bar() as bar:
            visits = _visits(db, settings, by, made, clicks, chance, bar)
            converted = _convert(db, by, visits, chance, bar)
            built = _build(db, by)
            driven = demo_fleet.drive(db, by, chance, bar)
            told = shared.running(settings) is None
            posted = demo_creators.play(settings, by, chance, bar) if told else 0
            integrated = demo_integrations.play(settings, by) if told else 0
            offered = demo_packages.offer(db, worker.open_packages(settings))
            while attribution.roll_up(db):
                pass
    words.print(
        f"{len(made)} links, {clicks} visits, {converted[0]} leads, {converted[1]} sales in {NAME}\n{built}"
    )
    words.print(f"{len(demo_data.RIDERS)} vehicles and teams, {driven} new positions")
    words.print(_TOLD.format(many=len(demo_programmes.CHANNELS), posts=posted) if told else _UNTOLD)
    words.print(f"{integrated} new integrations, {offered} new files of {demo_packages.NAME}")
    shared.tell(f"{settings.public_url}/console")
    return 0


def _visits(
    db: Database,
    settings: Settings,
    by: Caller,
    made: Sequence[Link],
    many: int,
    chance: random.Random,
    bar: Progress,
) -> list[tuple[str, Instant]]:
    """Most of them long past, the rest now: the click of each, and when it was."""
    now = round(many * _NOW_SHARE)
    history = _write_past(db, settings, past(by.organization, made, many - now, chance), bar)
    live = asyncio.run(_visit(settings, present(made, now, chance), bar))
    return [*history, *((id, clock.now()) for id in live)]


def _organization(db: Database, chance: random.Random) -> Caller:
    """Demo, which owners of other organizations can see in the console."""
    every = db.read_now(identity.every_organization)
    for each in every:
        if each.name == NAME:
            return identity.command_line(each)
    by = demo_billing.found(db, NAME, random.Random(chance.random()))  # noqa: S311  # a play, not a secret
    db.write_now(_take_in_owners, by, every)
    return by


def _take_in_owners(w: Write, by: Caller, every: Sequence[Organization]) -> None:
    people = [m for each in every for m in identity.members_of(w, identity.command_line(each))]
    owners = {m.person.id: m.person for m in people if m.role == "owner"}
    for person in owners.values():
        identity.join(w, by, person, "owner")


def _build(db: Database, by: Caller) -> str:
    """A project, with whatever belongs to one; and what is told of it."""
    built = demo_projects.build(db, by)
    pushed = demo_envs.fill(db, by, built)
    switched = demo_toggles.fill(db, by, demo_projects.PROJECT.alternate_id)
    return (
        f"{len(built)} apps of a project, {pushed} new versions of their .env files, {switched} new toggles"
    )


def _links(db: Database, by: Caller, chance: random.Random) -> list[Link]:
    """Those of an earlier demonstration, else new ones."""
    there = db.read_now(links.page, by, LinkQuery(take=_LINKS))
    return there or db.write_now(_make_links, by, chance)


def _make_links(w: Write, by: Caller, chance: random.Random) -> list[Link]:
    collections = links.put_on_shelf(
        w,
        by,
        links.COLLECTIONS,
        [{"name": name, "description": text} for name, text in demo_data.COLLECTIONS],
    )
    tags = links.put_on_shelf(
        w, by, links.TAGS, [{"name": name, "color": color} for name, color in demo_data.TAGS]
    )
    partners = links.put_on_shelf(
        w,
        by,
        links.PARTNERS,
        [{"name": name, "email": mail, "phone": p} for name, mail, p in demo_data.PARTNERS],
    )
    wishes = _wishes([c.id for c in collections], [t.id for t in tags], [p.id for p in partners], chance)
    return links.put(w, by, wishes)


def _wishes(
    collections: list[str], tags: list[str], partners: list[str], chance: random.Random
) -> list[LinkChange]:
    wishes = []
    for number in range(_LINKS):
        product = demo_data.PRODUCTS[number % len(demo_data.PRODUCTS)]
        source, medium = demo_data.SOURCES[number % len(demo_data.SOURCES)]
        wish = LinkChange(
            url=f"https://example.com/{product.lower().replace(' ', '-')}",
            short_id=demo_data.SHORT_IDS[number] if number < len(demo_data.SHORT_IDS) else UNSET,
            collection_id=collections[number % len(collections)],
            title=f"{product} ({source})",
            description=f"{product}, as announced by {source}",
            utm={"source": source, "medium": medium, "campaign": chance.choice(demo_data.CAMPAIGNS)},
            external_id=f"demo-{number + 1}",
            partner_id=partners[number % len(partners)] if number % 3 == 0 else None,
            tag_ids=chance.sample(tags, 2),
        )
        wishes.append(wish)
    return wishes


def _write_past(
    db: Database, settings: Settings, captures: Sequence[Capture], bar: Progress
) -> list[tuple[str, Instant]]:
    """Visits of the last 30 days but the last one; people's clicks and when they were, oldest first."""
    task = bar.add_task("the last 30 days", total=len(captures))
    recorder = attribution.Recorder(main.open_places(settings))
    for at in range(0, len(captures), _BATCH):
        batch = captures[at : at + _BATCH]
        db.write_now(recorder.record, batch)
        bar.advance(task, len(batch))
    return [(each.id, each.at) for each in captures if not each.marked_bot]


async def _visit(settings: Settings, requests: Sequence[Request], bar: Progress) -> list[str]:
    """Makes the requests; the ids of people's clicks, as the redirect handed them out."""
    task = bar.add_task("visits now", total=len(requests))
    gate, seen = asyncio.Semaphore(_AT_ONCE), []
    async with _redirect(settings) as client:
        # Each request is another browser: nobody inherits the cookies of the one before.
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

        async def go(request: Request) -> None:
            async with gate:
                answer = await client.get(request.path, headers=request.headers)
            id = httpx.URL(answer.headers.get("location", "")).params.get("hoko_id")
            if id and not request.bot:
                seen.append(id)
            bar.advance(task)

        await asyncio.gather(*(go(request) for request in requests))
    return seen


@contextlib.asynccontextmanager
async def _redirect(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The running server's, else one within this process, which believes where visitors say they are."""
    url = shared.running(settings)
    if url is not None or await _answers(settings.public_url):
        async with httpx.AsyncClient(base_url=url or settings.public_url, timeout=30) as client:
            yield client
        return
    front = main.build(dataclasses.replace(settings, trusted_proxies=("127.0.0.1/32",)))
    await front.start()
    try:
        inside = httpx.ASGITransport(front)
        async with httpx.AsyncClient(base_url="http://localhost", transport=inside, timeout=30) as client:
            yield client
    finally:
        await front.stop()


async def _answers(url: str) -> bool:
    try:
        async with httpx.AsyncClient(base_url=url, timeout=2) as client:
            return (await client.get("/healthz")).text == "ok\n"
    except httpx.HTTPError:
        return False


def _convert(
    db: Database, by: Caller, visits: Sequence[tuple[str, Instant]], chance: random.Random, bar: Progress
) -> tuple[int, int]:
    """Some visitors become leads within a day, some of those buy; how many of each."""
    now, sales = clock.now(), 0
    chosen = chance.sample(visits, k=max(1, len(visits) // 25)) if visits else []
    moments = sorted((min(now, at + chance.randrange(clock.DAY)), click) for click, at in chosen)
    task = bar.add_task("leads and sales", total=len(moments))
    with demo_fleet.telling() as tell:
        for number, (at, click) in enumerate(moments):
            tell(at)
            name = demo_data.CUSTOMERS[number % len(demo_data.CUSTOMERS)]
            mail = f"{name.lower().replace(' ', '-')}@example.com"
            customer = CustomerWish(f"demo-{number % len(demo_data.CUSTOMERS) + 1}", name, mail)
            db.write_now(attribution.track_lead, by, NewLead(click, "Sign up", customer))
            if chance.random() < 0.4:
                amount, currency = chance.randrange(900, 24_900, 100), chance.choice(("usd", "usd", "eur"))
                sale = NewSale(customer, amount, currency, click_id=click)
                db.write_now(attribution.track_sale, by, sale)
                sales += 1
            bar.advance(task)
    return len(moments), sales


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=words, disable=not words.is_terminal)


def register(app: App) -> None:
    app.command(demo)


__all__ = ["register"]
