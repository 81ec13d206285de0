"""/me/collab_submissions: the collabs that the caller takes part in, or would like to."""

from collections.abc import Callable
from typing import Any

from hyway.apis.hypemarket import asking, params
from hyway.apis.hypemarket.collab_shapes import CollabSubmission, out
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.params import Root, Sent
from hyway.apis.hypemarket.rails import Show, operation
from hyway.apis.hypemarket.style import READ, WRITE
from hyway.apis.kit.operations import Ask
from hyway.domain import creators
from hyway.domain.identity import Caller
from hyway.kernel import sqid
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid

_ALL = "/me/collab_submissions"
_ONE = _ALL + "/{id}"
SUBMISSION = Root(
    "collab_submission",
    collab_id=params.text("A published collab."),
    message=params.text("Why you would like to take part."),
)
CONTENT = Root("content", url=params.text("Where the organization can see it."), note=params.text())
POST = Root("post", url=params.text("A post of one of your verified accounts."))
SPARK_CODE = Root("spark_code", code=params.text(), days=params.whole("7, 30, 60 or 365."))
USAGE = Root("usage_rights", days=params.whole("For how many days more."))


def _out(ask: Ask, found: creators.collabs.showing.Shown) -> CollabSubmission:
    return out(ask, found, asking.url(ask, "me", "collab_submissions", sqid.text(found.submission.seq)))


@operation("GET", _ALL, scope=READ, query=PageQuery, gives=list[CollabSubmission])
async def page(ask: Ask, query: PageQuery) -> Page[CollabSubmission]:
    """List your submissions to collabs."""
    found = await asking.page(ask, query, _page)
    return found.each(lambda each: _out(ask, each))


def _page(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[creators.collabs.showing.Shown], int]:
    rows, total = creators.collabs.work.mine(r, by, offset, limit)
    return creators.collabs.showing.shown(r, by, rows), total


@operation("GET", _ONE, scope=READ, gives=CollabSubmission)
async def show(ask: Ask) -> Show:
    """Show one of your submissions to collabs."""
    found = await asking.read(ask, _find, asking.number(ask))
    return Show(_out(ask, found), found.submission.updated_at)


def _find(r: Read, by: Caller, seq: int) -> creators.collabs.showing.Shown:
    return creators.collabs.showing.shown(r, by, [creators.collabs.work.find_mine(r, by, seq)])[0]


@operation("POST", _ALL, scope=WRITE, takes=SUBMISSION, gives=CollabSubmission, status=201)
async def create(ask: Ask, sent: Sent) -> CollabSubmission:
    """Apply to a collab.

    Once for each collab.
    """
    return _out(ask, await asking.write(ask, _apply, sent.fields, sent=sent))


def _apply(w: Write, by: Caller, said: dict[str, Any]) -> creators.collabs.showing.Shown:
    collab = sqid.number(said.get("collab_id") or "")
    if collab is None:
        raise Invalid("collab", "must exist")
    return creators.collabs.showing.shown(
        w, by, [creators.collabs.work.apply(w, by, collab, said.get("message") or "")]
    )[0]


async def _done(
    ask: Ask, verb: Callable[..., creators.collabs.Submission], *args: Any, sent: Sent | None = None
) -> CollabSubmission:
    def step(w: Write, by: Caller, seq: int) -> creators.collabs.showing.Shown:
        creators.collabs.work.find_mine(w, by, seq)
        return creators.collabs.showing.shown(w, by, [verb(w, by, seq, *args)])[0]

    return _out(ask, await asking.write(ask, step, asking.number(ask), sent=sent))


@operation("POST", _ONE + "/withdraw", scope=WRITE, gives=CollabSubmission)
async def withdraw(ask: Ask) -> CollabSubmission:
    """Withdraw an application.

    Before anybody has decided.
    """
    return await _done(ask, creators.collabs.work.withdraw)


@operation("POST", _ONE + "/cancel", scope=WRITE, gives=CollabSubmission)
async def cancel(ask: Ask) -> CollabSubmission:
    """Leave a collab.

    Before a product was sent or content was shown.
    """
    return await _done(ask, creators.collabs.work.cancel)


@operation("POST", _ONE + "/receive", scope=WRITE, gives=CollabSubmission)
async def receive(ask: Ask) -> CollabSubmission:
    """Say that the product has arrived, and begin."""
    return await _done(ask, creators.collabs.making.receive)


@operation("POST", _ONE + "/submit_content", scope=WRITE, takes=CONTENT, gives=CollabSubmission)
async def submit_content(ask: Ask, sent: Sent) -> CollabSubmission:
    """Show the content to the organization.

    It has three business days to approve it or to ask for changes.
    """
    said = sent.fields
    return await _done(
        ask, creators.collabs.making.submit_content, said.get("url") or "", said.get("note") or "", sent=sent
    )


@operation("POST", _ONE + "/post", scope=WRITE, takes=POST, gives=CollabSubmission)
async def post(ask: Ask, sent: Sent) -> CollabSubmission:
    """Tell where the content was posted.

    On one of your verified accounts; on TikTok where a Spark code is wanted. A post counts once.
    """
    return await _done(ask, creators.collabs.making.post, sent.fields.get("url") or "", sent=sent)


@operation("POST", _ONE + "/spark_code", scope=WRITE, takes=SPARK_CODE, gives=CollabSubmission)
async def spark_code(ask: Ask, sent: Sent) -> CollabSubmission:
    """Give the Spark code of the post.

    With it the organization may advertise with the post, for as long as the code was made for.
    """
    said = sent.fields
    return await _done(
        ask, creators.collabs.making.give_spark_code, said.get("code") or "", said.get("days") or 0, sent=sent
    )


@operation("POST", _ONE + "/extend_usage", scope=WRITE, takes=USAGE, gives=CollabSubmission)
async def extend_usage(ask: Ask, sent: Sent) -> CollabSubmission:
    """Let the organization use the content for longer."""
    return await _done(ask, creators.collabs.making.extend_usage, sent.fields.get("days") or 0, sent=sent)


OPERATIONS = (
    page,
    show,
    create,
    withdraw,
    cancel,
    receive,
    submit_content,
    post,
    spark_code,
    extend_usage,
)
