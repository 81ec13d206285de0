"""Hyway: four APIs, one organization, one event log, one server."""

__version__ = "0.1.0"
