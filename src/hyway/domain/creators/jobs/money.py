"""What happens to money by itself: holds end, what comes back is refunded, and Stripe is asked for what it is to do.

A request whose outcome is unclear is repeated under its key; before a payout is sent anew, Stripe is asked whether it
was sent already.
"""

import logging

from hyway.domain.creators import money
from hyway.domain.creators.money import budgeting, destinations, hooks, paying
from hyway.domain.creators.money.records import Funding, Payout, Sending
from hyway.domain.creators.money.stripe import Declined, Stripe, Unclear
from hyway.kernel import clock, sqid
from hyway.kernel.clock import Instant
from hyway.kernel.jobs import Means, every, job
from hyway.kernel.outbox import Errand

_LOOK_SECONDS = 20.0
_MOST_ROUNDS = 1_000
_REST = 2 * clock.MINUTE
"""How long something is left alone before it is asked about again."""
_KEYS_LIVE = 23 * clock.HOUR
"""Stripe forgets keys after a day."""
_INTRODUCING = 14 * clock.DAY
log = logging.getLogger(__name__)


@every(_LOOK_SECONDS)
def mature_holds(means: Means) -> None:
    """Looks before it writes; a part at a time, so that nobody waits for it."""
    for _ in range(_MOST_ROUNDS):
        now = clock.now()
        if not means.db.read_now(money.any_due, now):
            return
        means.db.write_now(money.mature, now)


@every(60)
def refund_what_came_back(means: Means) -> None:
    """A campaign that is settled keeps no budget."""
    if means.db.read_now(money.any_left_over):
        means.db.write_now(money.close_left_over)


@every(60)
def reconcile(means: Means) -> None:
    """Asks Stripe about all that is unfinished: no word of it may have come."""
    there = _stripe(means)
    if there is None:
        return
    now = clock.now()
    for payout in means.db.read_now(paying.unfinished, now - _REST):
        _look_at_payout(means, there, payout, now)
    for asked in means.db.read_now(budgeting.waiting, now - _REST):
        _look_at_funding(means, there, asked)
    for each in means.db.read_now(destinations.unready, now - _INTRODUCING):
        try:
            means.db.write_now(destinations.ready, each.reference, there.is_ready(each.reference))
        except (Declined, Unclear) as why:
            log.warning("the account %s could not be asked about: %s", each.reference, why)


@job(paying.SEND)
def send_payout(means: Means, errand: Errand) -> None:
    """Sends one payout, if it is still to be sent."""
    there = _stripe(means)
    if there is not None:
        _send(means, there, errand.payload["payout"])


def _send(means: Means, there: Stripe, seq: int) -> None:
    sending = means.db.write_now(paying.begin, seq)
    if sending is None:
        return
    try:
        ref = _transferred(there, sending)
    except Declined as why:
        means.db.write_now(paying.refused, seq, str(why))
    except Unclear as why:
        log.warning("payout %d may or may not have been sent; it will be asked about: %s", seq, why)
    else:
        means.db.write_now(paying.sent, seq, ref)


def _transferred(there: Stripe, sending: Sending) -> str:
    """The transfer of the payout, made now if there is none.

    A refusal to say whether there is one decides nothing.
    """
    if not sending.is_new:
        try:
            found = there.transfers(sending.payout)
        except Declined as why:
            raise Unclear(str(why)) from why
        if found:
            return str(found[0]["id"])
    return there.transfer(sending.payout, sending.destination, sending.key)


def _look_at_payout(means: Means, there: Stripe, of: Payout, now: Instant) -> None:
    """`updated_at` of one whose outcome is unclear is when the try began: nothing has touched it since."""
    try:
        if of.status == "sent":
            means.db.write_now(hooks.transfer, there.transfer_named(of.provider_ref or ""))
        elif of.status == "pending" or now - of.updated_at < _KEYS_LIVE:
            _send(means, there, of.seq)
        elif found := there.transfers(of):
            means.db.write_now(paying.sent, of.seq, str(found[0]["id"]))
        else:
            means.db.write_now(paying.refused, of.seq, "Stripe has not answered for a day")
    except (Declined, Unclear) as why:
        log.warning("payout %d could not be asked about: %s", of.seq, why)


@job(budgeting.CHECKOUT)
def ask_for_money(means: Means, errand: Errand) -> None:
    """Makes the page on which a funding is paid."""
    there, asked = _stripe(means), means.db.read_now(budgeting.asked, errand.payload["funding"])
    if there is not None and asked is not None and asked.provider_ref is None:
        _ask_for_money(means, there, asked)


def _ask_for_money(means: Means, there: Stripe, of: Funding) -> None:
    page = f"/organizations/{sqid.text(of.organization)}/{of.programme_kind}s/{sqid.text(of.programme)}"
    try:
        ref, url = there.checkout(of, of.note or "Budget", page)
    except Declined as why:
        means.db.write_now(budgeting.unasked, of, str(why))
    except Unclear as why:
        log.warning("funding %d could not be asked for, and will be again: %s", of.seq, why)
        means.db.write_now(budgeting.looked_at, of.seq)
    else:
        means.db.write_now(budgeting.placed, of.seq, ref, url)


def _look_at_funding(means: Means, there: Stripe, of: Funding) -> None:
    if of.provider_ref is None:
        _ask_for_money(means, there, of)
        return
    try:
        found = there.session(of.provider_ref)
    except (Declined, Unclear) as why:
        log.warning("funding %d could not be asked about: %s", of.seq, why)
    else:
        means.db.write_now(hooks.session, found, is_over=found.get("status") == "expired")
    means.db.write_now(budgeting.looked_at, of.seq)


@job(budgeting.GIVE_BACK)
def give_back(means: Means, errand: Errand) -> None:
    """Refunds at Stripe what the ledger has refunded; repeated under its key while the outcome is unclear."""
    there, of = _stripe(means), means.db.read_now(budgeting.paid_through, errand.payload["funding"])
    if there is None or of is None:
        return
    key = f"hyway-{of.organization}-{errand.payload['once']}"
    try:
        there.refund(of, errand.payload["amount"], key)
    except Declined as why:
        means.db.write_now(budgeting.stuck, of, errand.payload["amount"], str(why))


@job(destinations.INTRODUCE)
def introduce(means: Means, errand: Errand) -> None:
    """Opens an account for a person, and a page on which they introduce themselves."""
    there, person = _stripe(means), errand.payload["person"]
    known = means.db.read_now(destinations.known, person)
    if there is None or known is None:
        return
    account = known.reference or there.account(person)
    if not known.reference:
        means.db.write_now(destinations.opened, person, account)
    url, until = there.account_link(account, "/me/earnings", f"hyway-link-{errand.id}")
    means.db.write_now(destinations.linked, person, url, until)


def _stripe(means: Means) -> Stripe | None:
    """The operator's account, where one is named."""
    address = means.services.get("stripe")
    return Stripe.at(means.outgoing, address, means.db.house.home) if address else None
