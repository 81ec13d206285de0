"""Samples on their way to creators: by a carrier, or by the organization's own people, who are followed on the map."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from hyway.domain import tracking
from hyway.domain.creators.collabs import steps, telling
from hyway.domain.creators.collabs.making import delivered
from hyway.domain.creators.collabs.records import Address, Collab, Shipment, Submission
from hyway.domain.creators.collabs.work import address_of, ours, step
from hyway.domain.creators.store import collab_work as store
from hyway.domain.creators.store import collabs as collab_store
from hyway.domain.identity import Caller
from hyway.kernel import clock, sqid
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid, Several

_LONGEST: Final = 255


def ship(w: Write, by: Caller, seq: int, shipment: Shipment) -> Submission:
    """A carrier has it. Several where it is not said who, or under which number."""
    of, collab = ours(w, by, seq)
    steps.check(of.status, "shipped")
    values = _checked(shipment)
    gone = step(w, by, of, "shipped", shipped_at=clock.now(), **values)
    telling.creator(w, gone, collab, "SubmissionShipped", carrier=shipment.carrier.strip())
    return gone


def _checked(said: Shipment) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    wrong: list[Invalid] = []
    for name, rule in _RULES.items():
        try:
            values[name] = rule(name, getattr(said, name))
        except Invalid as fault:
            wrong.append(fault)
    if wrong:
        raise Several(wrong)
    return values


def _named(field: str, value: str | None) -> str:
    return steps.words(field, value, _LONGEST)


def _link(field: str, value: str | None) -> str | None:
    return steps.web_address(field, value) if value else None


_RULES: Final[dict[str, Callable[[str, str | None], str | None]]] = {
    "carrier": _named,
    "tracking_number": _named,
    "tracking_url": _link,
}


def send_own(w: Write, by: Caller, seq: int, user_id: str | None = None) -> Submission:
    """One of the organization's own people brings it: a delivery to the creator's address, for a tracked user.

    Nobody has it yet where no user is named. The creator follows it on the map, and when it is completed the product
    is delivered. Invalid for a user that there is not.
    """
    of, collab = ours(w, by, seq)
    steps.check(of.status, "shipped")
    where = address_of(w, of)
    if where is None:
        raise Invalid("base", "The creator's address is not known")
    made = _action(w, by, of, collab, where, user_id)
    gone = step(
        w, by, of, "shipped",
        shipped_at=clock.now(),
        action_id=made.id,
        tracking_url=f"{w.home}/track/{made.short_code}",
    )  # fmt: skip
    telling.creator(w, gone, collab, "SubmissionShipped", carrier="their own people")
    return gone


def _action(
    w: Write, by: Caller, of: Submission, collab: Collab, where: Address, user_id: str | None
) -> tracking.Action:
    id = sqid.text(of.seq)
    wish: dict[str, Any] = {"user_id": user_id} if user_id else {}
    try:
        made = tracking.actions.create(
            w,
            by,
            tracking.ActionWish(
                type="delivery",
                expected_place=_place(where, telling.name_of(w, of.person)),
                collection_id=f"collab:{sqid.text(collab.seq)}",
                unique_id=f"collab_submission:{id}",
                metadata={"collab": collab.name, "collab_submission": id},
                **wish,
            ),
        )
    except Invalid as fault:
        if fault.field != "user_id":
            raise
        raise Invalid("user", "must exist") from None
    return made.action


def _place(where: Address, name: str) -> dict[str, Any]:
    """The address as a place: on one line, and in its parts."""
    line = " ".join(part for part in (where.state, where.postal_code) if part)
    parts = (where.address_one, where.address_two, where.city, line, where.country_code)
    return {
        "name": name[:_LONGEST],
        "address": ", ".join(part for part in parts if part),
        "city": where.city[:_LONGEST],
        "state": where.state[:_LONGEST],
        "zip_code": where.postal_code[:32],
        "country": where.country_code,
    }


def completed(w: Write, by: Caller, action_ids: Sequence[str]) -> None:
    """Deliveries are done: what they brought is delivered."""
    for seq in store.by_actions(w, action_ids):
        of = store.locked(w, seq)
        collab = collab_store.anyones(w, of.collab) if of else None
        if of is not None and collab is not None and of.status == "shipped":
            delivered(w, by, of, collab)
