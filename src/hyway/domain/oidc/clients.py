"""Clients that organizations register: programs which people sign in to by what they are here."""

from hyway.domain.oidc import rules
from hyway.domain.oidc.records import Client
from hyway.domain.oidc.store import clients as store
from hyway.kernel.db import Read


def known(r: Read, client_id: str) -> Client | None:
    """A client by its id, built in or registered; None for anything else."""
    return rules.built_in(r.home, client_id) or store.by_id(r, client_id)
