"""A creator's overview: what waits for them, what they earn, what their links bring."""

from dataclasses import dataclass, field
from typing import Any

from litestar import get

from hyway.console.market import work
from hyway.console.market.stay import Mine
from hyway.console.visit import Page
from hyway.domain import creators, identity
from hyway.domain.identity import Caller
from hyway.kernel import clock, sqid
from hyway.kernel.db import Read

collabs = creators.collabs
money = creators.money
Figures = creators.campaigns.Figures

_MOST = 200
_TODO = {
    "shipped": "A sample is on its way. Say so when it is there.",
    "delivered": "The sample is there. Now make something of it.",
    "in_production": "Make it, and hand in the content.",
    "revision_requested": "They would like something changed.",
    "content_approved": "Approved. Post it, and say where.",
}


@dataclass(frozen=True)
class Task:
    """Something that waits for the creator."""

    title: str
    text: str
    link: str
    due: int | None = None


@dataclass(frozen=True)
class Overview:
    tasks: list[Task]
    sums: list[money.Sums]
    figures: Figures
    views: int
    posts: int
    works: int
    running: list[Any] = field(default_factory=list)


def _overview(r: Read, by: Caller) -> Overview:
    applied, _ = creators.campaigns.applications.page_of_mine(r, by, 0, _MOST)
    posts, total = creators.campaigns.submissions.page_of_mine(r, by, offset=0, limit=_MOST)
    works, work_total = collabs.work.mine(r, by, 0, _MOST)
    known = work.linked(r, [*applied, *works])
    return Overview(
        _tasks(r, by, applied, works),
        money.of_person(r, by),
        _sum([figures for _, figures in known.values()]),
        sum(each.views for each in posts if each.counts),
        total,
        work_total,
        [each for each in posts[::-1] if each.status in ("submitted", "approved", "tracking", "held")][:5],
    )


def _sum(figures: list[Figures]) -> Figures:
    revenue: dict[str, int] = {}
    for each in figures:
        for currency, amount in each.revenue.items():
            revenue[currency] = revenue.get(currency, 0) + amount
    return Figures(
        sum(each.clicks for each in figures),
        sum(each.leads for each in figures),
        sum(each.sales for each in figures),
        revenue,
    )


def _tasks(r: Read, by: Caller, applied: list[Any], works: list[Any]) -> list[Task]:
    person, tasks = identity.person_of(by), list[Task]()
    _, invitations = identity.joining.my_invitations(r, by, 0, 1)
    if invitations:
        text = (
            "An organization would like you to join." if invitations == 1 else f"{invitations} organizations."
        )
        tasks.append(Task("You are invited", text, "/me/invitations"))
    names = collabs.named(r, {each.collab for each in works})
    tasks += [task for each in works if (task := _task(each, names[each.collab])) is not None]
    waits = any(each.status == "accepted" for each in works)
    if waits and creators.addresses.of_person(r, person) is None:
        text = "Somebody would like to send you a sample."
        tasks.append(Task("Say where you live", text, "/me/address"))
    if applied and not creators.social.accounts.verified(r, person, creators.campaigns.PLATFORMS):
        text = "Posts are counted only on accounts that are shown to be yours."
        tasks.append(Task("Verify a social account", text, "/me/social_accounts"))
    return tasks


def _task(of: collabs.Submission, it: collabs.Collab) -> Task | None:
    path = f"/me/collab_submissions/{sqid.text(of.seq)}"
    if of.status == "posted" and it.require_spark_ads:
        return Task(it.name, "Give them the Spark code of your post.", path)
    text = _TODO.get(of.status)
    due = of.content_due_at if of.owed_by_creator else None
    return Task(it.name, text, path, due) if text else None


@get("/me")
async def show(visit: Mine) -> Page:
    return visit.page("market/me.html", at=await visit.read(_overview), now=clock.now())


ROUTES = [show]
