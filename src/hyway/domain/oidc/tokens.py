"""Tokens: how they are given, whom they speak for, and how they end.

An access token is a JWT, so that clients can read it, and known here by its digest, so that it ends at once when it
is revoked: what a JWT says of itself is never believed.
"""

import base64
import hashlib
from dataclasses import replace
from typing import Any

from hyway.domain import identity
from hyway.domain.identity import NOBODYS, Caller, Person
from hyway.domain.oidc import clients, keys, rules
from hyway.domain.oidc.records import Code, Grant, Origin, Refresh, Tokens
from hyway.domain.oidc.store import tokens as store
from hyway.kernel import clock, ids, seal
from hyway.kernel.db import Read, Write

VIA = "hyphen"
"""The way in that tokens are made for, as the event log names it."""
PLAN = "self-hosted"
ALL = "openid offline_access profile email"


def issue(
    w: Write,
    person_seq: int,
    client_id: str = rules.COMMAND_LINE,
    scope: str = ALL,
    origin: Origin | None = None,
) -> Tokens:
    """A new grant of the person for a client, and its first tokens; told to the event log."""
    return _first(w, person_seq, client_id, scope, origin or Origin())[1]


def _first(w: Write, person_seq: int, client_id: str, scope: str, origin: Origin) -> tuple[Grant, Tokens]:
    now = clock.now()
    row = {
        "id": ids.prefixed("grnt"),
        "person": person_seq,
        "client": client_id,
        "scope": scope,
        "session": origin.session,
        "user_agent": _shown(origin.user_agent, 300),
        "address": _shown(origin.address, 64),
        "authenticated_at": origin.authenticated_at or now,
        "created_at": now,
        "seen_at": now,
        "expires_at": now + rules.REFRESH_LIFE,
    }
    grant = store.add_grant(w, row)
    person = identity.named(w, [person_seq])[person_seq]
    told = {"id": grant.id, "client": client_id, "scope": scope}
    w.announce(of(grant, person), "sign_in.granted", "sign_in", grant.id, told)
    return grant, _given(w, grant, person, origin.nonce)


def trade(w: Write, code: Code, origin: Origin) -> Tokens | None:
    """The tokens for a code; None where somebody was quicker, which ends what was given for it."""
    grant, tokens = _first(
        w, code.person, code.client, code.scope,
        Origin(origin.user_agent, origin.address, code.session, code.nonce, code.authenticated_at),
    )  # fmt: skip
    if store.use_code(w, code.code_hash, grant.seq):
        return tokens
    replayed(w, code.code_hash)
    end(w, [grant.seq])
    return None


def replayed(w: Write, code_hash: str) -> None:
    """A code has come again: one of those who showed it has stolen it, so what it gave is over (RFC 6749, 4.1.2)."""
    code = store.code(w, code_hash)
    if code is not None and code.given is not None:
        _end_stolen(w, code.given, "a code was used twice")


def renew(w: Write, shown: Refresh) -> Tokens | None:
    """New tokens for a refresh token; None where it was used before, which ends its whole family.

    There is no time of grace: who sends the same one twice at once has to sign in again, as has a thief.
    """
    now = clock.now()
    if not store.use_refresh(w, shown.token_hash, now):
        reused(w, shown)
        return None
    grant = shown.grant
    store.touch_grant(w, grant.seq, now, now + rules.REFRESH_LIFE)
    person = identity.named(w, [grant.person])[grant.person]
    return _given(w, grant, person, None)


def reused(w: Write, shown: Refresh) -> None:
    """A refresh token has come again after its use: its grant is over, with every token of it."""
    _end_stolen(w, shown.grant.seq, "a refresh token was used twice")


def _end_stolen(w: Write, grant_seq: int, why: str) -> None:
    for grant in store.by_seqs(w, [grant_seq]):
        person = identity.named(w, [grant.person])[grant.person]
        told = {"id": grant.id, "client": grant.client, "reason": why}
        w.announce(of(grant, person), "sign_in.revoked", "sign_in", grant.id, told)
    end(w, [grant_seq])


def end(w: Write, grants: list[int]) -> None:
    """No token of these grants is worth anything from the next request on, in every process."""
    for token_hash in store.drop_grants(w, grants) if grants else ():
        w.changed("key", token_hash)


def _given(w: Write, grant: Grant, person: Person, nonce: str | None) -> Tokens:
    now = clock.now()
    about = _about(person, grant.scope)
    base = {"iss": w.home, "aud": grant.client, "sub": person.wire_id}
    times = {"iat": now // clock.SECOND, "exp": (now + rules.ACCESS_LIFE) // clock.SECOND}
    more = {"jti": ids.uuid4(), "client_id": grant.client, "scope": grant.scope}
    access = keys.signed(w, {**base, **times, **more, **about}, "at+jwt")
    store.add_token(w, seal.digest(access), grant.seq, "access", now + rules.ACCESS_LIFE)
    asked = grant.scope.split()
    refresh = seal.token("hwr_") if "offline_access" in asked else None
    if refresh is not None:
        store.add_token(w, seal.digest(refresh), grant.seq, "refresh", now + rules.REFRESH_LIFE)
    told = {
        "auth_time": grant.authenticated_at // clock.SECOND,
        "at_hash": _half(access),
        "azp": grant.client,
    }
    said = {"nonce": nonce} if nonce else {}
    token = keys.signed(w, {**base, **times, **told, **said, **about}, "JWT") if "openid" in asked else None
    return Tokens(access, rules.ACCESS_LIFE // clock.SECOND, grant.scope, refresh, token)


def _about(person: Person, scope: str) -> dict[str, Any]:
    """What a scope lets be told of a person."""
    told: dict[str, Any] = {}
    asked = scope.split()
    if "email" in asked:
        told |= {"email": person.email, "email_verified": person.is_confirmed}
    if "profile" in asked:
        given, family = rules.names(person.name)
        told |= {"name": person.name, "given_name": given, "family_name": family}
        told["preferred_username"] = person.email
    return told


def machine(w: Write, api_key: Caller, key_id: str, secret_hash: str) -> Tokens:
    """A token of an API key by one of its secrets: it is worth what the secret is, for an hour."""
    now = clock.now()
    until = now + rules.ACCESS_LIFE
    base = {
        "iss": w.home,
        "aud": key_id,
        "sub": key_id,
        "iat": now // clock.SECOND,
        "exp": until // clock.SECOND,
        "name": api_key.actor_name,
    }
    access = keys.signed(w, {**base, "jti": ids.uuid4(), "client_id": key_id, "scope": "api"}, "at+jwt")
    store.add_machine(w, seal.digest(access), secret_hash, until)
    told = keys.signed(w, {**base, "at_hash": _half(access)}, "JWT")
    return Tokens(access, rules.ACCESS_LIFE // clock.SECOND, "api", None, told)


def caller(r: Read, token_hash: str) -> Caller | None:
    """Who an access token speaks for, in no organization yet (an API key's in its own); None for nobody.

    The answer may be remembered until word of a change to `("key", token_hash)` comes, and until it `expires_at`.
    """
    found = store.access(r, token_hash)
    if found is None:
        return _machines_caller(r, token_hash)
    grant, expires_at = found
    if expires_at <= clock.now() or not rules.may_act(clients.known(r, grant.client), grant.scope):
        return None
    return of(grant, identity.named(r, [grant.person])[grant.person], expires_at)


def _machines_caller(r: Read, token_hash: str) -> Caller | None:
    found = store.machine(r, token_hash)
    if found is None or found[1] <= clock.now():
        return None
    key = identity.api_keys.caller(r, found[0])
    return replace(key, expires_at=found[1]) if key else None


def of(grant: Grant, person: Person, expires_at: int | None = None) -> Caller:
    """The person, acting by a grant."""
    return Caller(
        organization=NOBODYS,
        plan=PLAN,
        actor_kind="person",
        actor_id=person.id,
        actor_name=person.name,
        via=VIA,
        expires_at=expires_at,
        person=person.seq,
        credential=f"oidc:{grant.seq}",
    )


def told_of(r: Read, token: str) -> dict[str, Any] | None:
    """What `/userinfo` says to who shows an access token: the subject, and what the scope lets be told."""
    found = store.access(r, seal.digest(token))
    if found is None or found[1] <= clock.now() or "openid" not in found[0].scope.split():
        return None
    grant = found[0]
    person = identity.named(r, [grant.person])[grant.person]
    return {"sub": person.wire_id, **_about(person, grant.scope)}


def _half(token: str) -> str:
    """`at_hash`: the left half of the token's SHA-256 (OpenID Connect Core, 3.1.3.6)."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).decode().rstrip("=")


def _shown(text: str, most: int) -> str:
    return "".join(each for each in text if each.isprintable())[:most]
