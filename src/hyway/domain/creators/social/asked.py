"""What is asked about an account, and what is kept of the answer."""

from collections.abc import Sequence

from hyway.domain.creators.social import platforms
from hyway.domain.creators.social.platforms.asking import Whose
from hyway.domain.creators.social.platforms.urls import Name
from hyway.domain.creators.social.records import Account, Grant, Profile, Snapshot
from hyway.domain.creators.store import social as store
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.seal import Seal

EVERY = 6 * clock.HOUR
"""How long the figures of an account stand until they are read again."""
_PURPOSE = "social token"


def whose(account: Account, grant: Grant | None = None) -> Whose:
    """The profile of an account, as adapters are asked about it."""
    name = platforms.profile(account.platform_id, account.account_url) or Name("handle", account.handle)
    # A profile that was proved by its page has no other number than its name.
    uid = None if account.uid == name.key else account.uid
    return Whose(name, account.account_url, uid, grant)


def keep(w: Write, account: Account, slot: int, profile: Profile, now: Instant) -> bool:
    """Keeps how an account stands, once for each slot, and says when it is looked at next."""
    seen = Snapshot(
        now,
        profile.subscriber_count,
        profile.view_count,
        profile.video_count,
        profile.likes_count,
        profile.engagement_rate,
    )
    if not store.keep_snapshot(w, account.seq, slot, seen):
        return False
    when = {"last_synced_at": now, "next_sync_at": now + EVERY, "updated_at": now}
    store.change(w, account.seq, {"missed": 0, **when})
    return True


def sealed(seal: Seal, grant: Grant) -> dict[str, str | int | None]:
    """A grant as it is stored."""
    refresh = grant.refresh_token
    return {
        "access_token": seal.close(grant.access_token, _PURPOSE),
        "refresh_token": seal.close(refresh, _PURPOSE) if refresh else None,
        "token_expires_at": grant.expires_at,
    }


def grants(r: Read, accounts: Sequence[int]) -> dict[int, Grant]:
    """The grants of those accounts that have one, in clear."""
    return {
        seq: Grant(
            r.seal.open(each.access_token or "", _PURPOSE),
            r.seal.open(each.refresh_token, _PURPOSE) if each.refresh_token else None,
            each.expires_at,
        )
        for seq, each in store.sealed(r, accounts).items()
    }
