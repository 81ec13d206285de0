"""Outgoing webhooks of an organization: endpoints, signed deliveries, retries."""

from hyway.domain.webhooks.records import Attempt, Delivery, Endpoint, Keyed, State, Story
from hyway.domain.webhooks.rules import EVENTS, MOST_ENDPOINTS
from hyway.domain.webhooks.service import (
    add,
    change,
    deliveries,
    delivery,
    endpoint,
    endpoints,
    hear,
    queue,
    remove,
    replay,
    rotate_secret,
    send_test,
    wants,
)

__all__ = [
    "EVENTS",
    "MOST_ENDPOINTS",
    "Attempt",
    "Delivery",
    "Endpoint",
    "Keyed",
    "State",
    "Story",
    "add",
    "change",
    "deliveries",
    "delivery",
    "endpoint",
    "endpoints",
    "hear",
    "queue",
    "remove",
    "replay",
    "rotate_secret",
    "send_test",
    "wants",
]
