"""The platforms that creators post on: how their addresses read, and how each of them is asked."""

from hyway.domain.creators.social.platforms.addresses import (
    GENERIC,
    IDS,
    account_key,
    author,
    name,
    post_id,
    post_key,
    profile,
)
from hyway.domain.creators.social.platforms.urls import taken

__all__ = ["GENERIC", "IDS", "account_key", "author", "name", "post_id", "post_key", "profile", "taken"]
