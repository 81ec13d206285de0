"""The keys that tokens are signed with: the newest signs, older ones are shown as long as they are needed.

RS256, because it is what every client can verify: it is the one algorithm that OpenID Connect makes servers have.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from hyway.domain.oidc import rules
from hyway.domain.oidc.store import keys as store
from hyway.kernel import clock
from hyway.kernel.db import Read, Write
from hyway.kernel.seal import Seal

ALGORITHM = "RS256"
ROTATE_AFTER = 30 * clock.DAY
_BITS = 2048
_PURPOSE = "oidc signing key"
_KEPT = 2 * rules.ACCESS_LIFE
"""For how long a key is shown that no longer signs, besides the one before the newest."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new key; making one takes a while, so it is done outside every transaction."""

    kid: str
    private: str
    public: str


def fresh() -> Fresh:
    key = RSAKey.generate_key(_BITS, {"use": "sig", "alg": ALGORITHM}, private=True, auto_kid=True)
    private, public = key.as_dict(private=True), key.as_dict(private=False)
    return Fresh(str(public["kid"]), json.dumps(private), json.dumps(public))


def rotate(w: Write, new: Fresh) -> str:
    """`new` signs from now on; what its forerunner signed stays verifiable. Returns the new key's id."""
    now = clock.now()
    store.retire(w, now)
    sealed = w.seal.close(new.private, _PURPOSE)
    store.add(w, {"kid": new.kid, "sealed": sealed, "public": new.public, "created_at": now})
    gone = [each.seq for each in store.every(w)[2:] if (each.retired_at or 0) < now - _KEPT]
    store.drop(w, gone)
    return new.kid


def is_due(r: Read) -> bool:
    """Whether it is time for another key: there is none, or it has signed for thirty days."""
    newest = store.newest(r)
    return newest is None or newest.created_at <= clock.now() - ROTATE_AFTER


def shown(r: Read) -> dict[str, Any]:
    """The public halves as a JWK set."""
    return {"keys": [json.loads(each.public) for each in store.every(r)]}


def signed(w: Write, claims: dict[str, Any], kind: str) -> str:
    """A JWT of the claims by the newest key, which is made where there is none; `kind` is its `typ`."""
    newest = store.newest(w)
    if newest is None:
        rotate(w, fresh())
        newest = store.newest(w)
    assert newest is not None  # noqa: S101 - written above, in this transaction
    key = _opened(w.seal, newest.sealed)
    return jwt.encode({"alg": ALGORITHM, "kid": newest.kid, "typ": kind}, claims, key)


@lru_cache(maxsize=4)
def _opened(seal: Seal, sealed: str) -> RSAKey:
    return RSAKey.import_key(json.loads(seal.open(sealed, _PURPOSE)))


def verified(r: Read, token: str) -> dict[str, Any] | None:
    """The claims of a token that one of our keys signed, expired or not; None for any other."""
    if not token or len(token) > 8_192 or not token.isascii():
        return None
    try:
        known = KeySet.import_key_set(shown(r))  # type: ignore[arg-type]
        claims = jwt.decode(token, known, algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError, TypeError):
        return None
    return claims if claims.get("iss") == r.home else None
