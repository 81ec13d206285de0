"""YouTube, by its Data API v3: with a key of the operator's, or with what an account's owner granted."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

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
from hyway.kernel.outgoing import Answer

_HOST, _ROOT = "www.googleapis.com", "/youtube/v3"
_RECENT = 20
_FILTERS = {"handle": "forHandle", "channel": "id", "user": "forUsername"}
_QUOTA_ENDS = ZoneInfo("America/Los_Angeles")
_DAILY = ("quotaExceeded", "dailyLimitExceeded")
_RATES = ("rateLimitExceeded", "userRateLimitExceeded")


class YouTube:
    """`channels.list`, `playlistItems.list` and `videos.list`: each costs one unit of a day's quota."""

    most = 50

    def __init__(self, way: Way, key: str = "") -> None:
        self._way = way
        self._key = key

    def profile(self, whose: Whose) -> Profile:
        if whose.uid:
            asked = {"id": whose.uid}
        elif whose.name.text:
            asked = {_FILTERS[whose.name.kind]: whose.name.text}
        else:
            asked = {"mine": "true"}
        found = self._ask(whose, "channels", part="snippet,statistics,contentDetails", **asked)
        channels = items(found, "items")
        if not channels:
            raise Gone("there is no such channel")
        return self._described(whose, channels[0])

    def bundle(self, whose: Whose | None) -> str | None:
        if self._key:
            return ""
        return whose.grant.access_token if whose and whose.grant else None

    def posts(self, whose: Whose | None, ids: Sequence[str]) -> dict[str, Post | None]:
        return {**dict.fromkeys(ids), **{id: _post(each) for id, each in self._videos(whose, ids).items()}}

    def _videos(self, whose: Whose | None, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        found = self._ask(whose, "videos", part="snippet,statistics", id=",".join(ids), maxResults=self.most)
        return {text(each, "id"): each for each in items(found, "items")}

    def _described(self, whose: Whose, channel: dict[str, Any]) -> Profile:
        snippet, figures = part(channel, "snippet"), part(channel, "statistics")
        uploads = text(part(channel, "contentDetails", "relatedPlaylists"), "uploads")
        if not text(channel, "id"):
            raise Broken("the answer has a channel without an id")
        likes, engagement = self._recent(whose, uploads) if uploads else (None, None)
        return Profile(
            uid=text(channel, "id"),
            handle=text(snippet, "customUrl").removeprefix("@"),
            title=text(snippet, "title"),
            bio=text(snippet, "description"),
            # A channel may keep its subscribers to itself.
            subscriber_count=None
            if figures.get("hiddenSubscriberCount")
            else count(figures, "subscriberCount"),
            view_count=count(figures, "viewCount"),
            video_count=count(figures, "videoCount"),
            likes_count=likes,
            engagement_rate=engagement,
        )

    def _recent(self, whose: Whose, uploads: str) -> tuple[int | None, str | None]:
        """Likes of the newest videos, and how many of their views led to a like or a comment."""
        try:
            listed = self._ask(
                whose, "playlistItems", part="contentDetails", playlistId=uploads, maxResults=_RECENT
            )
        except Gone:
            return None, None  # a channel without a video has no such list
        ids = [text(part(each, "contentDetails"), "videoId") for each in items(listed, "items")]
        videos = [_post(each) for each in self._videos(whose, ids).values()] if ids else []
        likes = sum(each.likes for each in videos)
        comments, views = sum(each.comments for each in videos), sum(each.views or 0 for each in videos)
        return (likes if videos else None), rate(likes + comments, views)

    def _ask(self, whose: Whose | None, what: str, **query: object) -> dict[str, Any]:
        granted = whose.grant if whose else None
        # Whose channel is `mine` is said by the grant alone.
        if self._key and "mine" not in query:
            proof = {"X-Goog-Api-Key": self._key}
        elif granted:
            proof = {"Authorization": f"Bearer {granted.access_token}"}
        else:
            raise Denied("there is neither a key nor a grant")
        answer = self._way.send("GET", self._way.url(_HOST, f"{_ROOT}/{what}", **query), proof)
        if answer.status == 200:
            return document(answer)
        raise _trouble(answer)


def _trouble(answer: Answer) -> Exception:
    error = part(document(answer), "error")
    reason = text(next(iter(items(error, "errors")), {}), "reason")
    if reason in _DAILY:
        return Throttled("the day's quota is used up", _until_quota())
    if reason in _RATES or answer.status == 429:
        return Throttled(reason, rest(answer.headers))
    if answer.status == 401:
        return Denied(reason or "the credential is not taken")
    if answer.status == 404:
        return Gone(reason)
    return Broken(f"{answer.status} {reason}")


def _until_quota() -> float:
    """Seconds until the quota is given anew, at midnight in California."""
    here = datetime.now(_QUOTA_ENDS)
    midnight = (here + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.timestamp() - here.timestamp()


def _post(video: Mapping[str, Any]) -> Post:
    snippet, figures = part(video, "snippet"), part(video, "statistics")
    return Post(
        author_uid=text(snippet, "channelId") or None,
        posted_at=instant(snippet.get("publishedAt")),
        views=count(figures, "viewCount"),
        likes=count(figures, "likeCount") or 0,
        comments=count(figures, "commentCount") or 0,
    )
