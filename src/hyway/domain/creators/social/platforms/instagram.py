"""Instagram, by the Graph API: with what an account's owner granted, or as one business sees another."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from hyway.domain.creators.social.platforms.addresses import post_id
from hyway.domain.creators.social.platforms.asking import (
    Broken,
    Denied,
    Gone,
    Throttled,
    Trouble,
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

_OWN, _OTHERS = "graph.instagram.com", "graph.facebook.com"
_VERSION = "v23.0"
_ME = "user_id,username,name,biography,followers_count,media_count"
_OF_OTHERS = "id,username,name,biography,followers_count,media_count"
_MEDIA = "id,permalink,timestamp,like_count,comments_count"
_RECENT, _PAGES = 50, 4
_LIMITS = (4, 17, 32, 613, 80002)
_NOBODY = (110, 803)


class Business(NamedTuple):
    """The operator's own professional account and its token, with which others' public figures are read."""

    id: str
    token: str


class Instagram:
    """A post is found among the newest 200 of its account, as no question takes a short code."""

    most = 50

    def __init__(self, way: Way, business: Business | None = None) -> None:
        self._way = way
        self._business = business

    def profile(self, whose: Whose) -> Profile:
        user, media, _ = self._read(whose, 1, set())
        posts = [_post(each, None) for each in media.values()]
        acts = sum(each.likes + each.comments for each in posts)
        followers = count(user, "followers_count")
        return Profile(
            uid=text(user, "user_id") or text(user, "id"),
            handle=text(user, "username"),
            title=text(user, "name"),
            bio=text(user, "biography"),
            subscriber_count=followers,
            video_count=count(user, "media_count"),
            likes_count=sum(each.likes for each in posts) if posts else None,
            # Views are not told with a list: a post's share of the followers is what is left to compare.
            engagement_rate=rate(acts, followers * len(posts)) if followers and posts else None,
        )

    def bundle(self, whose: Whose | None) -> str | None:
        """A question has one account's posts."""
        if whose is None or not (whose.grant or (self._business and whose.name.text)):
            return None
        return whose.grant.access_token if whose.grant else f"@{whose.name.text}"

    def posts(self, whose: Whose | None, ids: Sequence[str]) -> dict[str, Post | None]:
        if whose is None:
            raise Denied("it is not known whose posts they are")
        user, media, is_all = self._read(whose, _PAGES, set(ids))
        author = text(user, "user_id") or text(user, "id") or None
        found = {id: _post(media[id], author) for id in ids if id in media}
        if whose.grant:
            for id, post in found.items():
                found[id] = replace(post, views=self._views(whose.grant.access_token, media[id]))
        return {**dict.fromkeys(ids), **found} if is_all else dict(found)

    def _read(
        self, whose: Whose, pages: int, wanted: set[str]
    ) -> tuple[dict[str, Any], dict[str, dict[str, Any]], bool]:
        """The account, its newest posts by short code until all that are wanted are there; whether these are all."""
        media: dict[str, dict[str, Any]] = {}
        after: str | None = None
        user: dict[str, Any] = {}
        for _ in range(pages):
            listed, user = self._page(whose, after, user)
            found = _by_code(items(listed, "data"))
            media |= found
            # The last page has a cursor behind it, too: an empty page follows.
            after = text(part(listed, "paging", "cursors"), "after") if found else None
            if not after or (wanted and wanted <= media.keys()):
                break
        return user, media, not after

    def _page(
        self, whose: Whose, after: str | None, user: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        if whose.grant:
            token = whose.grant.access_token
            user = user or self._ask(_OWN, "me", token, fields=_ME)
            listed = self._ask(_OWN, "me/media", token, fields=_MEDIA, limit=_RECENT, after=after)
            return listed, user
        if self._business is None:
            raise Denied("there is neither a business account nor a grant")
        behind = f".after({after})" if after else ""
        inner = f"{_OF_OTHERS},media{behind}.limit({_RECENT}){{{_MEDIA},view_count}}"
        asked = f"business_discovery.username({whose.name.text}){{{inner}}}"
        found = self._ask(_OTHERS, self._business.id, self._business.token, fields=asked)
        user = part(found, "business_discovery")
        if not text(user, "id"):
            raise Broken("the answer has no account")
        return part(user, "media"), user

    def _views(self, token: str, media: Mapping[str, Any]) -> int | None:
        try:
            found = self._ask(_OWN, f"{text(media, 'id')}/insights", token, metric="views")
        except Broken:
            return None  # posts from before the account was a professional one have no insights
        for each in items(found, "data"):
            if each.get("name") == "views":
                value = next(iter(items(each, "values")), {}) or part(each, "total_value")
                return count(value, "value")
        return None

    def _ask(self, host: str, path: str, token: str, **query: object) -> dict[str, Any]:
        url = self._way.url(host, f"/{_VERSION}/{path}", **query, access_token=token)
        answer = self._way.send("GET", url)
        if answer.status == 200:
            return document(answer)
        raise _trouble(answer)


def _trouble(answer: Answer) -> Trouble:
    error = part(document(answer), "error")
    code, subcode = count(error, "code"), count(error, "error_subcode")
    if code in _LIMITS or answer.status == 429:
        return Throttled(f"limit {code}", rest(answer.headers, 3_600))
    if code in _NOBODY or (code == 100 and subcode == 33):
        return Gone(f"error {code}")
    if code in (10, 102, 190) or answer.status == 401:
        return Denied(f"error {code}")
    return Broken(f"{answer.status} error {code}")


def _by_code(media: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found = ((post_id("instagram", text(each, "permalink")), each) for each in media)
    return {code: each for code, each in found if code}


def _post(media: Mapping[str, Any], author: str | None) -> Post:
    return Post(
        author_uid=author,
        posted_at=instant(media.get("timestamp")),
        views=count(media, "view_count"),
        likes=count(media, "like_count") or 0,
        comments=count(media, "comments_count") or 0,
    )
