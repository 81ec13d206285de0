"""Connecting an account by its platform's own word: its owner is sent there, and comes back with a code."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from hyway.domain.creators.social import accounts, asked, grants, platforms, verifying
from hyway.domain.creators.social.platforms.asking import Trouble, Whose
from hyway.domain.creators.social.platforms.urls import Name
from hyway.domain.creators.social.records import Account, Grant, Profile
from hyway.domain.creators.social.services import Services
from hyway.domain.creators.store import social as store
from hyway.domain.identity import Caller, person_of
from hyway.kernel import clock
from hyway.kernel.db import Database, Read, Write
from hyway.kernel.faults import Invalid, Refused
from hyway.kernel.seal import Seal

LIFE = 10 * clock.MINUTE
"""How long somebody may take to consent."""
_PURPOSE = "social oauth"
_PROFILES = {
    "youtube": "https://www.youtube.com/@{handle}",
    "tiktok": "https://www.tiktok.com/@{handle}",
    "instagram": "https://www.instagram.com/{handle}",
    "twitter": "https://x.com/{handle}",
}


def offered(services: Services) -> tuple[str, ...]:
    """The platforms that the operator made this server known to."""
    return tuple(each for each in platforms.IDS if each in services.clients)


def start(r: Read, services: Services, by: Caller, session: str, platform_id: str) -> str:
    """The address to send the person to; `session` is what their browser's session is known by.

    The state that comes back is signed, holds for ten minutes, and is worth something in this session alone.
    """
    client = services.clients.get(platform_id)
    if client is None:
        raise Invalid("platform_id", "is not included in the list")
    manner = grants.MANNERS[platform_id]
    until = clock.now() + LIFE
    state = r.seal.sign(f"{until}-{secrets.token_hex(12)}", _bound(platform_id, by, session))
    query = {
        manner.client: client.id,
        "redirect_uri": callback(r.home, platform_id),
        "response_type": "code",
        "scope": manner.scope,
        "state": state,
        **dict(manner.more),
    }
    if manner.pkce:
        digest = hashlib.sha256(_verifier(r.seal, state).encode()).digest()
        query |= {"code_challenge": _plain(digest), "code_challenge_method": "S256"}
    return f"{services.ways[platform_id].url(*manner.authorize)}?{urlencode(query)}"


def finish(
    db: Database,
    services: Services,
    by: Caller,
    session: str,
    platform_id: str,
    came: Mapping[str, str],
) -> Account:
    """The account that the person has just proved, from the query they came back with; on the calling thread.

    Refused for a state that is not theirs, now; Invalid where the platform or its owner says no.
    """
    client = services.clients.get(platform_id)
    state = came.get("state", "")
    if client is None or not _is_ours(db.seal, state, _bound(platform_id, by, session)):
        raise Refused("Not authorized")
    if not came.get("code"):
        raise Invalid("base", "The connection was not allowed.")
    way = services.ways[platform_id]
    back, verifier = callback(db.house.home, platform_id), _verifier(db.seal, state)
    try:
        grant = grants.trade(platform_id, way, client, came["code"], back, verifier)
        profile = services.apis[platform_id].profile(Whose(Name("handle", ""), "", None, grant))
    except Trouble:
        raise Invalid("base", "The platform did not confirm the connection. Try again.") from None
    return db.write_now(connect, by, platform_id, profile, grant)


def connect(w: Write, by: Caller, platform_id: str, profile: Profile, grant: Grant) -> Account:
    """The person's account of that profile, new or not, verified; Taken if it is another's."""
    url = address(platform_id, profile)
    key = platforms.account_key(platform_id, url)
    if key is None:
        raise Invalid("base", "The platform did not confirm the connection. Try again.")
    person = person_of(by)
    there = store.by_key(w, platform_id, key)
    known = store.by_uid(w, platform_id, profile.uid, person) or there
    if there is not None and there.person != person:
        accounts.free(w, platform_id, key, person, proved=True)
    row = accounts.begun(person, platform_id, url, clock.now())
    if known is None or known.person != person:
        known = accounts.added(w, by, {**row, "status": "pending", "connected_by": "oauth"})
    elif there is None or there.person != person:
        # The profile was renamed: the account follows it.
        store.change(w, known.seq, {name: row[name] for name in ("account_url", "url_key", "handle")})
    tokens = asked.sealed(w.seal, grant)
    return verifying.proved(w, by, known, profile, connected_by="oauth", **tokens)


def address(platform_id: str, profile: Profile) -> str:
    """Where the profile is; a channel without a handle by its number."""
    if profile.handle:
        return _PROFILES[platform_id].format(handle=profile.handle)
    return f"https://www.youtube.com/channel/{profile.uid}" if platform_id == "youtube" else ""


def callback(home: str, platform_id: str) -> str:
    """Where the platform sends people back to; it must be entered there."""
    return f"{home}/me/social_accounts/callback/{platform_id}"


def _bound(platform_id: str, by: Caller, session: str) -> str:
    return f"{_PURPOSE} {platform_id} {person_of(by)} {hashlib.sha256(session.encode()).hexdigest()}"


def _is_ours(seal: Seal, state: str, purpose: str) -> bool:
    until, _, _ = (seal.signed(state, purpose) or "").partition("-")
    return until.isdecimal() and int(until) > clock.now()


def _verifier(seal: Seal, state: str) -> str:
    """Known to nobody else and nowhere stored: it follows from the state and the server's own key."""
    return _plain(seal.mark(state.encode(), b"social pkce"))


def _plain(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
