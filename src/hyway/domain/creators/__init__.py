"""Creators and the organizations that pay them: campaigns, collabs, submissions, social accounts, money."""

from hyway.domain.creators import addresses, brief, closing, collabs, money, places, prefill, social

__all__ = [
    "addresses",
    "brief",
    "closing",
    "collabs",
    "money",
    "places",
    "prefill",
    "social",
]
