"""/api/v1/webhooks/: who is told of events, and what was delivered."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hypertrack.fields import Flag, Uuid, Words, given
from hyway.apis.hypertrack.inputs import operation
from hyway.apis.hypertrack.lists import ListQuery, PageOut, shown, wanted
from hyway.apis.hypertrack.style import SECRET
from hyway.apis.kit.operations import Ask, Reply
from hyway.domain import tracking
from hyway.domain.webhooks import Delivery, Endpoint

_ALL = ("*",)


class WebhookOut(Struct):
    """`secret` signs what is sent; it is shown when the webhook is made, and null afterwards."""

    id: str
    account: str
    url: str
    type: str
    has_allowed_all: bool
    group_id: str | None
    allowed_events: list[str]
    is_enabled: bool
    secret: str | None
    created_at: str


class _Webhook(Struct, kw_only=True):
    type: Literal["web", "slack"] | UnsetType = UNSET
    has_allowed_all: Flag | UnsetType = UNSET
    group_id: Uuid | UnsetType | None = UNSET
    allowed_events: Words | UnsetType = UNSET


class WebhookIn(_Webhook, kw_only=True):
    """Which events go where. Without `allowed_events`, or with `has_allowed_all`, all of them."""

    url: Annotated[str, Meta(min_length=1, max_length=2048)]


class WebhookChange(_Webhook, kw_only=True):
    """What is sent changes. `is_enabled` switches a webhook off, or on again."""

    url: Annotated[str, Meta(min_length=1, max_length=2048)] | UnsetType = UNSET
    is_enabled: Flag | UnsetType = UNSET


class DeliveryOut(Struct):
    """`state` is pending, delivered or failed; `attempts` counts since it was queued or sent again."""

    id: str
    event: str
    state: str
    attempts: int
    created_at: str
    finished_at: str | None
    next_attempt_at: str | None


def _out(of: Endpoint, account_id: str, secret: str | None = None) -> WebhookOut:
    all_of_them = of.events == _ALL
    return WebhookOut(
        id=of.id,
        account=account_id,
        url=of.url,
        type=of.kind,
        has_allowed_all=all_of_them,
        group_id=of.group,
        allowed_events=list(tracking.kinds.ALL if all_of_them else of.events),
        is_enabled=of.enabled,
        secret=secret,
        created_at=tracking.payloads.when(of.created_at),
    )


def _delivery_out(of: Delivery) -> DeliveryOut:
    return DeliveryOut(
        id=of.id,
        event=of.event,
        state=of.state,
        attempts=of.attempts,
        created_at=tracking.payloads.when(of.created_at),
        finished_at=tracking.payloads.maybe(of.finished_at),
        next_attempt_at=tracking.payloads.maybe(of.next_at),
    )


def _fields(sent: _Webhook) -> dict[str, Any]:
    fields = given(sent)
    if fields.pop("has_allowed_all", False):
        fields["allowed_events"] = _ALL
    names = {"type": "kind", "group_id": "group", "allowed_events": "events", "is_enabled": "enabled"}
    return {names.get(name, name): value for name, value in fields.items()}


async def _account_id(ask: Ask) -> str:
    return (await ask.db.read(tracking.accounts.of, ask.by)).id


@operation("GET", "/api/v1/webhooks/", scope=SECRET, query=ListQuery, gives=PageOut[WebhookOut])
async def page(ask: Ask, query: ListQuery) -> PageOut[WebhookOut]:
    """List webhooks."""
    asked = wanted(query)
    found = await ask.db.read(tracking.subscribing.page, ask.by)
    account, first = await _account_id(ask), (asked.page - 1) * asked.size
    return shown(ask, asked, len(found), [_out(each, account) for each in found[first : first + asked.size]])


@operation("POST", "/api/v1/webhooks/", scope=SECRET, takes=WebhookIn, gives=WebhookOut, status=201)
async def create(ask: Ask, sent: WebhookIn) -> WebhookOut:
    """Create a webhook.

    Each event is one POST of the event as it is listed. It is sent again until it is answered with 2xx: after 10
    seconds, a minute, 5 and 30 minutes, then hourly for three days; events of one user arrive in order.
    `X-HyperTrack-Signature: t=<seconds>,v1=<hex>` is HMAC-SHA256 of `<seconds>.<body>` with the secret.
    """
    fields = _fields(sent)
    keyed = await ask.db.write(
        tracking.subscribing.add,
        ask.by,
        fields["url"],
        fields.get("events", ()),
        fields.get("kind", "web"),
        fields.get("group"),
    )
    return _out(keyed.endpoint, await _account_id(ask), keyed.secret)


@operation("GET", "/api/v1/webhooks/{id}/", scope=SECRET, gives=WebhookOut)
async def find(ask: Ask) -> WebhookOut:
    """Retrieve a webhook."""
    found = await ask.db.read(tracking.subscribing.find, ask.by, ask.path["id"])
    return _out(found, await _account_id(ask))


@operation("PATCH", "/api/v1/webhooks/{id}/", scope=SECRET, takes=WebhookChange, gives=WebhookOut)
async def change(ask: Ask, sent: WebhookChange) -> WebhookOut:
    """Change a webhook."""
    changed = await ask.db.write(tracking.subscribing.change, ask.by, ask.path["id"], _fields(sent))
    return _out(changed, await _account_id(ask))


@operation("DELETE", "/api/v1/webhooks/{id}/", scope=SECRET, gives=None, status=204)
async def drop(ask: Ask) -> Reply:
    """Delete a webhook.

    What was still to be delivered to it is not.
    """
    await ask.db.write(tracking.subscribing.drop, ask.by, ask.path["id"])
    return Reply(b"", 204)


@operation(
    "GET", "/api/v1/webhooks/{id}/deliveries/", scope=SECRET, query=ListQuery, gives=PageOut[DeliveryOut]
)
async def deliveries(ask: Ask, query: ListQuery) -> PageOut[DeliveryOut]:
    """List what was sent to a webhook.

    Newest first: the last 500 of the past 30 days.
    """
    asked = wanted(query)
    found = await ask.db.read(tracking.subscribing.deliveries, ask.by, ask.path["id"], None, 500)
    first = (asked.page - 1) * asked.size
    return shown(ask, asked, len(found), [_delivery_out(each) for each in found[first : first + asked.size]])


@operation("POST", "/api/v1/webhooks/{id}/deliveries/{delivery_id}/replay/", scope=SECRET, gives=DeliveryOut)
async def replay(ask: Ask) -> DeliveryOut:
    """Send a delivery again.

    The body is the same, the signature is of now.
    """
    return _delivery_out(
        await ask.db.write(tracking.subscribing.replay, ask.by, ask.path["id"], ask.path["delivery_id"])
    )


OPERATIONS = (page, create, find, change, drop, deliveries, replay)
