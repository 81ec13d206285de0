"""OAuth as each platform speaks it: where its owner is sent to, and how codes and tokens are traded."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hyway.domain.creators.social.platforms.asking import (
    Broken,
    Denied,
    Throttled,
    Way,
    count,
    document,
    items,
    rest,
    text,
)
from hyway.domain.creators.social.records import Grant
from hyway.domain.creators.social.services import Client
from hyway.kernel import clock
from hyway.kernel.outgoing import Answer


@dataclass(frozen=True, slots=True)
class Manner:
    """`client` names the field of the client's id; `pkce`: whether the platform takes a code challenge."""

    authorize: tuple[str, str]
    token: tuple[str, str]
    scope: str
    client: str = "client_id"
    pkce: bool = True
    basic: bool = False
    more: tuple[tuple[str, str], ...] = ()


MANNERS = {
    "youtube": Manner(
        ("accounts.google.com", "/o/oauth2/v2/auth"),
        ("oauth2.googleapis.com", "/token"),
        "https://www.googleapis.com/auth/youtube.readonly",
        # Without these Google gives no token that outlives the hour.
        more=(("access_type", "offline"), ("prompt", "consent")),
    ),
    "tiktok": Manner(
        ("www.tiktok.com", "/v2/auth/authorize/"),
        ("open.tiktokapis.com", "/v2/oauth/token/"),
        "user.info.basic,user.info.profile,user.info.stats,video.list",
        client="client_key",
        pkce=False,
    ),
    "instagram": Manner(
        ("www.instagram.com", "/oauth/authorize"),
        ("api.instagram.com", "/oauth/access_token"),
        "instagram_business_basic,instagram_business_manage_insights",
        pkce=False,
    ),
    "twitter": Manner(
        ("x.com", "/i/oauth2/authorize"),
        ("api.x.com", "/2/oauth2/token"),
        "tweet.read users.read offline.access",
        basic=True,
    ),
}
_LONG = "graph.instagram.com"


def trade(platform_id: str, way: Way, client: Client, code: str, back: str, verifier: str) -> Grant:
    """The tokens for a code; Denied where the platform does not take it."""
    manner = MANNERS[platform_id]
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
    if manner.pkce:
        fields["code_verifier"] = verifier
    given = _tokens(_asked(way, manner, client, fields))
    return _lasting(way, client, given) if platform_id == "instagram" else given


def renew(platform_id: str, way: Way, client: Client, grant: Grant) -> Grant:
    """A new access token; Denied where the owner has taken the grant back. An old refresh token may stay in use."""
    if platform_id == "instagram":
        query = {"grant_type": "ig_refresh_token", "access_token": grant.access_token}
        return _tokens(way.send("GET", way.url(_LONG, "/refresh_access_token", **query)))
    if not grant.refresh_token:
        raise Denied("there is nothing to renew the grant with")
    fields = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}
    given = _tokens(_asked(way, MANNERS[platform_id], client, fields))
    return Grant(given.access_token, given.refresh_token or grant.refresh_token, given.expires_at)


def _asked(way: Way, manner: Manner, client: Client, fields: Mapping[str, str]) -> Answer:
    headers: dict[str, str] = {}
    proof = {manner.client: client.id}
    if manner.basic:
        pair = base64.b64encode(f"{client.id}:{client.secret}".encode()).decode()
        headers["Authorization"] = f"Basic {pair}"
    else:
        proof["client_secret"] = client.secret
    return way.form(way.url(*manner.token), {**proof, **fields}, headers)


def _lasting(way: Way, client: Client, short: Grant) -> Grant:
    """Instagram's first token lives an hour, the one it is exchanged for sixty days."""
    query = {
        "grant_type": "ig_exchange_token",
        "client_secret": client.secret,
        "access_token": short.access_token,
    }
    return _tokens(way.send("GET", way.url(_LONG, "/access_token", **query)))


def _tokens(answer: Answer) -> Grant:
    if answer.status == 429:
        raise Throttled("tokens are not given now", rest(answer.headers))
    found: dict[str, Any] = document(answer)
    # Instagram's first answer is a list of one.
    found = next(iter(items(found, "data")), found)
    token = text(found, "access_token")
    if answer.status == 200 and token:
        life = count(found, "expires_in")
        expires_at = None if life is None else clock.now() + life * clock.SECOND
        return Grant(token, text(found, "refresh_token") or None, expires_at)
    # Some tell of it with 200; a platform that is out of order answers with 5xx.
    if answer.status < 500:
        raise Denied(text(found, "error", 100) or text(found, "error_type", 100) or f"{answer.status}")
    raise Broken(f"tokens were not given: {answer.status}")
