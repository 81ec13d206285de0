"""Toggles and segments."""
