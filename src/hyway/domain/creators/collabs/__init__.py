"""Collabs: briefs that creators apply to, the work that follows, samples on their way, and what is said about it."""

from hyway.domain.creators.collabs import chat, making, shipping, steps, work
from hyway.domain.creators.collabs.collabs import (
    REVIEW,
    approve,
    change,
    create,
    drop,
    find,
    may_change,
    named,
    page,
    pause,
    reject,
    submit,
    to_review,
    unpause,
    withdraw,
)
from hyway.domain.creators.collabs.hearing import hear
from hyway.domain.creators.collabs.records import (
    Address,
    Collab,
    Kind,
    Message,
    Shipment,
    Submission,
)

__all__ = [
    "REVIEW",
    "Address",
    "Collab",
    "Kind",
    "Message",
    "Shipment",
    "Submission",
    "approve",
    "change",
    "chat",
    "create",
    "drop",
    "find",
    "hear",
    "making",
    "may_change",
    "named",
    "page",
    "pause",
    "reject",
    "shipping",
    "steps",
    "submit",
    "to_review",
    "unpause",
    "withdraw",
    "work",
]
