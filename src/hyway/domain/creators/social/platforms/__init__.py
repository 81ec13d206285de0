"""The platforms that creators post on: how their addresses read, and how each of them is asked."""

from hyway.domain.creators.social.platforms.addresses import (
    GENERIC,
    PLATFORM_IDS,
    account_key,
    name,
    post_id,
    post_key,
    profile,
)

__all__ = ["GENERIC", "PLATFORM_IDS", "account_key", "name", "post_id", "post_key", "profile"]
