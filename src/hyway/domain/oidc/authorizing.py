"""Requests for a code: who asks, for what, and what has to happen before a browser is sent back with one."""

from collections.abc import Mapping
from dataclasses import dataclass

from hyway.domain import identity
from hyway.domain.identity import Session
from hyway.domain.oidc import clients, keys, rules, server
from hyway.domain.oidc.records import Client, Origin
from hyway.domain.oidc.server import Pairs
from hyway.domain.oidc.store import clients as store
from hyway.kernel import clock
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid

_LONGEST = 8_000


@dataclass(frozen=True, slots=True)
class Wish:
    """A request that is in order; `pairs` are its parameters as they came."""

    client: Client
    redirect_uri: str
    scope: str
    state: str | None
    prompts: frozenset[str]
    max_age: int | None
    pairs: tuple[tuple[str, str], ...]

    def again(self) -> tuple[tuple[str, str], ...]:
        """The parameters for after a new sign-in, which has been had by then."""
        kept = " ".join(sorted(self.prompts - {"login"}))
        rest = [pair for pair in self.pairs if pair[0] not in ("prompt", "max_age")]
        return (*rest, ("prompt", kept)) if kept else tuple(rest)


@dataclass(frozen=True, slots=True)
class Back:
    """The browser goes back to the client; `to` says with what."""

    to: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody has to sign in first: anew where somebody `again` is signed in already."""

    wish: Wish
    again: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """The person has to say yes first."""

    wish: Wish


Step = Back | SignIn | Ask


def begin(w: Write, pairs: Pairs, who: Session | None, origin: Origin) -> Step:
    """What happens next with a browser that came with this request; `who` is signed in at it.

    Raises Invalid for a client or an address that is not known: nobody is ever sent there.
    """
    wish = read(w, pairs)
    if isinstance(wish, Back):
        return wish
    silent = "none" in wish.prompts
    if who is None or _is_stale(wish, who):
        return (
            refuse(wish, "login_required", "Nobody is signed in.")
            if silent
            else SignIn(wish, who is not None)
        )
    if _needs_consent(w, wish, who):
        return refuse(wish, "consent_required", "The person has not agreed yet.") if silent else Ask(wish)
    return _granted(w, wish, who, origin)


def agree(w: Write, pairs: Pairs, who: Session, origin: Origin) -> Back:
    """The person has said yes: that is remembered, and the browser goes back with a code."""
    wish = read(w, pairs)
    if isinstance(wish, Back):
        return wish
    if not wish.client.is_first_party:
        before = store.consented(w, who.person.seq, wish.client.id)
        scope = rules.known_scope(f"{before} {wish.scope}")
        store.consent(w, who.person.seq, wish.client.id, scope, clock.now())
    return _granted(w, wish, who, origin)


def deny(w: Write, pairs: Pairs) -> Back:
    """The person has said no."""
    wish = read(w, pairs)
    return wish if isinstance(wish, Back) else refuse(wish, "access_denied", "The person has said no.")


def read(w: Write, pairs: Pairs) -> Wish | Back:
    """The request, checked; or what is wrong with it, told to the client."""
    said = dict(reversed(pairs))
    client, uri = _client(w, pairs), said["redirect_uri"]
    state = said.get("state")
    draft = Wish(client, uri, "", state, frozenset(said.get("prompt", "").split()), None, tuple(pairs))
    wrong = _unfit(draft, said)
    if wrong is not None:
        return refuse(draft, *wrong)
    scope = server.checked(w, pairs)
    if not isinstance(scope, str):
        return refuse(draft, scope.error, scope.description or "The request cannot be served.")
    age = int(said["max_age"]) if said.get("max_age") else None
    return Wish(client, uri, scope, state, draft.prompts, age, tuple(pairs))


def _client(r: Read, pairs: Pairs) -> Client:
    """Who asks, at one of its own addresses: a browser is sent nowhere else."""
    for name in ("client_id", "redirect_uri"):
        if len([1 for each, _ in pairs if each == name]) != 1:
            raise Invalid(name, "this address must say which program sent you here ({name}), once", name=name)
    said = dict(pairs)
    client = clients.known(r, said["client_id"])
    if client is None:
        raise Invalid("client_id", "the program that sent you here is not known to this server")
    if not rules.fits(client, said["redirect_uri"]):
        text = "the address that {name} wants you to be sent back to is not one that it was registered with"
        raise Invalid("redirect_uri", text, name=client.name)
    return client


def _unfit(wish: Wish, said: dict[str, str]) -> tuple[str, str] | None:
    """What we do not serve, by its name in the standards."""
    if any("\0" in value or len(value) > _LONGEST for pair in wish.pairs for value in pair):
        return "invalid_request", "A parameter is too long, or holds a character that none may hold."
    if not said.get("response_type"):
        return "invalid_request", "Missing 'response_type' in request."
    if said["response_type"] != "code":
        return "unsupported_response_type", "The response type must be code."
    if said.get("response_mode", "query") != "query":
        return "invalid_request", "The response mode must be query."
    for name in ("request", "request_uri"):
        if name in said:
            return f"{name}_not_supported", "Parameters must stand in the request itself."
    if "none" in wish.prompts and len(wish.prompts) > 1:
        return "invalid_request", "The prompt none goes with no other."
    age = said.get("max_age") or "0"
    if not age.isascii() or not age.isdigit() or len(age) > 9:
        return "invalid_request", "The 'max_age' must be a number of seconds."
    return None


def refuse(wish: Wish, error: str, why: str) -> Back:
    """Back to the client, with its state."""
    told = {"error": error, "error_description": why, "state": wish.state or None}
    return Back(server.with_query(wish.redirect_uri, told))


def _is_stale(wish: Wish, who: Session) -> bool:
    """Whether the client wants a newer sign-in than the browser has."""
    if "login" in wish.prompts:
        return True
    return wish.max_age is not None and clock.now() - who.created_at > wish.max_age * clock.SECOND


def _needs_consent(r: Read, wish: Wish, who: Session) -> bool:
    if wish.client.is_first_party:
        return False
    if "consent" in wish.prompts:
        return True
    return not rules.covers(store.consented(r, who.person.seq, wish.client.id), wish.scope)


def _granted(w: Write, wish: Wish, who: Session, origin: Origin) -> Back:
    there = Origin(origin.user_agent, origin.address, who.id, None, who.created_at)
    return Back(server.code_for(w, wish.pairs, who.person.seq, there))


def owner(r: Read, client: Client) -> str:
    """The organization that registered a client, for the page that asks for consent."""
    return identity.organization_name(r, client.organization) if client.organization is not None else ""


def parting(r: Read, said: Mapping[str, str], who: Session | None) -> tuple[bool, str]:
    """Of a wish to sign somebody out: whether it is proved to be about who is signed in, and where to go then.

    Back to a client only at an address that it is registered with, else nowhere (empty). Its proof is an id token of
    ours, however old (OpenID Connect RP-Initiated Logout 1.0, 2).
    """
    claims = keys.verified(r, said.get("id_token_hint", "")) or {}
    client = clients.known(r, str(claims.get("aud") or said.get("client_id", "")))
    to = said.get("post_logout_redirect_uri", "")
    if client is None or not rules.fits(client, to):
        to = ""
    elif said.get("state"):
        to = server.with_query(to, {"state": said["state"]})
    return who is not None and claims.get("sub") == who.person.wire_id, to
