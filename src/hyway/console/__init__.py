"""The server-rendered web console: pages, templates, static files."""

from hyway.console.app import app

__all__ = ["app"]
