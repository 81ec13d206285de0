"""Targets without a database."""

from typing import Any

from hyway.domain.links import Target


def target(url: str = "https://example.com/", **more: Any) -> Target:
    blank = dict.fromkeys(Target.__slots__)
    known: dict[str, Any] = {"seq": 1, "id": "i", "organization": 1, "short_id": "s", "cloaked": False}
    return Target(**{**blank, **known, "url": url, "forward_query": "visitor", **more})
