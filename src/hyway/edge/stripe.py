"""`/hooks/stripe`: events of Stripe, as bare ASGI; the signature over the raw body is the permission."""

import logging
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from hyway.domain import billing, creators
from hyway.edge.http import Receive, Send, answer, body
from hyway.edge.pages import Headers
from hyway.kernel import clock
from hyway.kernel.db import Database, Write

log = logging.getLogger(__name__)
_MOST = 1_000_000
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)
_KEY = re.compile(r"[a-z]{2}_(live|test)_")
_TEXT: Headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]


class Stripe:
    """Answers 200 once an event's consequences are durable; anything else makes Stripe send it again."""

    def __init__(self, db: Database, secret: str, address: str) -> None:
        """`address` is the account's at Stripe, with its key: `https://KEY@api.stripe.com`."""
        self._db, self._secret = db, secret
        self._is_live = is_live(unquote(urlsplit(address).username or ""))

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
        if not _concerns(event, self._is_live):
            log.warning("an event of another account of Stripe's, or of its other mode, was passed over")
            return await answer(send, 200, _TEXT, b"Not ours.\n")
        try:
            await self._db.write(_hear, event)
        except Exception:
            log.exception("an event of Stripe's was not taken in; it will come again")
            return await answer(send, 503, _TEXT, b"Later, please.\n")
        await answer(send, 200, _TEXT, b"Heard.\n")


def is_live(key: str) -> bool | None:
    """Whether a key is one for money that is real; None where it does not tell."""
    found = _KEY.match(key)
    return found[1] == "live" if found else None


def _concerns(event: Mapping[str, Any], live: bool | None) -> bool:
    """Whether it speaks of our account in our mode. Who is connected with us makes customers, invoices and pages under
    names of their own choice, so of such accounts only how they themselves stand is heard; and nothing of the mode in
    which money is play, or of a shape that no event has."""
    id, kind, data = event.get("id"), event.get("type"), event.get("data")
    if not isinstance(id, str) or not _ID.fullmatch(id) or not isinstance(kind, str):
        return False
    about = data.get("object") if isinstance(data, Mapping) else None
    if not isinstance(about, Mapping) or (live is not None and event.get("livemode", live) is not live):
        return False
    theirs = event.get("account") or event.get("context")
    return not theirs or (kind == "account.updated" and about.get("id") == theirs)


def _hear(w: Write, event: dict[str, Any]) -> None:
    """Each kind of event is one's alone: what campaigns' money does, or what accounts owe."""
    creators.money.hear_stripe(w, event)
    billing.hooks.hear(w, event)
