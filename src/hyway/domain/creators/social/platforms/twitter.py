"""X, by its API v2: with a bearer token of the operator's app, or with what an account's owner granted."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from hyway.domain.creators.social.platforms.asking import (
    Broken,
    Denied,
    Gone,
    Throttled,
    Way,
    Whose,
    count,
    document,
    instant,
    items,
    part,
    rest,
    text,
)
from hyway.domain.creators.social.records import Post, Profile
from hyway.kernel.outgoing import Answer

_HOST = "api.x.com"
_USER = "description,public_metrics"
_TWEET = "author_id,created_at,public_metrics"


class Twitter:
    """`/2/users/…` and `/2/tweets`. What others do with posts is not read for a rate: every post read is paid for."""

    most = 100

    def __init__(self, way: Way, bearer: str = "") -> None:
        self._way = way
        self._bearer = bearer

    def profile(self, whose: Whose) -> Profile:
        if whose.uid or whose.name.kind == "id":
            path = f"/2/users/{whose.uid or whose.name.text}"
        else:
            path = f"/2/users/by/username/{whose.name.text}" if whose.name.text else "/2/users/me"
        found = self._ask(whose, path, **{"user.fields": _USER})
        user = part(found, "data")
        if not text(user, "id"):
            raise Gone(text(next(iter(items(found, "errors")), {}), "detail") or "there is no such account")
        figures = part(user, "public_metrics")
        return Profile(
            uid=text(user, "id"),
            handle=text(user, "username"),
            title=text(user, "name"),
            bio=text(user, "description"),
            subscriber_count=count(figures, "followers_count"),
            video_count=count(figures, "tweet_count"),
            likes_count=count(figures, "like_count"),
        )

    def bundle(self, whose: Whose | None) -> str | None:
        if self._bearer:
            return ""
        return whose.grant.access_token if whose and whose.grant else None

    def posts(self, whose: Whose | None, ids: Sequence[str]) -> dict[str, Post | None]:
        found = self._ask(whose, "/2/tweets", ids=",".join(ids), **{"tweet.fields": _TWEET})
        seen = {text(each, "id"): _post(each) for each in items(found, "data")}
        return {**dict.fromkeys(ids), **{id: post for id, post in seen.items() if id in ids}}

    def _ask(self, whose: Whose | None, path: str, **query: object) -> dict[str, Any]:
        own = whose.grant.access_token if whose and whose.grant else ""
        # The owner's token is asked with where nobody is named: it says who they are.
        token = own if path.endswith("/me") else self._bearer or own
        if not token:
            raise Denied("there is neither a token nor a grant")
        url = self._way.url(_HOST, path, **query)
        answer = self._way.send("GET", url, {"Authorization": f"Bearer {token}"})
        if answer.status == 200:
            return document(answer)
        raise _trouble(answer)


def _trouble(answer: Answer) -> Exception:
    if answer.status == 429:
        return Throttled("Too Many Requests", _until_reset(answer.headers))
    if answer.status == 401:
        return Denied("Unauthorized")
    if answer.status == 404:
        return Gone("Not Found")
    return Broken(f"{answer.status} {text(document(answer), 'title')}")


def _until_reset(headers: Mapping[str, str]) -> float:
    """Seconds until the window of 15 minutes is over."""
    said = headers.get("x-rate-limit-reset", "")
    return int(said) - time.time() if said.isdecimal() and len(said) < 12 else rest(headers, 900)


def _post(tweet: Mapping[str, Any]) -> Post:
    figures = part(tweet, "public_metrics")
    return Post(
        author_uid=text(tweet, "author_id") or None,
        posted_at=instant(tweet.get("created_at")),
        views=count(figures, "impression_count"),
        likes=count(figures, "like_count") or 0,
        comments=count(figures, "reply_count") or 0,
    )
