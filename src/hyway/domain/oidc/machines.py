"""How programs sign in: by an API key's id and one of its secrets."""

from hyway.domain import identity
from hyway.domain.oidc import tokens
from hyway.domain.oidc.records import Tokens
from hyway.kernel import clock, seal
from hyway.kernel.db import Write
from hyway.kernel.limits import household

_TRIES, _WINDOW = 10, 15 * clock.MINUTE


def sign_in(w: Write, key_id: str, secret: str, address: str) -> Tokens | None:
    """An hour's token; None for a wrong pair, which costs a try.

    Ten wrong pairs in 15 minutes from one address for one key raise Spent: others are not locked out by it.
    """
    who = f"m2m:{seal.digest(f'{household(address)} {key_id}')}"
    identity.throttle.check(w, who, _TRIES, _WINDOW)
    api_key = identity.api_keys.by_id_and_secret(w, key_id, secret)
    if api_key is None:
        identity.throttle.note(w, who)
        return None
    return tokens.machine(w, api_key, key_id, seal.digest(secret))
