"""What a person was told, what reaches them, who invites them, and their letters."""

from typing import Any

from litestar import Response, get, post
from litestar.enums import MediaType

from hyway.console.market import words
from hyway.console.market.stay import Mine, home_of
from hyway.console.visit import Page
from hyway.domain import identity, notices
from hyway.domain.identity import Caller
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

_SETTINGS = "/me/notification_settings"


@get("/me/notifications")
async def index(visit: Mine) -> Page:
    """To look at them is to have seen them."""
    rows, at = await visit.turned(notices.inbox)
    if rows and any(each.seen_at is None for each in rows):
        await visit.write(notices.mark_inbox_seen, rows[0].seq)
    return visit.page("market/inbox.html", rows=rows, at=at)


@post("/me/notifications/{entry:str}/open")
async def read(visit: Mine) -> Page:
    """On to what it is about; from now on it counts as read."""
    told = await visit.write(notices.mark_read, visit.number("entry"))
    return visit.go(told.link or "/me/notifications")


def _settings(r: Read, by: Caller) -> tuple[notices.Preferences, str]:
    return notices.preferences(r, by), notices.push_key(r)


@get(_SETTINGS)
async def settings(visit: Mine) -> Page:
    preferences, key = await visit.read(_settings)
    return visit.page("market/settings.html", preferences=preferences, key=key)


@post(_SETTINGS)
async def prefer(visit: Mine) -> Page:
    sent = visit.sent
    await visit.write(notices.prefer, push=sent.ticked("push"), mail=sent.ticked("mail"))
    return visit.go(_SETTINGS, "Saved.")


@post(_SETTINGS + "/subscribe")
async def subscribe(visit: Mine) -> Response[str]:
    """A browser says where it can be woken; its script asks, so the answer is short."""
    sent = visit.sent
    agent = visit.request.headers.get("user-agent", "")
    try:
        await visit.write(
            notices.subscribe, sent.text("endpoint"), sent.text("p256dh"), sent.text("auth"), agent
        )
    except Invalid as fault:
        return Response(words.told(fault), status_code=422, media_type=MediaType.TEXT)
    return Response("", status_code=204, media_type=MediaType.TEXT)


@post(_SETTINGS + "/unsubscribe")
async def unsubscribe(visit: Mine) -> Response[str]:
    await visit.write(notices.unsubscribe, visit.sent.text("endpoint"))
    return Response("", status_code=204, media_type=MediaType.TEXT)


@get("/me/invitations")
async def invitations(visit: Mine) -> Page:
    rows, at = await visit.turned(identity.joining.my_invitations)
    return visit.page("market/invitations.html", rows=rows, at=at)


@post("/me/invitations/{entry:str}/accept")
async def accept(visit: Mine) -> Page:
    found = await visit.write(identity.joining.accept, visit.number("entry"))
    return visit.go(home_of(found.organization.seq), f"You belong to {found.organization.name} now.")


@post("/me/invitations/{entry:str}/decline")
async def decline(visit: Mine) -> Page:
    await visit.write(identity.joining.decline, visit.number("entry"))
    return visit.go("/me/invitations", "Turned down.")


def _letters(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[notices.Mail], int]:
    return notices.mailbox(r, by, offset, limit)


@get("/mailbox")
async def mailbox(visit: Mine) -> Page:
    """A person's own letters, sent or not: where no mail can be sent, this is where they are read."""
    rows, at = await visit.turned(_letters)
    return visit.page("market/mailbox.html", rows=rows, at=at)


ROUTES: list[Any] = [
    index,
    read,
    settings,
    prefer,
    subscribe,
    unsubscribe,
    invitations,
    accept,
    decline,
    mailbox,
]
