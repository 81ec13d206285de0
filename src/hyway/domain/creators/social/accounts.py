"""A person's social accounts: which there are, new ones, and their end."""

from collections.abc import Sequence
from typing import Any

from hyway.domain.creators.social import platforms, rules
from hyway.domain.creators.social.records import Account, Snapshot
from hyway.domain.creators.store import social as store
from hyway.domain.identity import Caller, person_of
from hyway.kernel import clock, sqid
from hyway.kernel.clock import Instant
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Missing, Taken

BY_ADDRESS = tuple(each for each in platforms.IDS if each not in rules.OAUTH_ONLY)


def page(r: Read, by: Caller, offset: int = 0, limit: int = 20) -> tuple[list[Account], int]:
    """The caller's own by number, and how many there are."""
    return store.page(r, person_of(by), offset, limit)


def find(r: Read, by: Caller, seq: int) -> Account:
    """One of the caller's own; Missing for any other."""
    found = store.find(r, seq, person_of(by))
    if found is None:
        raise Missing("")
    return found


def verified(r: Read, person: int, platform_ids: Sequence[str]) -> list[Account]:
    """The person's proved accounts at these platforms."""
    return store.verified(r, person, platform_ids)


def history(r: Read, by: Caller, seq: int, since: Instant = 0) -> list[Snapshot]:
    """How one of the caller's own stood over time, oldest first."""
    return store.snapshots(r, find(r, by, seq).seq, since)


def create(
    w: Write,
    by: Caller,
    platform_id: str | None,
    account_url: str | None,
    choices: tuple[str, ...] = BY_ADDRESS,
) -> Account:
    """A new one, pending until its code stands in the profile.

    `choices` are the platforms whose accounts may begin with an address: TikTok's and YouTube's need OAuth, unless a
    page of ours lets them be proved by a code. A claim of somebody else that was never proved in time gives way.
    """
    key = rules.check(platform_id, account_url, choices)
    url, platform = (account_url or "").strip(), platform_id or ""
    free(w, platform, key, person_of(by))
    now = clock.now()
    row = {**begun(person_of(by), platform, url, now), "connected_by": "code", **rules.fresh_code(now)}
    return added(w, by, row)


def drop(w: Write, by: Caller, seq: int) -> None:
    """Forgets one of the caller's own with its tokens and figures; posts made by it keep theirs."""
    account = find(w, by, seq)
    store.drop(w, account.seq)
    announce(w, by, "removed", account)


def rest(w: Write, by: Caller, seq: int, until: Instant) -> None:
    """The figures of one of the caller's own are not read before then."""
    store.change(w, find(w, by, seq).seq, {"next_sync_at": until})


def free(w: Write, platform_id: str, key: str, person: int, *, proved: bool = False) -> None:
    """Makes way for the person's new account at the address; Taken if somebody has it.

    A claim of another that was never proved is worth as much as its code: nothing once that is over, and nothing
    against who has just proved theirs.
    """
    holder = store.by_key(w, platform_id, key)
    if holder is None:
        return
    lapsed = holder.status == "failed" or (holder.code_expires_at or 0) <= clock.now()
    if holder.person == person or holder.status == "verified" or not (lapsed or proved):
        raise Taken("account_url", "has already been taken")
    store.drop(w, holder.seq)


def added(w: Write, by: Caller, row: dict[str, Any]) -> Account:
    """The stored account; Taken if somebody was quicker."""
    try:
        with w.attempt():
            seq = store.add(w, row)
    except Conflict:
        raise Taken("account_url", "has already been taken") from None
    account = find(w, by, seq)
    announce(w, by, "created", account)
    return account


def begun(person: int, platform_id: str, url: str, now: Instant) -> dict[str, Any]:
    """What is stored of every new account."""
    name = platforms.profile(platform_id, url)
    return {
        "person": person,
        "platform_id": platform_id,
        "account_url": url,
        "url_key": platforms.account_key(platform_id, url),
        "handle": name.key if name else "",
        "missed": 0,
        "created_at": now,
        "updated_at": now,
    }


def announce(w: Write, by: Caller, what: str, account: Account) -> None:
    w.announce(
        by,
        f"social_account.{what}",
        "social_account",
        sqid.text(account.seq),
        {"platform_id": account.platform_id, "account_url": account.account_url, "status": account.status},
    )
