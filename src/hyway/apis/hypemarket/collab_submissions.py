"""/organizations/:id/collabs/:id/submissions: what the organization does about those who applied to a collab."""

from collections.abc import Callable
from typing import Annotated, Any, get_args

from msgspec import Meta

from hyway.apis.hypemarket import asking, params
from hyway.apis.hypemarket.collab_shapes import CollabSubmission, Status, out
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.params import Root, Sent
from hyway.apis.hypemarket.rails import Show, operation
from hyway.apis.hypemarket.style import READ, WRITE
from hyway.apis.kit.operations import Ask
from hyway.domain import creators
from hyway.domain.identity import Caller
from hyway.kernel import sqid
from hyway.kernel.db import Read, Write

_ALL = "/organizations/{organization_id}/collabs/{collab_id}/submissions"
_ONE = _ALL + "/{id}"
SHIPMENT = Root(
    "shipment",
    carrier=params.text("Who brings the product."),
    tracking_number=params.text(),
    tracking_url=params.text("Where the creator can follow it."),
    own=params.flag("The organization's own people bring it: a delivery on the map, and a `tracking_url`."),
    user_id=params.text(
        "The tracked user who brings it then; whoever is given the delivery later, without one."
    ),
)
REVISION = Root("revision", note=params.text("What is to be changed."))


def _out(ask: Ask, found: creators.collabs.showing.Shown) -> CollabSubmission:
    of = found.submission
    steps = (sqid.text(of.organization), "collabs", sqid.text(of.collab), "submissions", sqid.text(of.seq))
    return out(ask, found, asking.url(ask, "organizations", *steps))


class Query(PageQuery, kw_only=True):
    status: Annotated[
        str | None, Meta(description="Those of these statuses alone, with commas between them.")
    ] = None


@operation("GET", _ALL, scope=READ, query=Query, gives=list[CollabSubmission])
async def page(ask: Ask, query: Query) -> Page[CollabSubmission]:
    """List submissions to a collab.

    In the order in which creators applied.
    """
    wanted = tuple(query.status.split(",")) if query.status else ()
    known = tuple(each for each in wanted if each in get_args(Status)) or (("none",) if wanted else ())
    found = await asking.page(ask, query, _page, asking.number(ask, "collab_id"), known)
    return found.each(lambda each: _out(ask, each))


def _page(
    r: Read, by: Caller, collab: int, statuses: tuple[Any, ...], offset: int, limit: int
) -> tuple[list[creators.collabs.showing.Shown], int]:
    creators.collabs.find(r, by, collab)
    rows, total = creators.collabs.work.page(r, by, offset, limit, collab=collab, statuses=statuses)
    return creators.collabs.showing.shown(r, by, rows), total


@operation("GET", _ONE, scope=READ, gives=CollabSubmission)
async def show(ask: Ask) -> Show:
    """Show a submission to a collab.

    With the creator's address for admins, from acceptance until the product has arrived.
    """
    found = await asking.read(ask, _find, asking.number(ask, "collab_id"), asking.number(ask))
    return Show(_out(ask, found), found.submission.updated_at)


def _find(r: Read, by: Caller, collab: int, seq: int) -> creators.collabs.showing.Shown:
    return creators.collabs.showing.shown(r, by, [creators.collabs.work.find(r, by, seq, collab)])[0]


async def _done(
    ask: Ask, verb: Callable[..., creators.collabs.Submission], *args: Any, sent: Sent | None = None
) -> CollabSubmission:
    def step(w: Write, by: Caller, collab: int, seq: int) -> creators.collabs.showing.Shown:
        creators.collabs.work.find(w, by, seq, collab)
        return creators.collabs.showing.shown(w, by, [verb(w, by, seq, *args)])[0]

    numbers = asking.number(ask, "collab_id"), asking.number(ask)
    return _out(ask, await asking.write(ask, step, *numbers, sent=sent))


@operation("POST", _ONE + "/accept", scope=WRITE, gives=CollabSubmission)
async def accept(ask: Ask) -> CollabSubmission:
    """Accept a creator.

    The creator gets a tracked link of their own, and the reward is set aside; 422 where the budget does not bear it.
    """
    return await _done(ask, creators.collabs.work.accept)


@operation("POST", _ONE + "/decline", scope=WRITE, gives=CollabSubmission)
async def decline(ask: Ask) -> CollabSubmission:
    """Decline a creator."""
    return await _done(ask, creators.collabs.work.decline)


@operation("POST", _ONE + "/cancel", scope=WRITE, gives=CollabSubmission)
async def cancel(ask: Ask) -> CollabSubmission:
    """Cancel a submission.

    Before a product was sent or content was shown; the reward goes back to the budget.
    """
    return await _done(ask, creators.collabs.work.cancel)


@operation("POST", _ONE + "/ship", scope=WRITE, takes=SHIPMENT, gives=CollabSubmission)
async def ship(ask: Ask, sent: Sent) -> CollabSubmission:
    """Send the product.

    With a carrier, or by the organization's own people, whom the creator follows on the map.
    """
    said = sent.fields
    if said.get("own"):
        return await _done(ask, creators.collabs.shipping.send_own, said.get("user_id"), sent=sent)
    shipment = creators.collabs.Shipment(
        said.get("carrier") or "", said.get("tracking_number") or "", said.get("tracking_url")
    )
    return await _done(ask, creators.collabs.shipping.ship, shipment, sent=sent)


@operation("POST", _ONE + "/deliver", scope=WRITE, gives=CollabSubmission)
async def deliver(ask: Ask) -> CollabSubmission:
    """Say that the product has arrived.

    A delivery by the organization's own people says so by itself.
    """
    return await _done(ask, creators.collabs.making.deliver)


@operation("POST", _ONE + "/request_revision", scope=WRITE, takes=REVISION, gives=CollabSubmission)
async def request_revision(ask: Ask, sent: Sent) -> CollabSubmission:
    """Ask for changes to the content.

    Twice at most; the creator has 48 hours.
    """
    return await _done(
        ask, creators.collabs.making.request_revision, sent.fields.get("note") or "", sent=sent
    )


@operation("POST", _ONE + "/approve_content", scope=WRITE, gives=CollabSubmission)
async def approve_content(ask: Ask) -> CollabSubmission:
    """Approve the content.

    The organization may use it from then on, for the collab's term. After three business days it is approved anyway.
    """
    return await _done(ask, creators.collabs.making.approve_content)


@operation("POST", _ONE + "/complete", scope=WRITE, gives=CollabSubmission)
async def complete(ask: Ask) -> CollabSubmission:
    """Complete a submission.

    All that was agreed is there; the reward is held for three days, then owed.
    """
    return await _done(ask, creators.collabs.making.complete)


@operation("POST", _ONE + "/reverse", scope=WRITE, gives=CollabSubmission)
async def reverse(ask: Ask) -> CollabSubmission:
    """End a submission whose content never came.

    Once the content is fourteen days late; what was set aside for the creator goes back to the budget.
    """
    return await _done(ask, creators.collabs.ending.reverse)


OPERATIONS = (
    page,
    show,
    accept,
    decline,
    cancel,
    ship,
    deliver,
    request_revision,
    approve_content,
    complete,
    reverse,
)
