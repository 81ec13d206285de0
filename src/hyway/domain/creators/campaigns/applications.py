"""Verbs of applications: creators ask to be in a campaign, and the organization decides."""

from collections.abc import Sequence
from typing import Any

from hyway.domain import identity
from hyway.domain.creators.campaigns import partners, telling
from hyway.domain.creators.campaigns.campaigns import may_manage
from hyway.domain.creators.campaigns.records import Application, Campaign
from hyway.domain.creators.store import applications as store
from hyway.domain.creators.store import campaigns as campaign_store
from hyway.domain.creators.store import submissions as submission_store
from hyway.domain.identity import Caller
from hyway.kernel import clock, sqid
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Invalid, Missing, Refused, Taken

_LONGEST = 2_000


def apply(w: Write, by: Caller, campaign: int, message: str = "") -> Application:
    """The caller asks to be in a campaign of the board; one that takes everybody accepts at once.

    Who withdrew may ask again, who was declined may not.
    """
    person, of, said = identity.person_of(by), open_to(w, by, campaign), _message(message)
    old = store.in_campaign(w, campaign, person, lock=True)
    now = clock.now()
    again = {"status": "applied", "message": said, "updated_at": now, "decided_at": None, "decided_by": None}
    if old is not None and old.status == "withdrawn":
        store.change(w, old.seq, again)
        seq = old.seq
    else:
        row = {**again, "organization": of.organization, "campaign": campaign, "person": person}
        try:
            with w.attempt():
                seq = store.add(w, {**row, "created_at": now})
        except Conflict:
            raise Taken("base", "You have already applied to this campaign.") from None
    made = _told(w, by, mine(w, by, seq), "applied")
    if of.approves:
        return _accept(w, identity.server(of.organization), made, of)
    telling.application(w, made, "ApplicationReceived", creator=False)
    return made


def open_to(r: Read, by: Caller, campaign: int) -> Campaign:
    """A running campaign that the caller may know of; Missing for any other."""
    found = campaign_store.by_seq(r, campaign)
    if found is None or found.status != "active":
        raise Missing("")
    if not identity.open_to(r, [found.organization], identity.person_of(by)):
        raise Missing("")
    return found


def _message(text: str) -> str:
    clean = (text or "").replace("\0", "").strip()
    if len(clean) > _LONGEST:
        raise Invalid("message", "is too long (maximum is {most} characters)", most=_LONGEST)
    return clean


def accept(w: Write, by: Caller, seq: int) -> Application:
    """The creator becomes a partner of the organization, with a short link of their own to the campaign's website."""
    may_manage(by)
    old = _undecided(w, by, seq)
    campaign = campaign_store.find(w, by.organization, old.campaign)
    if campaign is None or campaign.status == "finished":
        raise Refused("Not authorized")
    return _accept(w, by, old, campaign)


def _accept(w: Write, by: Caller, old: Application, campaign: Campaign) -> Application:
    partner_id, link_id = old.partner_id, old.link_id
    if link_id is None:
        # A published campaign has a website.
        partner_id, link_id = partners.enrol(w, by, old.person, campaign.name, campaign.website or "")
    accepted = _decide(w, by, old, "accepted", partner_id=partner_id, link_id=link_id)
    telling.application(w, accepted, "ApplicationAccepted", creator=True)
    return accepted


def decline(w: Write, by: Caller, seq: int) -> Application:
    may_manage(by)
    declined = _decide(w, by, _undecided(w, by, seq), "declined")
    telling.application(w, declined, "ApplicationDeclined", creator=True)
    return declined


def withdraw(w: Write, by: Caller, seq: int) -> Application:
    """The creator leaves, unless a post of theirs is still under way."""
    old = store.of_person(w, identity.person_of(by), seq, lock=True)
    if old is None:
        raise Missing("")
    if old.status not in ("applied", "accepted"):
        raise Invalid("base", "Application has already been decided.")
    if submission_store.any_running(w, seq):
        raise Invalid("base", "Application cannot be withdrawn because of a submission under way.")
    store.change(w, seq, {"status": "withdrawn", "updated_at": clock.now()})
    withdrawn = _told(w, by, mine(w, by, seq), "withdrawn")
    telling.application(w, withdrawn, "ApplicationWithdrawn", creator=False)
    return withdrawn


def page(
    r: Read,
    by: Caller,
    campaign: int | None = None,
    status: str | None = None,
    *,
    offset: int = 0,
    limit: int = 20,
) -> tuple[list[Application], int]:
    """The organization's, of one campaign or in one status where named, and how many there are."""
    return store.page(
        r, organization=by.organization, campaign=campaign, status=status, offset=offset, limit=limit
    )


def find(r: Read, by: Caller, seq: int) -> Application:
    """One of the organization's."""
    found = store.find(r, by.organization, seq)
    if found is None:
        raise Missing("Not authorized")
    return found


def page_of_mine(r: Read, by: Caller, offset: int = 0, limit: int = 20) -> tuple[list[Application], int]:
    """The caller's own, and how many there are."""
    return store.page(r, person=identity.person_of(by), offset=offset, limit=limit)


def mine(r: Read, by: Caller, seq: int) -> Application:
    """One of the caller's own."""
    found = store.of_person(r, identity.person_of(by), seq)
    if found is None:
        raise Missing("")
    return found


def mine_to(r: Read, by: Caller, campaign: int) -> Application | None:
    """The caller's own to that campaign, if there is one."""
    return store.in_campaign(r, campaign, identity.person_of(by))


def links_of(r: Read, seqs: Sequence[int]) -> dict[int, str | None]:
    """The short links of applications by their numbers, whosever they are: for lists of what is about them."""
    return store.links_by_seqs(r, seqs)


def _undecided(w: Write, by: Caller, seq: int) -> Application:
    old = store.find(w, by.organization, seq, lock=True)
    if old is None:
        raise Missing("Not authorized")
    if old.status != "applied":
        raise Invalid("base", "Application has already been decided.")
    return old


def _decide(w: Write, by: Caller, old: Application, to: str, **more: Any) -> Application:
    now = clock.now()
    times = {"decided_at": now, "decided_by": by.person, "updated_at": now}
    store.change(w, old.seq, {"status": to, **more, **times})
    return _told(w, by, find(w, by, old.seq), to)


def _told(w: Write, by: Caller, of: Application, what: str) -> Application:
    about = {"campaign": sqid.text(of.campaign), "linkId": of.link_id}
    teller = by if by.organization == of.organization else identity.within(by, of.organization)
    w.announce(teller, f"application.{what}", "application", sqid.text(of.seq), about)
    return of
