"""A campaign and the people around it: an organization that pays, creators with verified accounts, a clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update

from hyway.domain import audit, creators, identity, links
from hyway.domain.creators import money
from hyway.domain.creators.campaigns import closing
from hyway.domain.creators.campaigns.records import Seen
from hyway.domain.creators.social.accounts import begun
from hyway.domain.creators.store.social_tables import SOCIAL_ACCOUNTS
from hyway.domain.creators.store.tables import CAMPAIGNS, SUBMISSIONS
from hyway.domain.identity import Caller
from hyway.domain.identity.store.tables import ORGANIZATIONS
from hyway.kernel import clock
from hyway.kernel.db import Database, Read, Write
from tests.make.people import somebody, there
from tests.make.world import open_database

WHOLE: dict[str, Any] = {
    "name": "Summer",
    "website": "https://shop.example.com/lipstick",
    "brief": "<p>Show it.</p>",
    "platform_ids": ["youtube", "tiktok"],
    "countries": ["US", "GB"],
    "cpm_amount": 500,
    "min_payout_amount": 100,
    "max_payout_amount": 10_000,
    "base_reward_amount": 200,
}
"""All that a campaign needs to be published."""


@dataclass
class Stage:
    """One organization (`by` owns it) with its creators, by name."""

    db: Database
    by: Caller
    known: dict[str, Caller] = field(default_factory=dict)

    def creator(self, name: str) -> Caller:
        """A creator with verified accounts at YouTube (`UC-name`) and TikTok (`tt-name`), made once."""
        if name not in self.known:
            who = self.known[name] = somebody(self.db, name)
            self.db.write_now(
                verify, who, "youtube", f"https://www.youtube.com/@{name.lower()}", f"UC-{name}"
            )
            self.db.write_now(verify, who, "tiktok", f"https://www.tiktok.com/@{name.lower()}", f"tt-{name}")
        return self.known[name]

    def draft(self, **fields: Any) -> creators.campaigns.Campaign:
        return self.db.write_now(creators.campaigns.create, self.by, {**WHOLE, **fields})

    def fund(self, campaign: int, amount: int, currency: str = "usd") -> None:
        self.db.write_now(money.fund, self.by, "campaign", campaign, currency, amount)

    def active(self, budget: int = 100_000, **fields: Any) -> creators.campaigns.Campaign:
        made = self.draft(**fields)
        self.fund(made.seq, budget, made.currency)
        return self.db.write_now(creators.campaigns.publish, self.by, made.seq)

    def campaign(self, seq: int) -> creators.campaigns.Campaign:
        return self.db.read_now(creators.campaigns.find, self.by, seq)

    def join(self, campaign: int, name: str) -> creators.campaigns.Application:
        """The creator applies and is accepted."""
        made = self.db.write_now(creators.applications.apply, self.creator(name), campaign, "Me!")
        if made.status == "applied":
            made = self.db.write_now(creators.applications.accept, self.by, made.seq)
        return made

    def submit(self, campaign: int, name: str, post: str = "abcdefghijk") -> creators.campaigns.Submission:
        url = f"https://www.youtube.com/watch?v={post}"
        return self.db.write_now(creators.submissions.submit, self.creator(name), campaign, url)

    def submission(self, seq: int) -> creators.campaigns.Submission:
        return self.db.read_now(creators.submissions.find, self.by, seq)

    def look(self, seq: int, views: int, name: str | None = None, **more: Any) -> bool:
        """The next look at a post comes due, and shows so many views."""
        slot = self.submission(seq).next_sync_at
        assert slot is not None, "nobody looks at the post"
        seen = Seen(f"UC-{name}" if name else None, more.pop("posted_at", None), views, **more)
        return self.db.write_now(creators.submissions.seen, seq, slot, seen)

    def approved(self, campaign: int, name: str, post: str = "abcdefghijk") -> creators.campaigns.Submission:
        """A creator's post that is in and counts."""
        made = self.submit(campaign, name, post)
        return self.db.write_now(creators.submissions.approve, self.by, made.seq)

    def tick(self) -> None:
        """All that the clock does."""
        closing.run(self.db)
        while self.db.write_now(money.mature, clock.now()):
            pass

    def privacy(self, setting: str) -> None:
        def change(w: Write) -> None:
            mine = ORGANIZATIONS.c.seq == self.by.organization
            w.run(update(ORGANIZATIONS).where(mine).values(privacy=setting))

        self.db.write_now(change)

    def wrong(self, campaign: int) -> list[str]:
        """What the counters and amounts of a campaign say that its posts do not."""
        return self.db.read_now(audit_campaign, campaign)

    def told(self, who: Caller) -> list[str]:
        """The kinds of what a person was told, oldest first."""
        from hyway.domain import notices

        found, _ = self.db.read_now(notices.inbox, who, 0, 100)
        return [each.type for each in reversed(found)]

    def happened(self) -> list[str]:
        """The actions in the organization's log, oldest first."""
        return [each.action for each in reversed(self.db.read_now(audit.recent, self.by, most=500))]

    def link(self, id: str | None) -> links.Link:
        assert id is not None
        found = self.db.read_now(links.find, self.by, id)
        assert found is not None
        return found


def verify(w: Write, who: Caller, platform: str, url: str, uid: str | None) -> int:
    """A verified account, as if its owner had proved it."""
    row = begun(identity.person_of(who), platform, url, clock.now())
    made = SOCIAL_ACCOUNTS.insert().values(**row, status="verified", connected_by="oauth", uid=uid)
    return int(w.run(made.returning(SOCIAL_ACCOUNTS.c.seq)).scalar_one())


def audit_campaign(r: Read, seq: int) -> list[str]:
    """Sentences about each number that is not the sum of what it stands for."""
    of = r.run(select(CAMPAIGNS).where(CAMPAIGNS.c.seq == seq)).one()
    posts = r.run(select(SUBMISSIONS).where(SUBMISSIONS.c.campaign == seq)).all()
    count = [each for each in posts if each.status not in ("rejected", "reversed")]
    works = [
        money.Work(of.organization, "campaign", seq, "campaign", each.seq, each.person, of.currency)
        for each in posts
    ]
    staged = money.stages(r, works)
    live = {
        key[1]: each.accrued + each.held + each.payable + each.paying + each.paid
        for key, each in staged.items()
    }
    wrong = []
    if of.submissions_count != len(count):
        wrong.append(f"{of.submissions_count} submissions are counted, {len(count)} are there")
    if of.view_count != sum(each.views for each in count):
        wrong.append(f"{of.view_count} views are counted")
    if of.total_budget_amount - of.unused_amount != sum(live.values()):
        wrong.append(f"{of.total_budget_amount - of.unused_amount} used, {sum(live.values())} committed")
    if of.unused_amount < 0:
        wrong.append("the budget is overdrawn")
    for each in posts:
        if each.committed_amount + each.share_amount != live.get(each.seq, 0):
            wrong.append(f"post {each.seq} says {each.committed_amount} + {each.share_amount}")
        if each.committed_amount > each.gross_amount:
            wrong.append(f"post {each.seq} has more than it earned")
    return wrong


@contextmanager
def stage_at(url: str) -> Iterator[Stage]:
    db = open_database(url)
    db.hearers.append(creators.hearing.hear)
    organization = db.write_now(identity.found_organization, "Acme")
    owner = somebody(db, "Olga")
    db.write_now(_join, identity.command_line(organization), owner)
    stage = Stage(db, there(db, owner, organization))
    stage.privacy("public")
    try:
        yield stage
    finally:
        db.close()


def _join(w: Write, by: Caller, who: Caller) -> None:
    person = identity.named(w, [identity.person_of(who)])[identity.person_of(who)]
    identity.join(w, by, person, "owner")
