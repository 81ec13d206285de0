"""Verbs of campaigns: from the draft to the end."""

from collections.abc import Mapping, Sequence
from typing import Any

from hyway.domain import files
from hyway.domain.creators import money
from hyway.domain.creators.campaigns import partners, rules, telling
from hyway.domain.creators.campaigns.records import Campaign, Status
from hyway.domain.creators.store import applications as application_store
from hyway.domain.creators.store import campaigns as store
from hyway.domain.creators.store import submissions as submission_store
from hyway.domain.identity import Caller
from hyway.kernel import clock, sqid
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid, Missing, Refused, Several

SETTLE = 72 * clock.HOUR
"""How long after the end what was posted may still be decided on; then the rest of the budget goes back."""


def page(r: Read, by: Caller, offset: int = 0, limit: int = 20) -> tuple[list[Campaign], int]:
    """The organization's, in the order they were made and without their briefs, and how many there are."""
    total = store.count(r, by.organization)
    return store.page(r, by.organization, offset, limit, total), total


def find(r: Read, by: Caller, seq: int) -> Campaign:
    """The organization's campaign with its brief; Missing if it has none such."""
    found = store.find(r, by.organization, seq)
    if found is None:
        raise Missing("Not authorized")
    return found


def any_of(r: Read, by: Caller) -> bool:
    """Whether the organization has a campaign."""
    return store.count(r, by.organization) > 0


def may_manage(by: Caller) -> None:
    """Only owners and admins change campaigns and decide about creators."""
    if by.role not in ("owner", "admin"):
        raise Refused("Not authorized")


def create(w: Write, by: Caller, fields: Mapping[str, Any]) -> Campaign:
    """A new draft; what is not mentioned is filled in as the form would. Several says all that is wrong.

    `banner` is the number of a kept file; the other fields are those of `rules.DEFAULTS`.
    """
    may_manage(by)
    now = clock.now()
    clean = rules.checked({**rules.DEFAULTS, **_known(fields)}, None, now, w.hosts)
    row = {**clean, "organization": by.organization, "status": "draft", "created_at": now, "updated_at": now}
    made = store.add(w, row)
    w.announce(by, "campaign.created", "campaign", sqid.text(made.seq), {"name": made.name})
    return made


def change(w: Write, by: Caller, seq: int, fields: Mapping[str, Any]) -> Campaign:
    """What is mentioned changes. Once published, what creators were promised is passed over in silence.

    Rule: the vendor's "financial fields are no longer accepted". A finished campaign is Refused.
    """
    may_manage(by)
    old = _held(w, by, seq)
    if old.status == "finished":
        raise Refused("Not authorized")
    said = _known(fields)
    if old.published_at is not None:
        said = {name: value for name, value in said.items() if name not in rules.FINANCIAL}
    elif "currency" in said and money.any_fundings(w, "campaign", seq):
        del said["currency"]
    clean = rules.checked(said, old, clock.now(), w.hosts)
    new = {name: value for name, value in clean.items() if value != getattr(old, name)}
    if not new:
        return old
    store.change(w, seq, {**new, "updated_at": clock.now()})
    changed = find(w, by, seq)
    if changed.published_at is not None and (missed := rules.told(changed)):
        raise Several(missed)
    _follow(w, by, old, changed)
    w.announce(by, "campaign.changed", "campaign", sqid.text(seq), {"changed": sorted(new)})
    return changed


def _known(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name in rules.DEFAULTS}


def _follow(w: Write, by: Caller, old: Campaign, new: Campaign) -> None:
    """What hangs on a field follows it: the old picture goes, creators' links lead to the new website."""
    if old.banner is not None and old.banner != new.banner:
        files.drop(w, old.banner)
    if new.website and new.website != old.website:
        partners.lead(w, by, application_store.links_of(w, new.seq), new.website)


def drop(w: Write, by: Caller, seq: int) -> None:
    """A draft without money goes: Refused once published, Invalid where it was funded."""
    may_manage(by)
    old = _held(w, by, seq)
    if old.status != "draft":
        raise Refused("Not authorized")
    if money.any_fundings(w, "campaign", seq):
        raise Invalid("base", "Cannot delete record because dependent fundings exist")
    store.drop(w, by.organization, seq)
    if old.banner is not None:
        files.drop(w, old.banner)
    w.announce(by, "campaign.deleted", "campaign", sqid.text(seq), {"name": old.name})


def publish(w: Write, by: Caller, seq: int) -> Campaign:
    """From the draft to the board, if creators are told all they must know and the budget bears one post."""
    may_manage(by)
    old, now = _in(_held(w, by, seq), "draft", text="Campaign has already been published."), clock.now()
    rules.publishable(old, now)
    published = _move(w, by, old, "active", "published", published_at=now)
    telling.published(w, by, published)
    return published


def pause(w: Write, by: Caller, seq: int) -> Campaign:
    """No new posts; those that were approved go on earning."""
    may_manage(by)
    old = _in(_held(w, by, seq), "active", text="Campaign is not active.")
    return _move(w, by, old, "paused", "paused", paused_at=clock.now())


def resume(w: Write, by: Caller, seq: int) -> Campaign:
    may_manage(by)
    old = _in(_held(w, by, seq), "paused", text="Campaign is not paused.")
    if old.unused_amount <= 0:
        raise Invalid("base", "Unused budget must be at least {least} to resume.", least=1)
    return _move(w, by, old, "active", "resumed", paused_at=None)


def finish(w: Write, by: Caller, seq: int) -> Campaign:
    """The end: no new posts, views are frozen; what is left of the budget goes back 72 hours later."""
    may_manage(by)
    return end(w, by, _in(_held(w, by, seq), "active", "paused", text="Campaign is not running."), "by_hand")


def end(w: Write, by: Caller, old: Campaign, why: str) -> Campaign:
    """Finishes a running campaign that is held; `why` is `by_hand`, `time` or `budget`."""
    now = clock.now()
    submission_store.end_windows(w, old.seq, now)
    finished = _move(w, by, old, "finished", "finished", {"why": why}, finished_at=now)
    telling.finished(w, by, finished, why)
    return finished


def _held(w: Write, by: Caller, seq: int) -> Campaign:
    """The organization's campaign, which nobody else changes before the commit."""
    found = store.locked(w, seq)
    if found is None or found.organization != by.organization:
        raise Missing("Not authorized")
    return found


def _in(of: Campaign, *statuses: Status, text: str) -> Campaign:
    if of.status == "finished":
        raise Refused("Not authorized")
    if of.status not in statuses:
        raise Invalid("base", text)
    return of


def _move(
    w: Write, by: Caller, old: Campaign, to: Status, verb: str, data: dict[str, Any] | None = None, **at: Any
) -> Campaign:
    now: Instant = clock.now()
    store.move(w, old.seq, [old.status], {"status": to, **at, "updated_at": now})
    w.announce(by, f"campaign.{verb}", "campaign", sqid.text(old.seq), {"name": old.name, **(data or {})})
    return find(w, by, old.seq)


def ones(r: Read, by: Caller, seqs: Sequence[int]) -> list[Campaign]:
    """Those of the organization among the numbers, without their briefs."""
    return store.ones(r, by.organization, seqs)
