"""Nouns of social accounts."""

from dataclasses import dataclass
from typing import Literal

from hyway.kernel.clock import Instant

Status = Literal["pending", "verified", "failed"]
Way = Literal["code", "oauth"]
"""How an account is proved: by a code in its profile, or by the platform's own word."""


@dataclass(frozen=True, slots=True)
class Account:
    """A profile that a person says is theirs. The figures are those of the newest snapshot; a rate is decimal text."""

    seq: int
    person: int
    platform_id: str
    account_url: str
    url_key: str
    handle: str
    uid: str | None
    status: Status
    connected_by: Way
    code: str | None
    code_expires_at: Instant | None
    missed: int
    subscriber_count: int | None
    view_count: int | None
    video_count: int | None
    likes_count: int | None
    engagement_rate: str | None
    last_synced_at: Instant | None
    next_sync_at: Instant | None
    created_at: Instant
    updated_at: Instant


@dataclass(frozen=True, slots=True)
class Grant:
    """What OAuth gave for an account, in clear: it is never stored, shown or logged so."""

    access_token: str
    refresh_token: str | None
    expires_at: Instant | None

    def __repr__(self) -> str:
        return "Grant(…)"


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile as its platform describes it; None is what it does not tell. A rate is per cent, as decimal text."""

    uid: str
    handle: str
    title: str
    bio: str
    subscriber_count: int | None = None
    view_count: int | None = None
    video_count: int | None = None
    likes_count: int | None = None
    engagement_rate: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A post as its platform describes it; `views` is None where they are not told."""

    author_uid: str | None
    posted_at: Instant | None
    views: int | None
    likes: int
    comments: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How an account stood."""

    at: Instant
    subscriber_count: int | None
    view_count: int | None
    video_count: int | None
    likes_count: int | None
    engagement_rate: str | None
