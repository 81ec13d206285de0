"""Creators and the organizations that pay them: campaigns, collabs, submissions, social accounts, money."""

from hyway.domain.creators import (
    addresses,
    brief,
    campaigns,
    closing,
    collabs,
    figures,
    hearing,
    money,
    places,
    prefill,
    social,
)
from hyway.domain.creators.campaigns import applications, board, partners, submissions
from hyway.domain.creators.social import syncing

__all__ = [
    "addresses",
    "applications",
    "board",
    "brief",
    "campaigns",
    "closing",
    "collabs",
    "figures",
    "hearing",
    "money",
    "partners",
    "places",
    "prefill",
    "social",
    "submissions",
    "syncing",
]
