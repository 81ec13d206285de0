"""Collabs of the demonstration: samples on their way, content that waits for a look, work that is done."""

from functools import partial
from typing import Any

from hyway.commands import demo_programmes
from hyway.commands.demo_data import SITES
from hyway.commands.demo_story import Story
from hyway.domain import creators, tracking
from hyway.domain.tracking import ActionWish, UserQuery
from hyway.kernel.db import Write

collabs, money = creators.collabs, creators.money
chat, making, shipping, work = collabs.chat, collabs.making, collabs.shipping, collabs.work
_COURIER = "Bike 2"


def mug(story: Story) -> None:
    """One with a sample to send, and creators at all points of the way."""
    seq = _published(story, demo_programmes.MUG)
    story.ago(14, _done, story, seq, "Cooking channel")
    story.ago(9, _shows, story, seq, "Bicycle channel")
    story.ago(3, _waits_for_sample, story, seq, "Sketching channel")
    story.ago(1.5, _taken, story, seq, "Garden channel")
    story.ago(0.4, _applied, story, seq, "Travel channel", "I drink tea in every train.")


def stove(story: Story) -> None:
    """One that has only just come to the board."""
    seq = _published(story, demo_programmes.STOVE)
    story.ago(0.2, _applied, story, seq, "Hiking channel", "I leave on Friday, for two weeks.")


def _published(story: Story, fields: dict[str, Any]) -> int:
    made = story.write(creators.collabs.create, story.desk, fields)
    budget = demo_programmes.BUDGETS[made.name]
    story.write(money.fund, story.desk, "collab", made.seq, made.currency, budget, "manual", "Bank transfer")
    story.write(creators.collabs.submit, story.desk, made.seq)
    return int(made.seq)


def _applied(story: Story, collab: int, name: str, message: str = "I would love to.") -> int:
    return int(story.write(work.apply, story.known[name], collab, message).seq)


def _taken(story: Story, collab: int, name: str) -> int:
    seq = _applied(story, collab, name)
    story.write(work.accept, story.desk, seq)
    return seq


def _shipped(story: Story, collab: int, name: str) -> int:
    seq = _taken(story, collab, name)
    parcel = collabs.Shipment("Post", f"DEMO{seq:06}", "https://example.com/parcels")
    story.write(shipping.ship, story.desk, seq, parcel)
    return seq


def _done(story: Story, collab: int, name: str) -> None:
    """The whole way, with changes that were asked for; it is paid a little later."""
    seq, by = _shipped(story, collab, name), story.known[name]
    video, again = (f"https://example.com/drafts/{number}" for number in (1, 2))
    story.ago(12, story.write, making.receive, by, seq)
    story.ago(11, story.write, making.submit_content, by, seq, video, "A first cut.")
    ask = "Please show the lid from closer by."
    story.ago(10.5, story.write, making.request_revision, story.desk, seq, ask)
    story.ago(9.5, story.write, making.submit_content, by, seq, again, "With the lid.")
    story.ago(9, story.write, making.approve_content, story.desk, seq)
    url = demo_programmes.post_url("youtube", "", 21)
    story.ago(8, story.write, making.post, by, seq, url)
    story.ago(7.8, story.write, making.complete, story.desk, seq)


def _shows(story: Story, collab: int, name: str) -> None:
    """Content that somebody should look at."""
    seq, by = _shipped(story, collab, name), story.known[name]
    story.ago(6, story.write, making.receive, by, seq)
    draft, note = "https://example.com/drafts/3", "Forty seconds, with the mug on the handlebar."
    story.ago(0.8, story.write, making.submit_content, by, seq, draft, note)
    story.ago(0.7, story.write, chat.say, by, "collab", seq, "I can cut it shorter if you like.")


def _waits_for_sample(story: Story, collab: int, name: str) -> None:
    """One of the fleet brings it: it is on the map."""
    seq = _taken(story, collab, name)
    say = partial(story.write, chat.say)
    story.ago(2, say, story.known[name], "collab", seq, "Could it come tomorrow? I am at home all day.")
    story.ago(1.9, say, story.desk, "collab", seq, "One of us will bring it by bicycle.")
    story.plan(story.end - 1, partial(story.write, _bring, story, seq))


def _bring(w: Write, story: Story, seq: int) -> None:
    """No address leads to the streets of the demonstration, so the place is said."""
    found = tracking.users.page(w, story.desk, UserQuery(search=_COURIER, take=1)).rows
    made = shipping.send_own(w, story.desk, seq, found[0].id if found else None)
    where = {"name": "Sketching channel", "location": SITES[2][1]}
    tracking.actions.change(w, story.desk, made.action_id or "", ActionWish(expected_place=where))


__all__ = ["mug", "stove"]
