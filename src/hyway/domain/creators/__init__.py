"""Creators and the organizations that pay them: campaigns, collabs, submissions, social accounts, money."""

from hyway.domain.creators import brief, money, places, social

__all__ = [
    "brief",
    "money",
    "places",
    "social",
]
