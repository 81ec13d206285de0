"""Collabs to play with: an organization and its owner, creators with accounts and addresses, what was announced."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from hyway.domain import creators, identity
from hyway.domain.creators import collabs, money
from hyway.domain.creators.collabs import Collab, Shipment, Submission, making, shipping, work
from hyway.domain.creators.store.social_tables import SOCIAL_ACCOUNTS
from hyway.domain.creators.store.tables import COLLAB_SUBMISSIONS
from hyway.domain.identity import Caller
from hyway.domain.identity.store.tables import PEOPLE
from hyway.kernel import clock, ids
from hyway.kernel.db import Database, Write
from hyway.kernel.faults import Invalid

_numbers = itertools.count(1)
ADDRESS = {
    "address_one": "1 Infinite Loop",
    "city": "Cupertino",
    "state": "CA",
    "postal_code": "95014",
    "country_code": "US",
}
BRIEF = "<p>Show the lipstick.</p>"


@dataclass
class Stage:
    """`by` is the organization's owner in it, `facts` are (action, id) of all that was announced."""

    db: Database
    by: Caller
    facts: list[tuple[str, str]] = field(default_factory=list)

    def write(self, verb: Callable[..., Any], by: Caller, *args: Any, **more: Any) -> Any:
        return self.db.write_now(verb, by, *args, **more)

    def collab(self, *, published: bool = True, **fields: Any) -> Collab:
        wish = {"website": "https://example.com/lipstick", "brief": BRIEF, "name": "Lipstick", **fields}
        made = self.write(collabs.create, self.by, wish)
        return self.write(collabs.submit, self.by, made.seq) if published else made

    def fund(self, of: Collab, amount: int) -> None:
        self.write(money.fund, self.by, "collab", of.seq, of.currency, amount)

    def again(self, of: Collab) -> Collab:
        return self.db.read_now(collabs.find, self.by, of.seq)

    def find(self, of: Submission) -> Submission:
        return self.db.read_now(work.find, self.by, of.seq)

    def creator(self, *platforms: str, address: bool = True) -> Caller:
        """Somebody with a verified account at each of the platforms."""
        by = self.db.write_now(_person, "Kim")
        for platform in platforms or ("tiktok",):
            self.db.write_now(account, identity.person_of(by), platform)
        if address:
            self.write(creators.addresses.put, by, ADDRESS)
        return by

    def colleague(self, role: identity.Role) -> Caller:
        by = self.db.write_now(_person, "Lee")
        return self.db.write_now(_join, self.by, by, role)

    def applied(self, of: Collab, creator: Caller | None = None) -> tuple[Caller, Submission]:
        who = creator or self.creator()
        return who, self.write(work.apply, who, of.seq, "I would love to")

    def brought_to(self, status: str, of: Collab, creator: Caller | None = None) -> tuple[Caller, Submission]:
        """A submission that has come so far, by the usual way."""
        who, made = self.applied(of, creator)
        for verb, args in self.way(of, who, made):
            if made.status == status:
                return who, made
            made = self.write(verb, *args)
        assert made.status == status, made.status
        return who, made

    def way(
        self, of: Collab, who: Caller, made: Submission
    ) -> list[tuple[Callable[..., Any], tuple[Any, ...]]]:
        ours, theirs = (self.by, made.seq), (who, made.seq)
        shipped: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
            (shipping.ship, (*ours, Shipment("DHL", "JD0001", "https://dhl.example/JD0001"))),
            (making.deliver, ours),
            (making.receive, theirs),
        ]
        spark = [(making.give_spark_code, (*theirs, "spark-1", 30))]
        return [
            (work.accept, ours),
            *(shipped if of.requires_product_shipment else []),
            (making.submit_content, (*theirs, "https://drive.example/1", "Here it is")),
            (making.approve_content, ours),
            (making.post, (*theirs, post_url())),
            *(spark if of.require_spark_ads else []),
            (making.complete, ours),
        ]

    def statuses(self) -> dict[str, list[str]]:
        """By submission, all that it became, in order."""
        found: dict[str, list[str]] = {}
        for action, id in self.facts:
            noun, _, verb = action.partition(".")
            if noun == "collab_submission" and verb in collabs.steps.ARROWS:
                found.setdefault(id, []).append(verb)
        return found

    def put(self, of: Submission, **values: Any) -> None:
        """Sets columns as time or accident might."""
        c = COLLAB_SUBMISSIONS.c
        self.db.write_now(
            lambda w: w.run(COLLAB_SUBMISSIONS.update().where(c.seq == of.seq).values(**values))
        )


@contextmanager
def refused(text: str) -> Iterator[None]:
    """What happens inside is refused in words that hold the text."""
    with pytest.raises(Invalid) as caught:
        yield
    assert text in caught.value.message


def post_url() -> str:
    return f"https://www.tiktok.com/@kim/video/{7038475063498387000 + next(_numbers)}"


def stage_at(db: Database) -> Stage:
    """A new organization on the database."""
    organization = db.write_now(identity.found_organization, f"Acme {next(_numbers)}")
    owner = db.write_now(_person, "Olga")
    by = db.write_now(_join, identity.command_line(organization), owner, "owner")
    db.write_now(identity.organizations.change, by, {"privacy_setting": "public"})
    made = Stage(db, by)
    db.hearers += [
        creators.hearing.hear,
        collabs.hear,
        lambda w, facts: made.facts.extend((fact.action, fact.id) for fact in facts),
    ]
    return made


def _person(w: Write, name: str) -> Caller:
    """Somebody without a password: hashing takes its time."""
    at = clock.now()
    row: dict[str, Any] = {
        "id": ids.uuid7(),
        "email": f"{name.lower()}{next(_numbers)}@example.com",
        "name": name,
    }
    row |= {"must_change_password": 0, "created_at": at, "confirmed_at": at}
    seq = int(w.run(PEOPLE.insert().returning(PEOPLE.c.seq), row).scalar_one())
    return Caller(identity.NOBODYS, "self-hosted", "person", row["id"], name, "hypemarket", person=seq)


def _join(w: Write, by: Caller, who: Caller, role: identity.Role) -> Caller:
    identity.join(w, by, identity.named(w, [who.person or 0])[who.person or 0], role)
    return identity.at_organization(w, who, by.organization)


def account(w: Write, person: int, platform: str) -> None:
    now, name = clock.now(), f"kim{next(_numbers)}"
    row = {"person": person, "platform_id": platform, "account_url": f"https://{platform}.example/@{name}"}
    row |= {"url_key": name, "handle": name, "uid": name, "status": "verified", "connected_by": "code"}
    w.run(SOCIAL_ACCOUNTS.insert(), {**row, "missed": 0, "created_at": now, "updated_at": now})
