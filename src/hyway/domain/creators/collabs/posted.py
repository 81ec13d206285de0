"""Looking at the posts of collabs, until they are completed: whether they are there, and whose they are."""

from typing import Any, Final

from hyway.domain import identity
from hyway.domain.creators.campaigns.records import Due
from hyway.domain.creators.collabs import telling
from hyway.domain.creators.collabs.records import PostCheck, Submission
from hyway.domain.creators.social import accounts, owning
from hyway.domain.creators.social.records import Account, Post
from hyway.domain.creators.store import collab_work as store
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, Instant
from hyway.kernel.db import Read, Write

EVERY: Final = DAY
AGAIN: Final = HOUR
"""A post that was not found is looked for again sooner: some are shown only after a while."""
_LOOKED_AT: Final = ("posted", "spark_code_submitted")


def due(r: Read, now: Instant, most: int) -> list[Due]:
    """Posts that should be looked at now, the longest due first, at most so many."""
    return store.posts_due(r, now, most)


def seen(w: Write, seq: int, slot: int, post: Post | None) -> bool:
    """What a look at a post showed, None where there is no such post; False if that look was noted before."""
    of = _held(w, seq, slot)
    if of is None:
        return False
    now = clock.now()
    if post is None:
        if not _tried_elsewhere(w, of, max(now, slot + 1)):
            _note(w, of, now, "gone", now + AGAIN, **_from_the_first(w, of))
        return True
    mine = _accounts(w, of)
    maker = owning.maker(mine, post.author_uid)
    _note(
        w, of, now,
        "other_author" if owning.is_anothers(mine, post.author_uid) else "found",
        now + EVERY,
        account=maker.seq if maker else of.account,
        post_made_at=post.posted_at or of.post_made_at,
        views=of.views if post.views is None else post.views,
        likes=post.likes,
        comments=post.comments,
    )  # fmt: skip
    return True


def unasked(w: Write, seq: int, slot: int, until: Instant) -> None:
    """Nobody could be asked about a post with its account: another of its creator's is tried, or it waits."""
    of = _held(w, seq, slot)
    if of is not None and not _tried_elsewhere(w, of, max(clock.now(), slot + 1)):
        _later(w, of, until, **_from_the_first(w, of))


def _held(w: Write, seq: int, slot: int) -> Submission | None:
    of = store.locked(w, seq)
    return of if of is not None and of.next_sync_at == slot and of.status in _LOOKED_AT else None


def _accounts(r: Read, of: Submission) -> list[Account]:
    """Those that may have made the post, in the order in which they are asked."""
    platform, url = of.platform_id or "", of.post_url or ""
    return owning.order(accounts.verified(r, of.person, [platform]), platform, url)


def _tried_elsewhere(w: Write, of: Submission, now: Instant) -> bool:
    """Whether a post that was never seen is looked for by another account of its creator's, at once."""
    another = None if of.was_seen else owning.following(_accounts(w, of), of.account)
    if another is not None:
        _later(w, of, now, account=another.seq)
    return another is not None


def _from_the_first(r: Read, of: Submission) -> dict[str, Any]:
    """A post that none of the accounts has shown is looked for by each of them again."""
    mine = [] if of.was_seen else _accounts(r, of)
    return {"account": mine[0].seq} if mine else {}


def _later(w: Write, of: Submission, until: Instant, **values: Any) -> None:
    store.change(w, of.seq, of.updated_at, {"next_sync_at": until, **values})


def _note(w: Write, of: Submission, now: Instant, check: PostCheck, next_at: Instant, **values: Any) -> None:
    new = store.change(
        w, of.seq, now, {"post_check": check, "looked_at": now, "next_sync_at": next_at, **values}
    )
    if check != of.post_check:
        telling.announce(w, identity.server(of.organization), new, "post_checked", check=check)
