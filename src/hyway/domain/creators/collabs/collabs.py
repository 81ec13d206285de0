"""Verbs of collabs: an organization's briefs, from the draft to the board."""

from collections.abc import Mapping
from typing import Any

from hyway.domain import files, identity
from hyway.domain.creators import money
from hyway.domain.creators.campaigns import partners
from hyway.domain.creators.collabs import rules, telling
from hyway.domain.creators.collabs.records import Collab
from hyway.domain.creators.store import collab_work as work_store
from hyway.domain.creators.store import collabs as store
from hyway.domain.identity import Caller
from hyway.kernel import clock, sqid
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Invalid, Missing, Refused

REVIEW = "collab_review"
"""The name, among the operator's terms, of whether the server's owner looks at collabs before creators do: 0 or 1."""


def page(r: Read, by: Caller, offset: int = 0, limit: int = 20) -> tuple[list[Collab], int]:
    """The organization's, in the order in which they were made, and how many there are."""
    return store.page(r, by.organization, offset, limit)


def find(r: Read, by: Caller, seq: int) -> Collab:
    """The organization's own; Missing for any other."""
    return _known(store.find(r, by.organization, seq))


def named(r: Read, seqs: set[int]) -> dict[int, Collab]:
    """Collabs by their numbers, whosever they are: for lists of what is about them."""
    return store.named(r, seqs)


def create(w: Write, by: Caller, fields: Mapping[str, Any]) -> Collab:
    """A new draft; what is not mentioned takes the defaults. Several says what is wrong, in the order of the fields.

    `banner` is the number of a kept file; the other fields are those of `rules.DEFAULTS`.
    """
    may_change(by)
    row = {"banner": None, **rules.columns({**rules.DEFAULTS, **fields}, w.hosts)}
    now = clock.now()
    row |= {"organization": by.organization, "state": "draft", "created_at": now, "updated_at": now}
    made = store.add(w, row)
    w.announce(by, "collab.created", "collab", sqid.text(made.seq), {"name": made.name})
    return made


def change(w: Write, by: Caller, seq: int, fields: Mapping[str, Any]) -> Collab:
    """What was mentioned changes.

    What creators may have seen stays complete, what they applied for gets no worse, and the currency stays once there
    is money in it.
    """
    may_change(by)
    old = _known(store.locked(w, by.organization, seq))
    found = rules.columns(fields, w.hosts)
    values = {name: value for name, value in found.items() if value != _stored(old, name)}
    if not values:
        return old
    if old.state != "draft":
        rules.showable({**{name: getattr(old, name) for name in rules.NEEDED}, **values})
    if "currency" in values and money.any_fundings(w, "collab", seq):
        raise Invalid("currency", "can't be changed once the collab is funded")
    if old.submissions_count:
        rules.not_worse(old, values)
    new = store.change(w, by.organization, seq, clock.now(), values)
    _follow(w, by, old, new)
    w.announce(by, "collab.changed", "collab", sqid.text(seq), {"changed": sorted(values)})
    return new


def _follow(w: Write, by: Caller, old: Collab, new: Collab) -> None:
    """What hangs on a field follows it: the old picture goes, creators' links lead to the new website."""
    if old.banner is not None and old.banner != new.banner:
        files.drop(w, old.banner)
    if new.website and new.website != old.website:
        partners.lead(w, by, work_store.links_of(w, new.seq), new.website)


def _stored(of: Collab, name: str) -> Any:
    value = getattr(of, name)
    return " ".join(value) if name == "countries" else int(value) if isinstance(value, bool) else value


def drop(w: Write, by: Caller, seq: int) -> None:
    """The draft is gone. Refused for one that is a draft no more, Invalid where somebody applied or money came."""
    may_change(by)
    old = _known(store.locked(w, by.organization, seq))
    if old.state != "draft":
        raise Refused("Not authorized")
    if old.submissions_count:
        raise Invalid("base", "Cannot delete record because dependent submissions exist")
    if money.any_fundings(w, "collab", seq):
        raise Invalid("base", "Cannot delete record because dependent fundings exist")
    try:
        with w.attempt():
            store.drop(w, by.organization, seq)
    except Conflict:  # somebody applied once and withdrew
        raise Invalid("base", "Cannot delete record because dependent submissions exist") from None
    if old.banner is not None:
        files.drop(w, old.banner)
    w.announce(by, "collab.deleted", "collab", sqid.text(seq), {"name": old.name})


def submit(w: Write, by: Caller, seq: int) -> Collab:
    """For review; published at once unless the server's owner wants to look at collabs first."""
    may_change(by)
    old = _in_state(w, by, seq, "draft")
    rules.showable(old)
    submitted = _move(w, by, old, "submitted_for_review", "collab.submitted")
    return submitted if w.terms.get(REVIEW, 0) else _publish(w, identity.as_system(by), submitted)


def withdraw(w: Write, by: Caller, seq: int) -> Collab:
    """Back to a draft, before anybody has let it be published."""
    may_change(by)
    return _move(w, by, _in_state(w, by, seq, "submitted_for_review"), "draft", "collab.withdrawn")


def approve(w: Write, by: Caller, seq: int) -> Collab:
    """The server's owner lets it be published."""
    _is_staff(by)
    return _publish(w, by, _in_state(w, by, seq, "submitted_for_review"))


def reject(w: Write, by: Caller, seq: int, reason: str = "") -> Collab:
    """The server's owner gives it back as a draft; the organization's admins are told why."""
    _is_staff(by)
    back = _move(
        w, by, _in_state(w, by, seq, "submitted_for_review"), "draft", "collab.rejected", reason=reason
    )
    telling.rejected(w, back, reason)
    return back


def to_review(r: Read, most: int = 200) -> list[Collab]:
    """Those of every organization that wait for the server's owner, oldest first."""
    return store.by_state(r, "submitted_for_review", most)


def pause(w: Write, by: Caller, seq: int) -> Collab:
    """Nobody can apply any more; who was accepted goes on."""
    may_change(by)
    return _move(w, by, _in_state(w, by, seq, "published"), "paused", "collab.paused")


def unpause(w: Write, by: Caller, seq: int) -> Collab:
    """Creators can apply again; when it was first published stays."""
    may_change(by)
    return _publish(w, by, _in_state(w, by, seq, "paused"), "collab.unpaused")


def may_change(by: Caller) -> None:
    """Refused but to an organization's owner and admins, and the server's own command."""
    if by.role not in ("owner", "admin"):
        raise Refused("Not authorized")


def _is_staff(by: Caller) -> None:
    if by.actor_kind != "system":
        raise Refused("Not authorized")


def _publish(w: Write, by: Caller, of: Collab, action: str = "collab.published") -> Collab:
    shown = store.publish(w, of.organization, of.seq, clock.now())
    w.announce(by, action, "collab", sqid.text(of.seq), {"name": of.name})
    if action == "collab.published":
        telling.published(w, shown)
    return shown


def _move(w: Write, by: Caller, of: Collab, state: str, action: str, **told: str) -> Collab:
    moved = store.change(w, of.organization, of.seq, clock.now(), {"state": state})
    w.announce(by, action, "collab", sqid.text(of.seq), {"name": of.name, **told})
    return moved


def _in_state(w: Write, by: Caller, seq: int, state: str) -> Collab:
    """The organization's own in that state, locked; Invalid for one in another."""
    found = _known(store.locked(w, by.organization, seq))
    if found.state != state:
        raise Invalid("base", "Collab is {was}, not {wanted}", was=_said(found.state), wanted=_said(state))
    return found


def _said(state: str) -> str:
    return state.replace("_", " ")


def _known(found: Collab | None) -> Collab:
    if found is None:
        raise Missing("Not authorized")
    return found
