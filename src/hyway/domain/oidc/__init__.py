"""Signing in by OpenID Connect: clients, grants, codes, tokens, and the keys that sign them."""

from hyway.domain.oidc import clients, keys
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
    "caller",
    "clients",
    "issue",
    "keys",
    "told_of",
]
