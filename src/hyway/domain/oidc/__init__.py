"""Signing in by OpenID Connect: clients, grants, codes, tokens, and the keys that sign them."""

from hyway.domain.oidc import authorizing, clients, grants, hearing, jobs, keys, server
from hyway.domain.oidc.records import Client, Code, Device, Grant, IssuedClient, Origin, Refresh, Tokens
from hyway.domain.oidc.rules import COMMAND_LINE, CONSOLE, SCOPES
from hyway.domain.oidc.tokens import caller, issue, told_of

__all__ = [
    "COMMAND_LINE",
    "CONSOLE",
    "SCOPES",
    "Client",
    "Code",
    "Device",
    "Grant",
    "IssuedClient",
    "Origin",
    "Refresh",
    "Tokens",
    "authorizing",
    "caller",
    "clients",
    "grants",
    "hearing",
    "issue",
    "jobs",
    "keys",
    "server",
    "told_of",
]
