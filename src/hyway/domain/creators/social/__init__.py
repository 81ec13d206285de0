"""Profiles that people say are theirs: how they are proved, and how their figures are kept up to date."""

from hyway.domain.creators.social import accounts, oauth, platforms, services, verifying
from hyway.domain.creators.social.records import Account, Post, Profile, Snapshot

__all__ = [
    "Account",
    "Post",
    "Profile",
    "Snapshot",
    "accounts",
    "oauth",
    "platforms",
    "services",
    "verifying",
]
