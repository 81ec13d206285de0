"""TikTok, by its Display API v2: only with what an account's owner granted, and only about their own videos."""

import json
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
    rate,
    rest,
    text,
)
from hyway.domain.creators.social.records import Post, Profile

_HOST = "open.tiktokapis.com"
_USER = "open_id,username,display_name,bio_description,follower_count,likes_count,video_count"
_VIDEO = "id,create_time,like_count,comment_count,share_count,view_count"
_RECENT = 20
_DENIED = ("access_token_invalid", "scope_not_authorized", "scope_permission_missed", "token_not_authorized")


class TikTok:
    """`/v2/user/info/`, `/v2/video/list/` and `/v2/video/query/`, at most 600 questions a minute to each."""

    most = 20

    def __init__(self, way: Way) -> None:
        self._way = way

    def profile(self, whose: Whose) -> Profile:
        user = part(self._ask(whose, "GET", "user/info", _USER), "user")
        if not text(user, "open_id"):
            raise Broken("the answer has no open_id")
        recent = self._ask(whose, "POST", "video/list", _VIDEO, {"max_count": _RECENT})
        return Profile(
            uid=text(user, "open_id"),
            handle=text(user, "username"),
            title=text(user, "display_name"),
            bio=text(user, "bio_description"),
            subscriber_count=count(user, "follower_count"),
            video_count=count(user, "video_count"),
            likes_count=count(user, "likes_count"),
            engagement_rate=_engagement(items(recent, "videos")),
        )

    def bundle(self, whose: Whose | None) -> str | None:
        return whose.grant.access_token if whose and whose.grant else None

    def posts(self, whose: Whose | None, ids: Sequence[str]) -> dict[str, Post | None]:
        if whose is None or not whose.grant:
            raise Denied("there is no grant")
        found = self._ask(whose, "POST", "video/query", _VIDEO, {"filters": {"video_ids": list(ids)}})
        # Only videos of the account are given: who made them is settled by that.
        seen = {text(each, "id"): _post(each, whose.uid) for each in items(found, "videos")}
        return {**dict.fromkeys(ids), **{id: post for id, post in seen.items() if id in ids}}

    def _ask(
        self, whose: Whose, method: str, what: str, fields: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        if not whose.grant:
            raise Denied("there is no grant")
        headers = {"Authorization": f"Bearer {whose.grant.access_token}"}
        sent = b"" if body is None else json.dumps(body).encode()
        if sent:
            headers["Content-Type"] = "application/json"
        url = self._way.url(_HOST, f"/v2/{what}/", fields=fields)
        answer = self._way.send(method, url, headers, sent)
        found = document(answer)
        code = text(part(found, "error"), "code")
        if answer.status == 200 and code in ("ok", ""):
            return part(found, "data")
        if code == "rate_limit_exceeded" or answer.status == 429:
            raise Throttled(code, rest(answer.headers))
        if code in _DENIED or answer.status == 401:
            raise Denied(code)
        raise Gone(code) if answer.status == 404 else Broken(f"{answer.status} {code}")


def _engagement(videos: Sequence[Mapping[str, Any]]) -> str | None:
    """Likes, comments and shares of a hundred views of the newest videos."""
    acts = sum(
        count(each, name) or 0 for each in videos for name in ("like_count", "comment_count", "share_count")
    )
    return rate(acts, sum(count(each, "view_count") or 0 for each in videos))


def _post(video: Mapping[str, Any], author: str | None) -> Post:
    return Post(
        author_uid=author,
        posted_at=instant(video.get("create_time")),
        views=count(video, "view_count"),
        likes=count(video, "like_count") or 0,
        comments=count(video, "comment_count") or 0,
    )
