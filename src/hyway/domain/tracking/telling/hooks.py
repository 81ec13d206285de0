"""Webhooks in the vendor's manner: the event as it is listed, one POST for each, in order for each user.

Its pages name no signature and no schedule of retries: the signature is Hyway's own, in a header of its own name.
"""

import json
from collections.abc import Sequence

from hyway.domain import webhooks
from hyway.domain.tracking.records import Account
from hyway.domain.tracking.store import accounts, events, live
from hyway.domain.tracking.telling import kinds
from hyway.domain.tracking.telling.wire import Body
from hyway.kernel.clock import DAY, HOUR, MINUTE, SECOND, Instant
from hyway.kernel.db import Database, Write

MANNER = "hypertrack"
_AT_ONCE = 5_000


def headers(secret: str, delivery: str, event: str, sent: bytes, seconds: int) -> dict[str, str]:
    """`X-HyperTrack-Signature: t=…,v1=…`, HMAC-SHA256 over `t.body` as of Hyway's other webhooks."""
    said = webhooks.HYWAY.headers(secret, delivery, event, sent, seconds)
    return {
        "Content-Type": "application/json",
        "User-Agent": said["User-Agent"],
        "X-HyperTrack-Signature": said["Hyway-Signature"],
        "X-HyperTrack-Event": event,
        "X-HyperTrack-Delivery": delivery,
    }


def _arrived(w: Write, organization: int, subject: str, at: Instant) -> None:
    account, _, event = subject.partition(":")
    found = accounts.by_seq(w, int(account))
    if found.organization == organization:
        events.delivered(w, found.seq, event, at)


webhooks.register(
    webhooks.Manner(
        name=MANNER,
        events=kinds.ALL,
        headers=headers,
        backoff=(10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR),
        patience=3 * DAY,
        tail=True,
        acknowledged=_arrived,
    )
)


def takers(w: Write, account: Account) -> list[webhooks.Taker]:
    """The account's endpoints that are switched on."""
    return webhooks.takers(w, account.organization, MANNER, account.environment)


def post(w: Write, account: Account, to: Sequence[webhooks.Taker], user_seq: int, body: Body) -> None:
    """Queues an event, as it is listed, for those who want its type and whose group, if any, holds the user."""
    wanting = [taker for taker in to if taker.wants(str(body["type"]))]
    above = live.above_user(w, account.seq, user_seq) if any(taker.group for taker in wanting) else ()
    for taker in wanting:
        if taker.group is None or taker.group in above:
            webhooks.send(w, account.organization, taker.seq, _parcel(account, taker, user_seq, body))


def _parcel(account: Account, taker: webhooks.Taker, user_seq: int, body: Body) -> webhooks.Parcel:
    content = {"text": _sentence(body)} if taker.kind == "slack" else body
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    subject = f"{account.seq}:{body['id']}"
    return webhooks.Parcel(str(body["type"]), text, lane=_lane(user_seq), subject=subject)


def _lane(user_seq: int) -> str:
    return f"user:{user_seq}"


def forget(db: Database, organization: int, user_seq: int) -> None:
    """Forgets what was sent of a user, who is in all of it."""
    after: int | None = 0
    while after is not None:
        after = db.write_now(webhooks.forget, organization, _lane(user_seq), after, _AT_ONCE)


def _sentence(body: Body) -> str:
    """What a chat shows of an event."""
    data = body["data"]
    about = data.get("object") or {} if isinstance(data, dict) else {}
    user = about.get("user") or about
    who = user.get("name") or body["user_id"]
    line = f"{who}: {str(body['type']).replace('.', ' ').replace('_', ' ')} at {body['recorded_at']}"
    return f"{line} {about['tracking_url']}" if about.get("tracking_url") else line
