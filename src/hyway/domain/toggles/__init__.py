"""Toggles and segments."""

from hyway.domain.toggles import deciding

__all__ = ["deciding"]
