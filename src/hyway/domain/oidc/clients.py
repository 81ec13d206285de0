"""Clients that organizations register: programs which people sign in to by what they are here."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hyway.domain import identity
from hyway.domain.identity import Caller
from hyway.domain.oidc import rules
from hyway.domain.oidc.records import Client, IssuedClient
from hyway.domain.oidc.store import clients as store
from hyway.domain.oidc.store import tokens as token_store
from hyway.kernel import clock, ids, seal
from hyway.kernel.db import Read, Ref, Write
from hyway.kernel.faults import Invalid, Missing, Spent

_SUBJECT = "OAuthClient"
_MOST = 200
_ABSENT = "there is no such client"


def known(r: Read, client_id: str) -> Client | None:
    """A client by its id, built in or registered; None for anything else."""
    if not rules.may_be_id(client_id):
        return None
    return rules.built_in(r.home, client_id) or store.by_id(r, client_id)


def names(r: Read, ids: Sequence[str]) -> dict[str, str]:
    """What clients are called, by their ids."""
    own = {id: found.name for id in ids if (found := rules.built_in(r.home, id))}
    return {**own, **store.names(r, [id for id in ids if id not in own])}


def create(
    w: Write, by: Caller, name: str, redirect_uris: Sequence[str], is_public: bool = False
) -> IssuedClient:
    """A new client of the caller's organization.

    A confidential one has a secret of 256 bits, which is in the answer and nowhere else. A public one has none: it
    is for programs on people's own machines and in browsers, and has to prove its codes by PKCE.
    """
    identity.access.require(by, "manage", _SUBJECT)
    clean, uris = rules.name(name), rules.redirect_uris(redirect_uris)
    if store.count(w, by.organization) >= _MOST:
        raise Spent("an organization can have at most {most} clients", retry_after=1, most=_MOST)
    secret = None if is_public else _secret()
    now = clock.now()
    row = {
        "id": ids.uuid4(),
        "organization": by.organization,
        "name": clean,
        "redirect_uris": json.dumps(uris),
        "created_by": by.actor_name,
        "created_at": now,
        "updated_at": now,
        **_kept(secret),
    }
    made = store.add(w, row)
    _tell(w, by, "created", made, {"redirectUris": list(uris), "public": is_public})
    return IssuedClient(made, secret)


def page(r: Read, by: Caller, offset: int = 0, limit: int = 20) -> tuple[list[Client], int]:
    """The organization's, newest first, and how many there are."""
    identity.access.require(by, "manage", _SUBJECT)
    return store.page(r, by.organization, offset, limit), store.count(r, by.organization)


def find(r: Read, by: Caller, id: str) -> Client:
    identity.access.require(by, "manage", _SUBJECT)
    found = store.of_organization(r, by.organization, id) if rules.may_be_id(id) else None
    if found is None:
        raise Missing(_ABSENT)
    return found


def change(w: Write, by: Caller, id: str, fields: Mapping[str, Any]) -> Client:
    """What is mentioned changes: `name`, `redirect_uris`."""
    old = find(w, by, id)
    values: dict[str, Any] = {}
    if "name" in fields:
        values["name"] = rules.name(fields["name"])
    if "redirect_uris" in fields:
        values["redirect_uris"] = json.dumps(rules.redirect_uris(fields["redirect_uris"]))
    new = store.change(w, by.organization, old.id, updated_at=clock.now(), **values)
    if new is None:
        raise Missing(_ABSENT)
    _tell(w, by, "changed", new, {"redirectUris": list(new.redirect_uris)})
    return new


def renew_secret(w: Write, by: Caller, id: str) -> IssuedClient:
    """Another secret, which is in the answer and nowhere else; the old one is worth nothing from now on."""
    if find(w, by, id).is_public:
        raise Invalid("secret", "is nothing that a public client has")
    secret = _secret()
    new = store.change(w, by.organization, id, updated_at=clock.now(), **_kept(secret))
    if new is None:
        raise Missing(_ABSENT)
    _tell(w, by, "secret_renewed", new, {"hint": new.hint})
    return IssuedClient(new, secret)


def drop(w: Write, by: Caller, id: str) -> None:
    """The client is gone, and nobody is signed in to it any more."""
    old = find(w, by, id)
    if not store.drop(w, by.organization, old.id):
        raise Missing(_ABSENT)
    forget(w, old.id)
    _tell(w, by, "deleted", old, {})


def close(w: Write, organization: int) -> None:
    """The organization is no more: its clients go with it."""
    for id in store.drop(w, organization):
        forget(w, id)


def forget(w: Write, client_id: str) -> None:
    """Every grant for a client ends, and what people have agreed to."""
    store.forget_consent(w, client_id=client_id)
    token_store.drop_codes(w, client=client_id)
    for token_hash in token_store.drop_grants(w, token_store.matching(w, client=client_id)):
        w.changed("key", token_hash)


def _secret() -> str:
    return seal.token("hcs_")


def _kept(secret: str | None) -> dict[str, Any]:
    if secret is None:
        return {"secret_hash": None, "hint": ""}
    return {"secret_hash": seal.digest(secret), "hint": secret[-4:]}


def _tell(w: Write, by: Caller, what: str, client: Client, data: Mapping[str, Any]) -> None:
    told = {"id": client.id, "name": client.name, **data}
    ref = Ref(_SUBJECT, client.id, {"name": client.name})
    w.announce(by, f"oauth_client.{what}", "oauth_client", client.id, told, [ref])
