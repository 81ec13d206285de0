"""/me/social_accounts: the caller's own profiles at the platforms."""

import asyncio
from typing import Any

from msgspec import Struct

from hyway.apis.hypemarket import asking, params
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.params import Root, Sent
from hyway.apis.hypemarket.rails import Show, operation
from hyway.apis.hypemarket.style import READ, WRITE
from hyway.apis.hypemarket.tools import tools
from hyway.apis.kit.operations import Ask
from hyway.domain import creators
from hyway.domain.identity import Caller
from hyway.kernel import sqid
from hyway.kernel.db import Write

social = creators.social

SOCIAL_ACCOUNT = Root(
    "social_account",
    platform_id=params.text(
        "`instagram`, `twitter` or `generic`; `youtube` and `tiktok` are connected by OAuth."
    ),
    account_url=params.text("The profile's address."),
)


class SocialAccount(Struct):
    id: str
    platform_id: str
    account_url: str
    uid: str | None
    status: str
    subscriber_count: int | None
    view_count: int | None
    video_count: int | None
    likes_count: int | None
    engagement_rate: str | None
    last_synced_at: str | None
    created_at: str
    updated_at: str
    url: str


class Verification(Struct):
    """`error` says why the account is not verified, after a look at the profile."""

    id: str
    platform_id: str
    account_url: str
    status: str
    verification_code: str | None
    verification_code_expires_at: str | None
    error: str | None


def out(ask: Ask, account: social.Account) -> SocialAccount:
    return SocialAccount(
        id=sqid.text(account.seq),
        platform_id=account.platform_id,
        account_url=account.account_url,
        uid=account.uid,
        status=account.status,
        subscriber_count=account.subscriber_count,
        view_count=account.view_count,
        video_count=account.video_count,
        likes_count=account.likes_count,
        engagement_rate=account.engagement_rate,
        last_synced_at=asking.maybe_at(account.last_synced_at),
        created_at=asking.at(account.created_at),
        updated_at=asking.at(account.updated_at),
        url=asking.url(ask, "me", "social_accounts", sqid.text(account.seq)),
    )


def told(account: social.Account, why: str = "") -> Verification:
    return Verification(
        id=sqid.text(account.seq),
        platform_id=account.platform_id,
        account_url=account.account_url,
        status=account.status,
        verification_code=account.code,
        verification_code_expires_at=asking.maybe_at(account.code_expires_at),
        error=why or None,
    )


@operation("GET", "/me/social_accounts", scope=READ, query=PageQuery, gives=list[SocialAccount])
async def page(ask: Ask, query: PageQuery) -> Page[SocialAccount]:
    """List social accounts."""
    found = await asking.page(ask, query, social.accounts.page)
    return found.each(lambda each: out(ask, each))


@operation("GET", "/me/social_accounts/{id}", scope=READ, gives=SocialAccount)
async def show(ask: Ask) -> Show:
    """Show a social account.

    The figures are those of the newest look, null before the first.
    """
    found = await asking.read(ask, social.accounts.find, asking.number(ask))
    return Show(out(ask, found), found.updated_at)


@operation("POST", "/me/social_accounts", scope=WRITE, takes=SOCIAL_ACCOUNT, gives=SocialAccount, status=201)
async def create(ask: Ask, sent: Sent) -> SocialAccount:
    """Create a social account.

    It is pending until its verification code stands in the profile's description.
    """
    return out(ask, await asking.write(ask, _create, sent.fields, sent=sent))


def _create(w: Write, by: Caller, fields: dict[str, Any]) -> social.Account:
    return social.accounts.create(w, by, fields.get("platform_id"), fields.get("account_url"))


@operation("DELETE", "/me/social_accounts/{id}", scope=WRITE, gives=None, status=204)
async def drop(ask: Ask) -> None:
    """Delete a social account.

    Posts that were handed in from it stay, with the views they have.
    """
    await asking.write(ask, social.accounts.drop, asking.number(ask))


@operation("GET", "/me/social_accounts/{id}/verification", scope=READ, gives=Verification)
async def verification(ask: Ask) -> Verification:
    """Show an account's verification code.

    Put it anywhere into the profile's description within 24 hours, then have it verified. null for an account that
    needs none. An addition of this server.
    """
    return told(await asking.read(ask, social.accounts.find, asking.number(ask)))


@operation("POST", "/me/social_accounts/{id}/verify", scope=WRITE, gives=Verification)
async def verify(ask: Ask) -> Verification:
    """Verify a social account.

    Looks at the profile now, at most five times an hour for each platform. After 24 hours, or where there was no
    such profile, it gives a new code instead. An addition of this server.
    """
    named = tools(ask)
    services = social.services.chosen(named.services, named.outgoing)
    done = await asyncio.to_thread(social.verifying.check, ask.db, services, ask.by, asking.number(ask))
    return told(done.account, done.why)


OPERATIONS = (page, show, create, drop, verification, verify)
