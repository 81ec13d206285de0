"""Four weeks of a few creators for the demonstration: what they posted, what it earned, what is on its way to them.

The weeks are told to the same verbs that the API calls, in the order of their time. Nobody asks the platforms about
posts that were never made: they are left alone for years.
"""

import math
import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from rich.progress import Progress

from hyway import main
from hyway.commands import demo_collabs, demo_data, demo_programmes, demo_story, demo_traffic
from hyway.commands.demo_fleet import telling
from hyway.commands.demo_programmes import CHANNELS, Post
from hyway.commands.demo_story import YEARS, Story
from hyway.domain import attribution, creators, links
from hyway.domain.attribution import CustomerWish, NewLead, NewSale
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, Instant
from hyway.kernel.db import Write
from hyway.kernel.jobs import SCHEDULES, Means
from hyway.kernel.outgoing import Outgoing
from hyway.settings import Settings

money, chat = creators.money, creators.collabs.chat
campaigns = creators.campaigns
_BEGAN, _STEP = 28 * DAY, 6 * HOUR
_CHORES = ("campaigns.keep_time", "money.mature_holds", "collabs.look_at_collabs")
"""What the server does by the clock."""
_CONVERTS = 0.08


def play(settings: Settings, by: Caller, chance: random.Random, bar: Progress) -> int:
    """How many posts were handed in; none where an earlier demonstration has left its programmes.

    Letters about it are left to be read and are never sent.
    """
    import hyway.worker  # noqa: F401  # registers the chores

    db = main.open_database(replace(settings, smtp="", mail_from=""), threads=1)
    try:
        if db.read_now(creators.campaigns.any_of, by):
            return 0
        with telling() as tell:
            end = clock.now()
            tell(end - _BEGAN)
            story = Story(db, settings, db.write_now(demo_story.desk, by), chance, end)
            story.known = {each.name: db.write_now(demo_story.creator, each, end) for each in CHANNELS}
            _plan(story)
            _run(story, tell, bar)
        return len(demo_programmes.POSTS)
    finally:
        db.close()


def _run(story: Story, tell: Callable[[Instant], None], bar: Progress) -> None:
    means = Means(story.db, Outgoing(lambda _: False))
    chores = [each.chore for each in SCHEDULES if each.name.endswith(_CHORES)]
    task = bar.add_task("four weeks of creators", total=_BEGAN // _STEP)
    for until in range(story.end - _BEGAN + _STEP, story.end + 1, _STEP):
        story.happen(until, tell)
        tell(until)
        for chore in chores:
            chore(means)
        bar.advance(task)


def _plan(story: Story) -> None:
    story.ago(27.5, _guide, story)
    story.ago(26, _jacket, story)
    story.ago(15, demo_collabs.mug, story)
    story.ago(9, _campaign, story, demo_programmes.RECIPES)
    story.ago(3, _campaign, story, demo_programmes.DRAFT)
    story.ago(1, demo_collabs.stove, story)


def _campaign(story: Story, fields: dict[str, Any]) -> int:
    """Funded and published, if there is a budget for it; its number."""
    made = story.write(creators.campaigns.create, story.desk, fields)
    budget = demo_programmes.BUDGETS.get(made.name)
    if budget:
        story.write(
            money.fund, story.desk, "campaign", made.seq, made.currency, budget, "manual", "Bank transfer"
        )
        story.write(creators.campaigns.publish, story.desk, made.seq)
    return int(made.seq)


def _jacket(story: Story) -> None:
    """The campaign that most of it is about: all but one of its creators are in, and one waits."""
    seq = _campaign(story, demo_programmes.JACKET)
    for days, name in (
        (25, "Hiking channel"),
        (24.5, "Travel channel"),
        (23, "Bicycle channel"),
        (22, "Cooking channel"),
    ):
        story.ago(days, _enter, story, seq, name)
    story.ago(21, _visits, story, 20, 600)
    story.ago(8, _visits, story, 7, 250)
    story.ago(19, _apply, story, seq, "Sketching channel", "I would draw it, in the rain.", "decline")
    story.ago(
        0.3, _apply, story, seq, "Garden channel", "My garden is wet, too. Is that outdoors enough?", ""
    )
    for post in demo_programmes.POSTS:
        story.ago(post.days, _hand_in, story, seq, post)
    story.ago(6, _pay, story, "Hiking channel", True)
    story.ago(1.5, _pay, story, "Travel channel", False)


def _guide(story: Story) -> None:
    """One that is over: what was left of its budget went back."""
    seq = _campaign(story, demo_programmes.GUIDE)
    story.ago(27, _enter, story, seq, "Sketching channel")
    story.ago(26.5, _hand_in, story, seq, Post("Sketching channel", "instagram", 11, 26.5, "approve", 12_400))
    story.ago(23, story.write, creators.campaigns.finish, story.desk, seq)


def _enter(story: Story, campaign: int, name: str) -> None:
    _apply(story, campaign, name, "I have been looking for one of these.", "accept")


def _apply(story: Story, campaign: int, name: str, message: str, decision: str) -> None:
    applications = creators.applications
    made = story.write(applications.apply, story.known[name], campaign, message)
    if decision:
        decide = applications.accept if decision == "accept" else applications.decline
        story.write(decide, story.desk, made.seq)


def _hand_in(story: Story, campaign: int, post: Post) -> None:
    """The post, the looks at it, and what the organization makes of it."""
    channel = next(each for each in CHANNELS if each.name == post.channel)
    url = demo_programmes.post_url(post.platform_id, channel.handle, post.number)
    by, began = story.known[post.channel], clock.now()
    seq: int = story.write(_submit, by, campaign, url)
    for look in range(began + HOUR, min(story.end, began + 8 * DAY) + 1, _STEP):
        story.plan(look, partial(_look, story, by, seq, post, began))
    decides = began + round(story.chance.uniform(3, 20) * HOUR)
    if post.decision == "approve":
        story.plan(decides, partial(story.write, _approve, story.desk, by, seq))
    elif post.decision:
        note = "You have posted this before."
        story.plan(
            decides, partial(story.write, creators.submissions.reject, story.desk, seq, post.decision, note)
        )
    if post.number in (3, 9):
        story.plan(decides - HOUR, partial(_talk, story, "campaign", seq, post.channel))


def _submit(w: Write, by: Caller, campaign: int, url: str) -> int:
    made = creators.submissions.submit(w, by, campaign, url)
    _leave_alone(w, by, made.seq)
    return made.seq


def _approve(w: Write, desk: Caller, by: Caller, seq: int) -> None:
    creators.submissions.approve(w, desk, seq)
    _leave_alone(w, by, seq)


def _look(story: Story, by: Caller, seq: int, post: Post, began: Instant) -> None:
    age = (clock.now() - began) / DAY
    views = round(post.views * (1 - math.exp(-age / 1.6)))
    if post.drops and age > 3:
        views //= 2
    likes, comments = views * story.chance.randrange(30, 60) // 1_000, views * 4 // 1_000
    story.write(_seen, by, seq, campaigns.Seen(None, began - HOUR, views, likes, comments))


def _seen(w: Write, by: Caller, seq: int, what: campaigns.Seen) -> None:
    """One that is not looked at any more stays as it is."""
    slot = creators.submissions.mine_of(w, by, seq).next_sync_at
    if slot is not None:
        creators.submissions.seen(w, seq, slot, what)
        _leave_alone(w, by, seq)


def _leave_alone(w: Write, by: Caller, seq: int) -> None:
    """The next look is named by the time it is due at, so no two are put off to the same."""
    of = creators.submissions.mine_of(w, by, seq)
    if of.next_sync_at is not None:
        due = campaigns.Due(of.seq, of.platform_id, of.url, of.account, of.next_sync_at)
        creators.syncing.put_off(w, [due], clock.now() + YEARS)


def _pay(story: Story, name: str, arrives: bool) -> None:
    for each in story.write(money.pay_out, story.desk, story.known[name].person):
        if arrives:
            story.ago(5, story.write, money.mark_paid, story.desk, each.seq, "By bank transfer")


def _talk(story: Story, kind: Any, seq: int, name: str) -> None:
    story.write(chat.say, story.known[name], kind, seq, "Is it all right that one sees my old jacket, too?")
    story.write(chat.say, story.desk, kind, seq, "Yes, it shows the difference. Thank you!")


def _visits(story: Story, days: int, clicks: int) -> None:
    """Clicks on the creators' links up to yesterday, and what some of them lead to within a day."""
    applications, _ = story.db.read_now(creators.applications.page, story.desk)
    works, _ = story.db.read_now(creators.collabs.work.page, story.desk)
    ids = [id for id in (*(of.link_id for of in applications), *(of.link_id for of in works)) if id]
    found = story.db.read_now(links.page, story.desk, links.LinkQuery(ids=tuple(ids)))
    captures = demo_traffic.past(story.desk.organization, found, clicks, story.chance, days, story.end)
    story.write(attribution.Recorder(main.open_places(story.settings)).record, captures)
    people = [each for each in captures if not each.marked_bot]
    for number, each in enumerate(story.chance.sample(people, round(len(people) * _CONVERTS))):
        at = each.at + story.chance.randrange(DAY // 2)
        story.plan(at, partial(_convert, story, each.id, number))


def _convert(story: Story, click: str, number: int) -> None:
    name = demo_data.CUSTOMERS[number % len(demo_data.CUSTOMERS)]
    mail = f"{name.lower().replace(' ', '-')}@example.com"
    customer = CustomerWish(f"demo-{number % len(demo_data.CUSTOMERS) + 1}", name, mail)
    story.write(attribution.track_lead, story.desk, NewLead(click, "Sign up", customer))
    if number % 2:
        amount = story.chance.randrange(4_900, 24_900, 100)
        story.write(attribution.track_sale, story.desk, NewSale(customer, amount, "usd", click_id=click))


__all__ = ["play"]
