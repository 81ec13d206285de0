"""/me/notification_settings: whether the user's devices are woken, and how many may be."""

from msgspec import Struct

from hyway.apis.hypemarket import asking, params
from hyway.apis.hypemarket.params import Root, Sent
from hyway.apis.hypemarket.rails import operation
from hyway.apis.hypemarket.style import READ, WRITE
from hyway.apis.kit.operations import Ask
from hyway.domain import notices
from hyway.domain.identity import Caller
from hyway.domain.notices import Preferences
from hyway.kernel.db import Write
from hyway.kernel.patch import UNSET

SETTINGS = Root(None, required=False, push_notifications_enabled=params.flag("Whether devices are woken."))


class Settings(Struct):
    push_notifications_enabled: bool
    push_subscription_count: int


def out(of: Preferences) -> Settings:
    return Settings(push_notifications_enabled=of.push, push_subscription_count=of.push_subscription_count)


@operation("GET", "/me/notification_settings", scope=READ, gives=Settings)
async def show(ask: Ask) -> Settings:
    """Show notification settings."""
    return out(await asking.read(ask, notices.preferences))


@operation("PATCH", "/me/notification_settings", scope=WRITE, takes=SETTINGS, gives=Settings)
async def change(ask: Ask, sent: Sent) -> Settings:
    """Update notification settings.

    Devices stay subscribed while notifications are off. There is no root key.
    """
    return out(await asking.write(ask, _change, sent, sent=sent))


def _change(w: Write, by: Caller, sent: Sent) -> Preferences:
    push = sent.fields.get("push_notifications_enabled")
    return notices.prefer(w, by, push=UNSET if push is None else push)


OPERATIONS = (show, change)
