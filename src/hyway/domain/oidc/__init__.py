"""Signing in by OpenID Connect: clients, grants, codes, tokens, and the keys that sign them."""

from hyway.domain.oidc import authorizing, clients, external, grants, hearing, jobs, keys, machines, server
from hyway.domain.oidc.authorizing import Ask, Back, SignIn, Step, Wish
from hyway.domain.oidc.records import Client, Code, Device, Grant, IssuedClient, Origin, Refresh, Tokens
from hyway.domain.oidc.rules import COMMAND_LINE, CONSOLE, SCOPES, callback
from hyway.domain.oidc.server import Reply, Sent, refusal
from hyway.domain.oidc.tokens import caller, issue, told_of

__all__ = [
    "COMMAND_LINE",
    "CONSOLE",
    "SCOPES",
    "Ask",
    "Back",
    "Client",
    "Code",
    "Device",
    "Grant",
    "IssuedClient",
    "Origin",
    "Refresh",
    "Reply",
    "Sent",
    "SignIn",
    "Step",
    "Tokens",
    "Wish",
    "authorizing",
    "callback",
    "caller",
    "clients",
    "external",
    "grants",
    "hearing",
    "issue",
    "jobs",
    "keys",
    "machines",
    "refusal",
    "server",
    "told_of",
]
