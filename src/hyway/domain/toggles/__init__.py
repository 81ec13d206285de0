"""Toggles and segments."""

from hyway.domain.toggles import counting, deciding

__all__ = ["counting", "deciding"]
