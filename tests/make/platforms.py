"""A web server on the loopback that speaks as YouTube, TikTok, Instagram, X and web pages are documented to.

All of them answer at one address, each under its own paths, as a server does that is set with HYWAY_YOUTUBE_URL and
its like. It keeps accounts and posts, checks credentials, refuses what the vendors refuse, and counts its questions.
"""

import base64
import contextlib
import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.make import loopback
from tests.make.loopback import Request

CLIENT, SECRET, CODE = "client-1", "client-secret", "a-code"
KEY, BEARER, BUSINESS = "youtube-key", "x-bearer", "17841400000000000:business-token"


@dataclass
class Fake:
    """An account at any platform."""

    handle: str
    uid: str
    bio: str = ""
    followers: int = 100
    views: int = 10_000
    posts: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    form: dict[str, str]
    body: Any


Reply = tuple[int, dict[str, str], Any]


class Refusal(Exception):
    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.reply: Reply = (status, headers or {}, body)


@dataclass
class Platforms:
    """`throttle[platform]` questions are refused; `tokens` are valid access tokens and whose they are."""

    port: int = 0
    delay: float = 0.0
    accounts: dict[str, dict[str, Fake]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    refreshes: dict[str, str] = field(default_factory=dict)
    challenges: dict[str, str] = field(default_factory=dict)
    throttle: Counter[str] = field(default_factory=Counter)
    pages: dict[str, Reply] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    life: int = 3_600
    page_size: int = 50
    _made: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def services(self) -> dict[str, str]:
        """The settings of a server that knows these platforms."""
        own = {
            f"{each}.client": f"{CLIENT}:{SECRET}" for each in ("youtube", "tiktok", "instagram", "twitter")
        }
        at = {f"{each}.url": self.url for each in ("youtube", "tiktok", "instagram", "twitter")}
        keys = {"youtube.key": KEY, "twitter.key": BEARER, "instagram.business": BUSINESS}
        return {**own, **at, **keys, "pages.reader": f"{self.url}/page"}

    def add(self, platform: str, handle: str, uid: str = "", **more: Any) -> Fake:
        made = Fake(handle, uid or f"{platform}-{handle}", **more)
        self.accounts.setdefault(platform, {})[handle] = made
        return made

    def grant(self, platform: str, handle: str) -> tuple[str, str]:
        """An access token and a refresh token of the account's owner."""
        self._made += 1
        access, refresh = f"act.{self._made}", f"rft.{self._made}"
        self.tokens[access] = self.refreshes[refresh] = f"{platform}/{handle}"
        return access, refresh

    def count(self, part: str) -> int:
        return sum(part in each.path for each in self.asked)

    # --- whose question it is

    def of(self, platform: str) -> list[Fake]:
        return list(self.accounts.get(platform, {}).values())

    def owner(self, platform: str, asked: Asked, refusal: Refusal) -> Fake:
        token = asked.headers.get("Authorization", "").removeprefix("Bearer ") or asked.query.get(
            "access_token", ""
        )
        whose, _, handle = self.tokens.get(token, "").partition("/")
        if whose != platform or handle not in self.accounts.get(platform, {}):
            raise refusal
        return self.accounts[platform][handle]

    def limited(self, platform: str, refusal: Refusal) -> None:
        if self.throttle[platform] > 0:
            self.throttle[platform] -= 1
            raise refusal


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- YouTube Data API v3


def _google(status: int, reason: str, domain: str = "youtube") -> Refusal:
    errors = [{"message": reason, "domain": domain, "reason": reason}]
    return Refusal(status, {"error": {"code": status, "message": reason, "errors": errors}})


def _youtube_caller(p: Platforms, asked: Asked) -> Fake | None:
    p.limited("youtube", _google(403, "quotaExceeded", "youtube.quota"))
    if asked.headers.get("X-Goog-Api-Key") == KEY or asked.query.get("key") == KEY:
        return None
    return p.owner("youtube", asked, _google(401, "authError", "global"))


def youtube_channels(p: Platforms, asked: Asked) -> Any:
    caller, q = _youtube_caller(p, asked), asked.query
    if sum(name in q for name in ("id", "forHandle", "forUsername", "mine")) != 1:
        raise _google(400, "missingRequiredParameter")
    if "mine" in q and caller is None:
        raise _google(401, "authorizationRequired")
    handle = q.get("forHandle", "").removeprefix("@").lower()
    found = [
        each
        for each in p.of("youtube")
        if each.uid in q.get("id", "").split(",") or each.handle == handle or (caller is each and "mine" in q)
    ]
    page = {"totalResults": len(found), "resultsPerPage": 5}
    answer: dict[str, Any] = {"kind": "youtube#channelListResponse", "etag": "e", "pageInfo": page}
    if found:
        answer["items"] = [_channel(each) for each in found]
    return answer


def _channel(of: Fake) -> dict[str, Any]:
    snippet = {"title": of.handle.title(), "description": of.bio, "customUrl": f"@{of.handle}"}
    figures = {
        "viewCount": str(of.views),
        "subscriberCount": str(of.followers),
        "videoCount": str(len(of.posts)),
    }
    return {
        "kind": "youtube#channel",
        "id": of.uid,
        "snippet": snippet,
        "statistics": {**figures, "hiddenSubscriberCount": False},
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": "UU" + of.uid}},
    }


def youtube_uploads(p: Platforms, asked: Asked) -> Any:
    _youtube_caller(p, asked)
    of = next((each for each in p.of("youtube") if "UU" + each.uid == asked.query.get("playlistId")), None)
    if of is None:
        raise _google(404, "playlistNotFound", "youtube.playlistItem")
    videos = list(of.posts)[: int(asked.query.get("maxResults", 5))]
    return {"items": [{"contentDetails": {"videoId": id}} for id in videos]}


def youtube_videos(p: Platforms, asked: Asked) -> Any:
    _youtube_caller(p, asked)
    ids = asked.query.get("id", "").split(",")
    if len(ids) > 50:
        raise _google(400, "invalidFilters")
    return {
        "items": [
            {
                "id": id,
                "snippet": {"publishedAt": _iso(post["at"]), "channelId": of.uid, "title": id},
                "statistics": {
                    "viewCount": str(post["views"]),
                    "likeCount": str(post["likes"]),
                    "commentCount": str(post["comments"]),
                },
            }
            for of in p.of("youtube")
            for id, post in of.posts.items()
            if id in ids
        ]
    }


# --- TikTok Display API v2


def _tiktok(status: int, code: str) -> Refusal:
    return Refusal(status, {"data": {}, "error": {"code": code, "message": code, "log_id": "20260101"}})


def _tiktok_caller(p: Platforms, asked: Asked) -> Fake:
    p.limited("tiktok", _tiktok(429, "rate_limit_exceeded"))
    if not asked.query.get("fields"):
        raise _tiktok(400, "invalid_params")
    return p.owner("tiktok", asked, _tiktok(401, "access_token_invalid"))


def _fine(data: Any) -> Any:
    return {"data": data, "error": {"code": "ok", "message": "", "log_id": "20260101"}}


def tiktok_user(p: Platforms, asked: Asked) -> Any:
    of = _tiktok_caller(p, asked)
    user = {
        "open_id": of.uid,
        "username": of.handle,
        "display_name": of.handle.title(),
        "bio_description": of.bio,
        "follower_count": of.followers,
        "likes_count": sum(post["likes"] for post in of.posts.values()),
        "video_count": len(of.posts),
    }
    return _fine({"user": {name: user[name] for name in asked.query["fields"].split(",")}})


def tiktok_videos(p: Platforms, asked: Asked) -> Any:
    of = _tiktok_caller(p, asked)
    if asked.path.endswith("/list/"):
        ids = list(of.posts)[: asked.body["max_count"]]
    else:
        ids = asked.body["filters"]["video_ids"]
    if len(ids) > 20:
        raise _tiktok(400, "invalid_params")
    return _fine({"videos": [_video(id, of.posts[id]) for id in ids if id in of.posts]})


def _video(id: str, post: dict[str, int]) -> dict[str, Any]:
    counts = {"like_count": post["likes"], "comment_count": post["comments"], "share_count": 0}
    return {"id": id, "create_time": post["at"], "view_count": post["views"], **counts}


# --- Instagram Graph API


def _graph(status: int, code: int, subcode: int | None = None) -> Refusal:
    error = {"message": "no", "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    return Refusal(status, {"error": error if subcode is None else {**error, "error_subcode": subcode}})


def instagram_me(p: Platforms, asked: Asked) -> Any:
    p.limited("instagram", _graph(400, 4))
    of = p.owner("instagram", asked, _graph(400, 190))
    if asked.path.endswith("/me/media"):
        return _media(p, of, asked.query.get("after"), int(asked.query["limit"]), views=False)
    return {"id": "app-scoped", "user_id": of.uid, "username": of.handle, **_about(of)}


def _about(of: Fake) -> dict[str, Any]:
    counts = {"followers_count": of.followers, "media_count": len(of.posts)}
    return {"name": of.handle.title(), "biography": of.bio, **counts}


def _media(p: Platforms, of: Fake, after: str | None, limit: int, *, views: bool) -> dict[str, Any]:
    first, most = int(after or 0), min(limit, p.page_size)
    chosen = list(of.posts.items())[first : first + most]
    data = [
        {
            "id": f"media-{code}",
            "permalink": f"https://www.instagram.com/reel/{code}/",
            "timestamp": _iso(post["at"]).replace("Z", "+0000"),
            "like_count": post["likes"],
            "comments_count": post["comments"],
            **({"view_count": post["views"]} if views else {}),
        }
        for code, post in chosen
    ]
    paging = {"cursors": {"before": str(first), "after": str(first + most)}} if chosen else {}
    return {"data": data, "paging": paging}


def instagram_insights(p: Platforms, asked: Asked) -> Any:
    p.limited("instagram", _graph(400, 4))
    of = p.owner("instagram", asked, _graph(400, 190))
    code = asked.path.split("/")[2].removeprefix("media-")
    if code not in of.posts or asked.query.get("metric") != "views":
        raise _graph(400, 100, 33)
    return {"data": [{"name": "views", "period": "lifetime", "values": [{"value": of.posts[code]["views"]}]}]}


def instagram_discovery(p: Platforms, asked: Asked) -> Any:
    p.limited("instagram", _graph(403, 4))
    if asked.query.get("access_token") != BUSINESS.partition(":")[2]:
        raise _graph(400, 190)
    fields = asked.query["fields"]
    handle = fields.partition("username(")[2].partition(")")[0]
    if handle not in p.accounts.get("instagram", {}):
        raise _graph(400, 110, 2207013)
    of = p.accounts["instagram"][handle]
    after = fields.partition(".after(")[2].partition(")")[0] or None
    media = _media(p, of, after, 50, views=True)
    found = {"id": of.uid, "username": of.handle, **_about(of), "media": media}
    return {"business_discovery": found, "id": BUSINESS.partition(":")[0]}


# --- X API v2


def _x(status: int, title: str, headers: dict[str, str] | None = None) -> Refusal:
    return Refusal(
        status, {"title": title, "detail": title, "type": "about:blank", "status": status}, headers
    )


def _x_caller(p: Platforms, asked: Asked) -> Fake | None:
    until = {"x-rate-limit-limit": "300", "x-rate-limit-remaining": "0"}
    p.limited(
        "twitter", _x(429, "Too Many Requests", {**until, "x-rate-limit-reset": str(int(time.time()) + 30)})
    )
    if asked.headers.get("Authorization") == f"Bearer {BEARER}":
        return None
    return p.owner("twitter", asked, _x(401, "Unauthorized"))


def x_user(p: Platforms, asked: Asked) -> Any:
    caller, last = _x_caller(p, asked), asked.path.rsplit("/", 1)[1]
    if last == "me" and caller is None:
        raise _x(403, "Unsupported Authentication")
    by_name = "/by/username/" in asked.path
    for each in p.of("twitter"):
        if last == ("me" if each is caller else each.handle if by_name else each.uid):
            return {"data": _x_out(each)}
    detail = f"Could not find user with username: [{last}]."
    return {
        "errors": [{"value": last, "detail": detail, "title": "Not Found Error", "resource_type": "user"}]
    }


def _x_out(of: Fake) -> dict[str, Any]:
    figures = {
        "followers_count": of.followers,
        "following_count": 1,
        "tweet_count": len(of.posts),
        "like_count": 7,
    }
    named = {"id": of.uid, "username": of.handle, "name": of.handle.title()}
    return {**named, "description": of.bio, "public_metrics": figures}


def x_posts(p: Platforms, asked: Asked) -> Any:
    _x_caller(p, asked)
    ids = asked.query["ids"].split(",")
    if len(ids) > 100:
        raise _x(400, "Invalid Request")
    data = [
        {
            "id": id,
            "author_id": of.uid,
            "created_at": _iso(post["at"]).replace("Z", ".000Z"),
            "public_metrics": {
                "impression_count": post["views"],
                "like_count": post["likes"],
                "reply_count": post["comments"],
            },
        }
        for of in p.of("twitter")
        for id, post in of.posts.items()
        if id in ids
    ]
    gone = [
        {"value": id, "detail": f"Could not find tweet with ids: [{id}].", "title": "Not Found Error"}
        for id in ids
        if id not in {each["id"] for each in data}
    ]
    return {**({"data": data} if data else {}), **({"errors": gone} if gone else {})}


# --- OAuth


def tokens(p: Platforms, asked: Asked) -> Any:
    """A code for tokens, or a refresh token for new ones; a code is `a-code platform/handle`."""
    form = asked.form
    basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
    known = form.get("client_secret") == SECRET and CLIENT in (form.get("client_id"), form.get("client_key"))
    if not known and asked.headers.get("Authorization") != f"Basic {basic}":
        raise Refusal(401, {"error": "invalid_client", "error_description": "no"})
    if form.get("grant_type") == "refresh_token":
        whose = p.refreshes.pop(form.get("refresh_token", ""), "")
    else:
        code, _, whose = form.get("code", "").partition(" ")
        whose = whose if code == CODE and _proved(p, form) else ""
    if not whose:
        raise Refusal(400, {"error": "invalid_grant", "error_description": "Bad Request"})
    access, refresh = p.grant(*whose.split("/", 1))
    given = {"access_token": access, "expires_in": p.life, "refresh_token": refresh, "token_type": "bearer"}
    return {"data": [{"access_token": access}]} if whose.startswith("instagram") else given


def _proved(p: Platforms, form: dict[str, str]) -> bool:
    """PKCE, where a challenge was left for the code."""
    challenge = p.challenges.get(form.get("code", ""))
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    return challenge is None or base64.urlsafe_b64encode(digest).decode().rstrip("=") == challenge


def instagram_tokens(p: Platforms, asked: Asked) -> Any:
    of = p.owner("instagram", asked, _graph(400, 190))
    if asked.query["grant_type"] == "ig_exchange_token" and asked.query.get("client_secret") != SECRET:
        raise _graph(400, 101)
    access, _ = p.grant("instagram", of.handle)
    return {"access_token": access, "token_type": "bearer", "expires_in": 5_183_944}


# --- the server

Answerer = Callable[[Platforms, Asked], Any]
ROUTES: tuple[tuple[str, str, Answerer], ...] = (
    ("GET", "/youtube/v3/channels", youtube_channels),
    ("GET", "/youtube/v3/playlistItems", youtube_uploads),
    ("GET", "/youtube/v3/videos", youtube_videos),
    ("POST", "/token", tokens),
    ("GET", "/v2/user/info/", tiktok_user),
    ("POST", "/v2/video/list/", tiktok_videos),
    ("POST", "/v2/video/query/", tiktok_videos),
    ("POST", "/v2/oauth/token/", tokens),
    ("GET", "/v23.0/media-", instagram_insights),
    ("GET", "/v23.0/me/media", instagram_me),
    ("GET", "/v23.0/me", instagram_me),
    ("GET", "/v23.0/17841400000000000", instagram_discovery),
    ("POST", "/oauth/access_token", tokens),
    ("GET", "/access_token", instagram_tokens),
    ("GET", "/refresh_access_token", instagram_tokens),
    ("GET", "/2/users/", x_user),
    ("GET", "/2/tweets", x_posts),
    ("POST", "/2/oauth2/token", tokens),
)


def answered(p: Platforms, asked: Asked) -> Reply:
    if asked.path.startswith("/page/"):
        return p.pages.get(asked.path.removeprefix("/page/"), (404, {}, "nothing here"))
    for method, path, answer in ROUTES:
        if asked.method == method and asked.path.startswith(path):
            try:
                return 200, {}, answer(p, asked)
            except Refusal as refusal:
                return refusal.reply
    return 404, {}, {"error": "no such path"}


@contextlib.contextmanager
def serving(delay: float = 0.0) -> Iterator[Platforms]:
    """The platforms; every answer takes `delay` seconds."""
    made, lock = Platforms(delay=delay), threading.Lock()

    def answer(request: Request) -> loopback.Reply:
        asked = _asked(request)
        time.sleep(made.delay)
        with lock:
            made.asked.append(asked)
            status, headers, content = answered(made, asked)
        return status, headers, (content if isinstance(content, str) else json.dumps(content)).encode()

    with loopback.serving(answer) as made.port:
        yield made


def _asked(request: Request) -> Asked:
    parts = urlsplit(request.path)
    is_json = request.headers.get("Content-Type") == "application/json"
    form = {} if is_json else dict(parse_qsl(request.body.decode()))
    body = json.loads(request.body) if is_json else None
    return Asked(request.method, parts.path, dict(parse_qsl(parts.query)), dict(request.headers), form, body)
