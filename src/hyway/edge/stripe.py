"""`/hooks/stripe`: events of Stripe, as bare ASGI; the signature over the raw body is the permission."""

import logging
from typing import Any

from hyway.domain import billing, creators
from hyway.edge.http import Receive, Send, answer, body
from hyway.edge.pages import Headers
from hyway.kernel import clock
from hyway.kernel.db import Database, Write

log = logging.getLogger(__name__)
_MOST = 1_000_000
_TEXT: Headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]


class Stripe:
    """Answers 200 once an event's consequences are durable; anything else makes Stripe send it again."""

    def __init__(self, db: Database, secret: str) -> None:
        self._db, self._secret = db, secret

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        sent = await body(receive, _MOST)
        if scope["path"] != "/hooks/stripe":
            return await answer(send, 404, _TEXT, b"There is nothing here.\n")
        if scope["method"] != "POST":
            return await answer(send, 405, [*_TEXT, (b"allow", b"POST")], b"Only POST.\n")
        if sent is None:
            return await answer(send, 413, _TEXT, b"Too long.\n")
        signature = dict(scope["headers"]).get(b"stripe-signature", b"").decode("latin-1")
        event = creators.money.stripe_event(sent, signature, self._secret, clock.now())
        if event is None:
            return await answer(send, 400, _TEXT, b"No event signed for this server, or an old one.\n")
        try:
            await self._db.write(_hear, event)
        except Exception:
            log.exception("an event of Stripe's was not taken in; it will come again")
            return await answer(send, 503, _TEXT, b"Later, please.\n")
        await answer(send, 200, _TEXT, b"Heard.\n")


def _hear(w: Write, event: dict[str, Any]) -> None:
    """Each kind of event is one's alone: what campaigns' money does, or what accounts owe."""
    creators.money.hear_stripe(w, event)
    billing.hooks.hear(w, event)
