"""Verbs of submissions to collabs: who applies, who is accepted, where it ends early. `making` goes on from there."""

import json
from dataclasses import asdict
from typing import Any, Final

from hyway.domain import identity
from hyway.domain.creators import addresses, money
from hyway.domain.creators.campaigns import partners
from hyway.domain.creators.collabs import steps, telling
from hyway.domain.creators.collabs.collabs import may_change
from hyway.domain.creators.collabs.records import Address, Collab, Status, Submission
from hyway.domain.creators.store import collab_work as store
from hyway.domain.creators.store import collabs as collab_store
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Invalid, Missing, Taken

SOURCE: Final = "work"
"""The name of what a creator earns by the work itself, beside shares of sales."""
_ADDRESS: Final = "collab address"
_MESSAGE: Final = 2_000


def page(
    r: Read,
    by: Caller,
    offset: int = 0,
    limit: int = 20,
    *,
    collab: int | None = None,
    statuses: tuple[Status, ...] = (),
) -> tuple[list[Submission], int]:
    """The organization's, or those to one of its collabs, in the order in which they came, and how many there are."""
    return store.page(
        r, organization=by.organization, collab=collab, statuses=statuses, offset=offset, limit=limit
    )


def mine(r: Read, by: Caller, offset: int = 0, limit: int = 20) -> tuple[list[Submission], int]:
    """The creator's own, in the order in which they were made, and how many there are."""
    return store.page(r, person=identity.person_of(by), offset=offset, limit=limit)


def find(r: Read, by: Caller, seq: int, collab: int | None = None) -> Submission:
    """One of the organization's, to that collab if one is named; Missing for any other."""
    found = store.find(r, seq)
    if found is None or found.organization != by.organization or collab not in (None, found.collab):
        raise Missing("Not authorized")
    return found


def find_mine(r: Read, by: Caller, seq: int) -> Submission:
    """One of the creator's own; Missing for any other."""
    found = store.find(r, seq)
    if found is None or found.person != identity.person_of(by):
        raise Missing("")
    return found


def of_submission(r: Read, seq: int) -> Submission | None:
    """A submission, whosever it is: for the server's own work."""
    return store.find(r, seq)


def held_of_link(w: Write, link_id: str) -> Submission | None:
    """Whose tracked link it is; nobody else changes it before this transaction ends."""
    return store.by_link(w, link_id)


def address_of(r: Read, of: Submission) -> Address | None:
    """Where the product is sent; None once nobody needs to know any more."""
    if of.address is None or of.status not in steps.ADDRESSED:
        return None
    return Address(**json.loads(r.seal.open(of.address, _ADDRESS)))


def money_of(of: Submission, collab: Collab) -> money.Work:
    """What its earnings are for."""
    return money.Work(of.organization, "collab", of.collab, "collab", of.seq, of.person, collab.currency)


def apply(w: Write, by: Caller, collab: int, message: str = "") -> Submission:
    """The creator would like to take part, once for each collab; Invalid where they cannot see it on the board."""
    person, now = identity.person_of(by), clock.now()
    said = steps.words("message", message, _MESSAGE, blank=True)
    to = collab_store.locked_anyones(w, collab)
    if (
        to is None
        or to.state not in ("published", "paused")
        or not identity.open_to(w, [to.organization], person)
    ):
        raise Invalid("collab", "must exist")
    if to.state != "published":
        raise Invalid("base", "Collab is paused")
    row = {
        **_BLANK,
        "organization": to.organization,
        "collab": to.seq,
        "person": person,
        "message": said,
        "created_at": now,
        "updated_at": now,
    }
    try:
        with w.attempt():
            made = store.add(w, row)
    except Conflict:
        raise Taken("collab", "has already been taken") from None
    collab_store.count(w, to.seq, 1, 0)
    telling.announce(w, by, made, "applied")
    telling.admins(w, made, to, "SubmissionReceived")
    return made


_BLANK: Final[dict[str, Any]] = {
    "status": "applied",
    "content_note": "",
    "revision_note": "",
    "usage_status": "none",
}


def withdraw(w: Write, by: Caller, seq: int) -> Submission:
    """The creator takes the application back, before anybody has decided; it counts no more."""
    of, collab = my_own(w, by, seq)
    gone = step(w, by, of, "withdrawn")
    collab_store.count(w, of.collab, -1, 0)
    telling.admins(w, gone, collab, "SubmissionWithdrawn")
    return gone


def decline(w: Write, by: Caller, seq: int) -> Submission:
    """The organization would rather not."""
    of, collab = ours(w, by, seq)
    no = step(w, by, of, "declined", decided_at=clock.now(), decided_by=by.person)
    telling.creator(w, no, collab, "SubmissionDeclined")
    return no


def accept(w: Write, by: Caller, seq: int) -> Submission:
    """The creator takes part: a partner with a link of their own, and the reward is set aside.

    Invalid where the budget does not bear the reward. What is sent by post waits for the creator's address.
    """
    of, collab = ours(w, by, seq)
    steps.check(of.status, "accepted")
    partner_id, link_id = partners.enrol(w, by, of.person, collab.name, collab.website or "")
    values = {
        "decided_at": clock.now(),
        "decided_by": by.person,
        "partner_id": partner_id,
        "link_id": link_id,
    }
    committed = _set_aside(w, by, of, collab)
    yes = step(w, by, of, "accepted", committed_amount=committed, **values)
    telling.creator(w, yes, collab, "SubmissionAccepted")
    return _go_on(w, by, yes, collab)


def _set_aside(w: Write, by: Caller, of: Submission, collab: Collab) -> int:
    if collab.reward_amount == 0:
        return 0
    borne = money.earn(w, by, money_of(of, collab), SOURCE, collab.reward_amount)
    if borne < collab.reward_amount:
        raise Invalid("base", "The collab's budget does not bear the reward")
    return borne


def _go_on(w: Write, by: Caller, of: Submission, collab: Collab) -> Submission:
    """From acceptance to what comes first: the product on its way, or the work."""
    if not collab.requires_product_shipment:
        return step(w, by, of, "in_production", content_due_at=clock.now() + steps.MAKE)
    known = addresses.of_person(w, of.person)
    if known is None:
        telling.creator(w, of, collab, "AddressNeeded")
        return of
    where = Address(
        address_one=known.address_one or "",
        address_two=known.address_two or "",
        city=known.city or "",
        state=known.state or "",
        postal_code=known.postal_code or "",
        country_code=known.country_code or "",
    )
    sealed = w.seal.close(json.dumps(asdict(where)), _ADDRESS)
    ready = step(w, by, of, "awaiting_shipment", address=sealed, ship_due_at=clock.now() + steps.SHIP)
    telling.admins(w, ready, collab, "ShipmentDue")
    return ready


def addressed(w: Write, by: Caller, person: int) -> None:
    """The person has said where they live: what waits for it can be sent."""
    for seq in store.without_address(w, person):
        of = store.locked(w, seq)
        collab = collab_store.anyones(w, of.collab) if of else None
        if of is not None and collab is not None and of.status == "accepted":
            _go_on(w, by, of, collab)


def cancel(w: Write, by: Caller, seq: int) -> Submission:
    """Either side ends it before a product was sent or anything was made; the reward goes back to the budget."""
    of, collab = of_either(w, by, seq)
    if of.shipped_at is not None:
        raise Invalid("base", "Submission cannot be canceled after the product was shipped")
    off = step(w, by, of, "canceled", address=None)
    money.release(w, by, money_of(of, collab))
    if by.organization == of.organization:
        telling.creator(w, off, collab, "SubmissionCanceled")
    else:
        telling.admins(w, off, collab, "SubmissionCanceledByCreator")
    return off


def step(w: Write, by: Caller, of: Submission, to: Status, **values: Any) -> Submission:
    """What becomes of a locked submission, along an arrow; Invalid where there is none."""
    steps.check(of.status, to)
    new = store.change(w, of.seq, clock.now(), {"status": to, "overdue_told_at": None, **values})
    telling.announce(w, by, new, to)
    return new


def ours(w: Write, by: Caller, seq: int) -> tuple[Submission, Collab]:
    """One of the organization's, for those who decide for it, locked."""
    found = store.locked(w, seq)
    if found is None or found.organization != by.organization:
        raise Missing("Not authorized")
    may_change(by)
    return found, _collab(w, found)


def my_own(w: Write, by: Caller, seq: int) -> tuple[Submission, Collab]:
    """One of the creator's own, locked."""
    found = store.locked(w, seq)
    if found is None or found.person != identity.person_of(by):
        raise Missing("")
    return found, _collab(w, found)


def of_either(w: Write, by: Caller, seq: int) -> tuple[Submission, Collab]:
    """One of the organization's for those who decide for it, else the creator's own; locked."""
    found = store.locked(w, seq)
    if found is not None and by.person is not None and found.person == by.person:
        decides = found.organization == by.organization and by.role in ("owner", "admin")
        return ours(w, by, seq) if decides else my_own(w, by, seq)
    return ours(w, by, seq)


def _collab(r: Read, of: Submission) -> Collab:
    found = collab_store.anyones(r, of.collab)
    if found is None:
        raise RuntimeError("a submission is to a collab that is gone")
    return found
