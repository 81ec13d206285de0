"""What creators' work follows from elsewhere: sales through their links, and the stages of what they earned.

A hearer of the database: it works in the transaction of what it hears.
"""

from collections.abc import Callable, Sequence
from typing import Final

from hyway.domain import identity
from hyway.domain.creators import collabs, money
from hyway.domain.creators.campaigns import posts, telling
from hyway.domain.creators.campaigns.records import Submission, SubmissionStatus
from hyway.domain.creators.store import addresses
from hyway.domain.creators.store import applications as application_store
from hyway.domain.creators.store import campaigns as campaign_store
from hyway.domain.creators.store import submissions as store
from hyway.kernel import clock, sqid
from hyway.kernel.db import Fact, Write

_AFTER: Final[tuple[SubmissionStatus, ...]] = ("held", "payable", "paid")
"""A submission's stages once it earns no more by its views; it never goes back among them."""
_OUTSIDE: Final = ("applied", "declined", "withdrawn", "canceled", "reversed")
"""A creator whom a collab has not taken, or who left it."""


def hear(w: Write, facts: Sequence[Fact]) -> None:
    """Follows each of the facts, in their order."""
    for fact in facts:
        follow = _FOLLOWED.get(fact.action)
        if follow is not None:
            follow(w, fact)


def _sold(w: Write, fact: Fact) -> None:
    """A share of the sale for whose link led to it, of a campaign or a collab that promises one in that currency."""
    link, amount, currency = fact.data["linkId"], fact.data["amount"], fact.data["currency"]
    application = application_store.by_link(w, fact.by.organization, link)
    if application is not None:
        campaign_store.locked(
            w, application.campaign
        )  # a post that is being taken back is no newest one after it
        newest = store.newest_paying(w, application.seq)
        if newest is not None:
            _share_with_post(w, newest, fact.id, amount, currency)
        return
    _share_with_collab(w, link, fact.id, amount, currency)


def _share_with_post(w: Write, seq: int, sale: str, amount: int, currency: str) -> None:
    found = posts.held(w, seq)
    if found is None or found[0].currency != currency or not found[0].sale_share:
        return
    campaign, of = found
    share = money.share(amount, campaign.sale_share)
    if not share:
        return
    server, source = identity.server(of.organization), f"sale:{sale}"
    borne = money.earn(w, server, posts.work(of), source, share)
    if not borne:
        return
    new = posts.move(w, of, share_amount=of.share_amount + borne)
    if new.status in _AFTER or (new.status == "locked" and new.hold_until is not None):
        _hold_share(w, new, source)
    posts.announce(w, server, new, "shared", amount=borne, currency=currency)


def _hold_share(w: Write, of: Submission, source: str) -> None:
    """A share that comes after the views were counted waits by itself."""
    until = clock.now() + money.HOLD
    money.hold(w, identity.server(of.organization), posts.work(of), until, source)
    if of.status == "locked":
        posts.move(w, of, "held", hold_until=until)


def _share_with_collab(w: Write, link: str, sale: str, amount: int, currency: str) -> None:
    of = collabs.work.held_of_link(w, link)
    collab = collabs.named(w, {of.collab}).get(of.collab) if of else None
    if of is None or collab is None or collab.currency != currency or of.status in _OUTSIDE:
        return
    share = money.share(amount, collab.sale_share)
    server, work, source = identity.server(of.organization), collabs.work.money_of(of, collab), f"sale:{sale}"
    borne = money.earn(w, server, work, source, share) if share else 0
    if borne:
        collabs.making.shared(w, of.seq, of.share_amount + borne)
        if of.status in collabs.steps.DONE:
            money.hold(w, server, work, clock.now() + money.HOLD, source)


def _moved(w: Write, fact: Fact) -> None:
    """A submission follows what it earned: payable once nothing of it is held, paid once nothing is owed."""
    if fact.data["submission_kind"] == "campaign":
        _follow_post(w, fact.data["submission"])
    elif fact.action == "earning.paid":
        server = identity.server(fact.by.organization)
        collabs.making.paid(w, server, fact.data["submission"], fact.data["source"])


def _follow_post(w: Write, seq: int) -> None:
    found = posts.held(w, seq)
    if found is None or found[1].status not in _AFTER:
        return
    of = found[1]
    sums = money.stages(w, [posts.work(of)]).get(("campaign", seq))
    if sums is None or sums.accrued or sums.held:
        return
    to: SubmissionStatus = "payable" if sums.payable or sums.paying else "paid"
    if _AFTER.index(to) <= _AFTER.index(of.status):
        return
    new = posts.move(w, of, to, paid_at=clock.now() if to == "paid" else None)
    posts.announce(w, identity.server(of.organization), new, to, id=sqid.text(seq))
    telling.submission(w, new, "SubmissionPaid" if to == "paid" else "SubmissionPayable", creator=True)


def _taken_over(w: Write, fact: Fact) -> None:
    """Where to send money and samples was said by somebody else."""
    person = identity.person_of(fact.by)
    money.forget_methods(w, person)
    addresses.drop(w, person)


_FOLLOWED: Final[dict[str, Callable[[Write, Fact], None]]] = {
    "sale.created": _sold,
    "earning.payable": _moved,
    "earning.paid": _moved,
    "person.taken_over": _taken_over,
}
