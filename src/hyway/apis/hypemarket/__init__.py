"""Hypemarket's API: campaigns, collabs and creators, as its pages describe it."""

from hyway.apis.hypemarket import (
    access_tokens,
    address,
    applications,
    board,
    campaigns,
    collab_submissions,
    collabs,
    documents,
    earnings,
    fundings,
    invitations,
    join_requests,
    ledger,
    members,
    messages,
    my_collab_submissions,
    notification_settings,
    notifications,
    organizations,
    payouts,
    social_accounts,
    submissions,
)
from hyway.apis.hypemarket.door import Door
from hyway.apis.hypemarket.style import STYLE
from hyway.apis.hypemarket.tools import Tools
from hyway.apis.kit.doorman import App, Kit
from hyway.apis.kit.family import Family

OPERATIONS = (
    *access_tokens.OPERATIONS,
    *address.OPERATIONS,
    *applications.OPERATIONS,
    *board.OPERATIONS,
    *campaigns.OPERATIONS,
    *collabs.OPERATIONS,
    *collab_submissions.OPERATIONS,
    *my_collab_submissions.OPERATIONS,
    *messages.OPERATIONS,
    *earnings.OPERATIONS,
    *fundings.OPERATIONS,
    *ledger.OPERATIONS,
    *organizations.OPERATIONS,
    *payouts.OPERATIONS,
    *members.OPERATIONS,
    *join_requests.OPERATIONS,
    *invitations.OPERATIONS,
    *notifications.OPERATIONS,
    *notification_settings.OPERATIONS,
    *social_accounts.OPERATIONS,
    *submissions.OPERATIONS,
)


def app(kit: Kit, pages: App) -> Door:
    """The ASGI app of the addresses that speak JSON and HTML; `pages` has the latter.

    `kit.tools` are Tools. `await app.start()` and `await app.stop()` go with the server's life.
    """
    return Door(Family(kit, STYLE, OPERATIONS), OPERATIONS, pages)


_manual = documents.manual(OPERATIONS)
openapi, page, markdown, llms_txt = _manual.openapi, _manual.page, _manual.markdown, _manual.llms_txt


__all__ = ["OPERATIONS", "Kit", "Tools", "app", "llms_txt", "markdown", "openapi", "page"]
