"""What these tests begin with: programmes that run, creators who are in them, posts and samples under way."""

from dataclasses import dataclass
from typing import Any

from hyway.domain import creators
from hyway.kernel import sqid
from tests.console.market.conftest import Market

BRIEF = "<p>Show the <b>tea</b> in your own kitchen.</p>"
CAMPAIGN: dict[str, Any] = {
    "name": "Summer teas",
    "website": "https://shop.example/tea",
    "currency": "eur",
    "countries": ["DE", "FR"],
    "platform_ids": ["youtube", "tiktok"],
    "cpm_amount": 500,
    "sale_share": 1_000,
    "brief": BRIEF,
}
COLLAB: dict[str, Any] = {
    "name": "Spring mugs",
    "website": "https://shop.example/mug",
    "currency": "eur",
    "countries": ["DE"],
    "reward_amount": 4_000,
    "brief": BRIEF,
    "requires_product_shipment": True,
}
ADDRESS = {
    "address_one": "1 Quay",
    "city": "Hamburg",
    "postal_code": "20457",
    "country_code": "DE",
}


def campaign(market: Market, **changes: Any) -> creators.campaigns.Campaign:
    """One that runs, with 1,000 euro."""
    w, by = market.db.write_now, market.by()
    made = w(creators.campaigns.create, by, {**CAMPAIGN, **changes})
    w(creators.money.fund, by, "campaign", made.seq, made.currency, 100_000)
    return w(creators.campaigns.publish, by, made.seq)


def collab(market: Market, **changes: Any) -> creators.collabs.Collab:
    """One that is published, with 1,000 euro."""
    w, by = market.db.write_now, market.by()
    made = w(creators.collabs.create, by, {**COLLAB, **changes})
    w(creators.money.fund, by, "collab", made.seq, made.currency, 100_000)
    return w(creators.collabs.submit, by, made.seq)


def account(
    market: Market,
    name: str = "creator",
    platform: str = "youtube",
    url: str = "https://www.youtube.com/@mira",
) -> creators.social.Account:
    """A verified one, with 12,345 followers."""
    w, by = market.db.write_now, market.own(name)
    made = w(creators.social.accounts.create, by, platform, url, creators.social.platforms.IDS)
    profile = creators.social.Profile(
        f"uid-{name}-{platform}", "mira", "Mira", "", 12_345, 900_000, 42, 100_000, "5.2"
    )
    return w(lambda write: creators.social.verifying.proved(write, by, made, profile))


def application(
    market: Market, of: creators.campaigns.Campaign, name: str = "creator", *, accepted: bool = True
) -> creators.campaigns.Application:
    w = market.db.write_now
    made = w(creators.campaigns.applications.apply, market.own(name), of.seq, "I brew every morning.")
    return w(creators.campaigns.applications.accept, market.by(), made.seq) if accepted else made


def post(
    market: Market, of: creators.campaigns.Campaign, id: str = "dQw4w9WgXcQ", name: str = "creator"
) -> creators.campaigns.Submission:
    url = f"https://www.youtube.com/watch?v={id}"
    return market.db.write_now(creators.campaigns.submissions.submit, market.own(name), of.seq, url)


def looked(market: Market, of: creators.campaigns.Submission, *views: int) -> None:
    """The post is seen with each of these views, one after the other."""
    for count in views:
        now = market.db.read_now(creators.campaigns.submissions.mine_of, market.own("creator"), of.seq)
        seen = creators.campaigns.Seen(None, None, count, count // 20, count // 100)
        slot = now.next_sync_at or 0
        assert market.db.write_now(creators.campaigns.submissions.seen, of.seq, slot, seen)


def work(market: Market, of: creators.collabs.Collab, name: str = "creator") -> creators.collabs.Submission:
    return market.db.write_now(creators.collabs.work.apply, market.own(name), of.seq, "I love mugs.")


@dataclass(frozen=True)
class Paths:
    """Where a submission is, on either side."""

    theirs: str
    mine: str


def paths(market: Market, of: Any) -> Paths:
    id = sqid.text(of.seq)
    if isinstance(of, creators.collabs.Submission):
        return Paths(
            f"{market.base}/collabs/{sqid.text(of.collab)}/submissions/{id}", f"/me/collab_submissions/{id}"
        )
    return Paths(
        f"{market.base}/campaigns/{sqid.text(of.campaign)}/submissions/{id}", f"/me/submissions/{id}"
    )
