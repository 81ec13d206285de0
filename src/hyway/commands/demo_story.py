"""The story of creators that the demonstration tells: what is yet to happen, by its time, and who takes part."""

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

from hyway.commands import demo_programmes
from hyway.commands.demo_programmes import Channel
from hyway.domain import creators, identity, notices
from hyway.domain.identity import Caller
from hyway.kernel.clock import DAY, Instant
from hyway.kernel.db import Database, Write
from hyway.settings import Settings

money, social = creators.money, creators.social
YEARS = 3_650 * DAY
"""So long nobody looks at what was never posted."""


@dataclass
class Story:
    """`desk` decides for the organization, `known` are its creators by name; the story ends now, at `end`."""

    db: Database
    settings: Settings
    desk: Caller
    chance: random.Random
    end: Instant
    known: dict[str, Caller] = field(default_factory=dict)
    coming: list[tuple[Instant, int, Callable[[], object]]] = field(default_factory=list)
    turns: Iterator[int] = field(default_factory=count)

    def ago(self, days: float, happen: Callable[..., object], *args: Any) -> None:
        self.plan(self.end - round(days * DAY), partial(happen, *args))

    def plan(self, at: Instant, happen: Callable[[], object]) -> None:
        heapq.heappush(self.coming, (at, next(self.turns), happen))

    def happen(self, until: Instant, tell: Callable[[Instant], None]) -> None:
        """All that comes up to then, at its time."""
        while self.coming and self.coming[0][0] <= until:
            at, _, happen = heapq.heappop(self.coming)
            tell(at)
            happen()

    def write(self, verb: Callable[..., Any], *args: Any) -> Any:
        return self.db.write_now(verb, *args)


def desk(w: Write, by: Caller) -> Caller:
    """An admin of the organization, which creators can see from now on."""
    name, email = demo_programmes.DESK
    person = identity.person_by_email(w, email)
    if person is None:
        person = identity.add_person(w, email, name, identity.one_time_password())
        identity.join(w, by, person, "admin")
    desk = identity.tokens.at_organization(w, _as(person), by.organization)
    identity.organizations.change(w, desk, {"privacy_setting": "restricted"})
    notices.prefer(w, desk, mail=False)
    return desk


def creator(w: Write, channel: Channel, end: Instant) -> Caller:
    """Somebody who belongs to no organization, with verified accounts, an address and a bank account."""
    person = identity.person_by_email(w, channel.email)
    if person is None:
        person = identity.add_person(w, channel.email, channel.name, identity.one_time_password())
    by = _as(person)
    notices.prefer(w, by, mail=False)
    for platform_id in channel.platform_ids:
        _account(w, by, channel, platform_id, end)
    creators.addresses.put(w, by, demo_programmes.HOME)
    money.put_bank(w, by, {"account_holder": channel.name, "iban": demo_programmes.IBAN})
    return by


def _as(person: identity.Person) -> Caller:
    return Caller(
        identity.NOBODYS,
        identity.DEFAULT_PLAN,
        "person",
        person.id,
        person.name,
        "command",
        person=person.seq,
    )


def _account(w: Write, by: Caller, channel: Channel, platform_id: str, end: Instant) -> None:
    url = demo_programmes.account_url(platform_id, channel.handle)
    made = social.accounts.create(w, by, platform_id, url, social.platforms.IDS)
    found = social.Profile(
        uid=f"{channel.handle}.{platform_id}",
        handle=channel.handle,
        title=channel.name,
        bio=f"Nobody's channel. {made.code}",
        subscriber_count=channel.followers * 1_000,
        view_count=channel.followers * 41_300,
        video_count=channel.followers * 2 + 11,
        likes_count=channel.followers * 2_470,
        engagement_rate=f"{3 + channel.followers % 5}.{channel.followers % 10}",
    )
    social.verifying.finish(w, by, made, found)
    social.accounts.rest(w, by, made.seq, end + YEARS)


__all__ = ["YEARS", "Story", "creator", "desk"]
