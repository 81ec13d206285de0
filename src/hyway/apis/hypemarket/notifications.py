"""/me/notifications: what the user was told, newest first; reading it here marks nothing."""

from typing import Any

from msgspec import Struct

from hyway.apis.hypemarket import asking
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.rails import operation
from hyway.apis.hypemarket.style import READ
from hyway.apis.kit.operations import Ask
from hyway.domain import notices
from hyway.kernel import sqid


class Notification(Struct):
    id: str
    type: str
    params: dict[str, Any]
    record_type: str | None
    record_id: str | None
    seen_at: str | None
    read_at: str | None
    created_at: str


def out(of: notices.Notification) -> Notification:
    return Notification(
        id=sqid.text(of.seq),
        type=of.type,
        params=dict(of.params),
        record_type=of.record_type,
        record_id=None if of.record is None else sqid.text(of.record),
        seen_at=asking.maybe_at(of.seen_at),
        read_at=asking.maybe_at(of.read_at),
        created_at=asking.at(of.created_at),
    )


@operation("GET", "/me/notifications", scope=READ, query=PageQuery, gives=list[Notification])
async def page(ask: Ask, query: PageQuery) -> Page[Notification]:
    """List notifications.

    Newest first, without the messages of chats. Nothing is marked as seen or read.
    """
    return (await asking.page(ask, query, notices.inbox)).each(out)


OPERATIONS = (page,)
