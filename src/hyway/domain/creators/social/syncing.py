"""Reading how accounts and posts stand: many at a time, each look kept once, no transaction while anything is awaited.

A look is named by the instant it was due at. It is kept together with the instant of the next one, so whoever is
killed in between looks again, and what was kept is not kept twice.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from hyway.domain import identity
from hyway.domain.creators.campaigns import Due, Seen, submissions
from hyway.domain.creators.collabs import posted
from hyway.domain.creators.social import asked, grants, platforms, telling, verifying
from hyway.domain.creators.social.platforms.asking import (
    Adapter,
    Broken,
    Denied,
    Gone,
    Throttled,
    Trouble,
    Whose,
)
from hyway.domain.creators.social.records import Account, Grant, Post, Profile
from hyway.domain.creators.social.rules import MISSES
from hyway.domain.creators.social.services import Services
from hyway.domain.creators.store import social as store
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Conflict, Database, Read, Write

THREADS = 16
AT_ONCE = 1_000
_WRITTEN_AT_ONCE = 25
"""So many posts are kept in one transaction: others write, too."""
_RENEW = 5 * clock.MINUTE
_AFTER_TROUBLE = 10 * clock.MINUTE
_AFTER_DENIAL = clock.HOUR
_NOBODY_TO_ASK = clock.DAY
_SERVER = identity.server(identity.NOBODYS)
T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Bundle:
    """Posts that one question asks for: the posts of each id, as the same one may be handed in twice."""

    platform_id: str
    adapter: Adapter
    whose: Whose | None
    account: Account | None
    posts: dict[str, list[Due]]

    @property
    def dues(self) -> list[Due]:
        return [due for dues in self.posts.values() for due in dues]


class Pass:
    """One look at all that is due."""

    def __init__(self, db: Database, services: Services, threads: int = THREADS) -> None:
        self._db = db
        self._services = services
        self._threads = threads

    # --- accounts

    def accounts(self, most: int = AT_ONCE) -> int:
        """Reads the figures of the accounts that are due; how many were looked at."""
        now, tried = clock.now(), set[tuple[int, Instant | None]]()
        while True:
            rested = [each for each in platforms.IDS if self._services.rests.over(each)]
            found = self._db.read_now(store.due, now, rested, most)
            due = [each for each in found if (each.seq, each.next_sync_at) not in tried]
            tried |= {(each.seq, each.next_sync_at) for each in due}
            granted = self._db.read_now(asked.grants, [each.seq for each in due])
            self._all(self._account, [(each, granted.get(each.seq)) for each in due])
            if len(found) < most or not due:
                return len(tried)

    def _account(self, of: tuple[Account, Grant | None]) -> None:
        account, grant = of

        def ask(held: Grant | None) -> Profile:
            adapter = self._services.adapter(account.platform_id, held is not None)
            return adapter.profile(asked.whose(account, held))

        found = self._asked(account.platform_id, account, grant, ask)
        self._db.write_now(noted, account, found)

    # --- posts

    def posts(self, most: int = AT_ONCE) -> int:
        """Looks at the posts that are due; how many."""
        now, tried = clock.now(), set[Due]()
        while True:
            found = [
                *self._db.read_now(submissions.due, now, most),
                *self._db.read_now(posted.due, now, most),
            ]
            # What could not be kept is still due: it waits for the next pass.
            due = [each for each in found if each not in tried]
            tried |= set(due)
            self._all(self._bundle, self._bundles(due))
            if len(found) < most or not due:
                return len(tried)

    def _bundles(self, due: Sequence[Due]) -> list[_Bundle]:
        known = {each.account for each in due if each.account is not None}
        accounts, granted = self._db.read_now(_with_grants, sorted(known))
        sorts: dict[tuple[str, str], _Bundle] = {}
        nobody: list[Due] = []
        for each in due:
            account = accounts.get(each.account or 0)
            grant = granted.get(account.seq) if account else None
            adapter = self._services.adapter(each.platform_id, grant is not None)
            whose = asked.whose(account, grant) if account else None
            key, id = adapter.bundle(whose), platforms.post_id(each.platform_id, each.url)
            if key is None or id is None:
                nobody.append(each)
                continue
            if not key:  # the operator's own key asks for everybody's
                whose = account = None
            empty = _Bundle(each.platform_id, adapter, whose, account, defaultdict(list))
            sorts.setdefault((each.platform_id, key), empty).posts[id].append(each)
        for some in _pieces(nobody, _WRITTEN_AT_ONCE):
            self._db.write_now(unasked, some, clock.now() + _NOBODY_TO_ASK)
        return [small for bundle in sorts.values() for small in _cut(bundle)]

    def _bundle(self, bundle: _Bundle) -> None:
        def ask(held: Grant | None) -> dict[str, Post | None]:
            whose = bundle.whose
            if whose is not None and held is not None:
                whose = Whose(whose.name, whose.url, whose.uid, held)
            return bundle.adapter.posts(whose, list(bundle.posts))

        grant = bundle.whose.grant if bundle.whose else None
        found = self._asked(bundle.platform_id, bundle.account, grant, ask)
        if isinstance(found, Trouble):
            # Of an account that is gone, or allows nothing any more, another of the same person's may tell.
            verb = unasked if isinstance(found, Gone | Denied) else put_off
            for few in _pieces(bundle.dues, _WRITTEN_AT_ONCE):
                self._db.write_now(verb, few, clock.now() + _pause(found))
            return
        for some in _pieces(list(bundle.posts.items()), _WRITTEN_AT_ONCE):
            self._db.write_now(seen, some, found)

    # --- questions

    def _asked(
        self,
        platform_id: str,
        account: Account | None,
        grant: Grant | None,
        ask: Callable[[Grant | None], T],
    ) -> T | Trouble:
        """The answer, or why there is none; a grant that is not taken is renewed once."""
        left = self._services.rests.left(platform_id)
        if left > 0:
            return Throttled("it was asked enough", left)
        try:
            if account and grant and (grant.expires_at or clock.now() + clock.DAY) < clock.now() + _RENEW:
                grant = self._renewed(account, grant)
                return ask(grant)
            try:
                return ask(grant)
            except Denied:
                if account is None or grant is None:
                    raise
                return ask(self._renewed(account, grant))
        except Trouble as trouble:
            if isinstance(trouble, Throttled):
                self._services.rests.wait(platform_id, trouble.retry_after)
            if not isinstance(trouble, Gone):
                log.warning("%s could not be asked: %s", platform_id, trouble)
            return trouble

    def _renewed(self, account: Account, grant: Grant) -> Grant:
        """A new grant, stored before it is used: some platforms end the old one with the first use of the new."""
        client = self._services.clients.get(account.platform_id)
        if client is None:
            raise Denied("the platform's client is no longer set up")
        with self._services.turns.of(account.seq):
            held = self._db.read_now(asked.grants, [account.seq]).get(account.seq)
            if held is not None and held != grant:
                return held  # another thread was quicker
            way = self._services.ways[account.platform_id]
            made = grants.renew(account.platform_id, way, client, grant)
            self._db.write_now(_keep_grant, account.seq, made)
            return made

    def _all(self, work: Callable[[T], None], of: Iterable[T]) -> None:
        """Each on a thread; one that fails is told of and leaves the others alone."""

        def one(each: T) -> None:
            try:
                work(each)
            except Exception:
                log.exception("a look failed and will be made again")

        with ThreadPoolExecutor(self._threads, "hyway-social") as crew:
            list(crew.map(one, of))


def noted(w: Write, looked: Account, found: Profile | Trouble) -> None:
    """What a look at an account leads to, unless another look was quicker."""
    account, now = store.locked(w, looked.seq), clock.now()
    slot = looked.next_sync_at
    if account is None or slot is None or account.next_sync_at != slot:
        return
    if isinstance(found, Profile):
        _keep(w, account, slot, found, now)
    elif isinstance(found, Gone) or (isinstance(found, Denied) and account.connected_by == "oauth"):
        missed = account.missed + 1
        store.change(w, account.seq, {"missed": missed, "next_sync_at": now + asked.EVERY})
        if missed >= MISSES:
            verifying.failed(w, _SERVER, account, telling.VANISHED)
    else:
        store.change(w, account.seq, {"next_sync_at": now + _pause(found)})


def _keep(w: Write, account: Account, slot: int, found: Profile, now: Instant) -> None:
    if account.uid == account.handle != found.uid:
        # It was proved by its page, and the platform's number of it is known only now.
        try:
            with w.attempt():
                store.change(w, account.seq, {"uid": found.uid})
        except Conflict:
            verifying.failed(w, _SERVER, account, telling.ANOTHERS)
            return
    asked.keep(w, account, slot, found, now)


def seen(w: Write, some: Sequence[tuple[str, list[Due]]], found: dict[str, Post | None]) -> None:
    """Keeps how posts stand; one of which nothing was told is looked at again later."""
    untold: list[Due] = []
    for id, dues in some:
        post = found.get(id)
        for due in dues:
            if id not in found:
                untold.append(due)
            elif due.kind == "collab":
                posted.seen(w, due.submission, due.slot, post)
            elif post is None or post.views is not None:
                submissions.seen(w, due.submission, due.slot, _seen(post) if post else None)
            else:
                untold.append(due)
    put_off(w, untold, clock.now() + _AFTER_DENIAL)


def put_off(w: Write, dues: Sequence[Due], until: Instant) -> None:
    """Looks at these later; nothing is said against them."""
    for kind in ("campaign", "collab"):
        store.put_off(w, kind, [(each.submission, each.slot) for each in dues if each.kind == kind], until)


def unasked(w: Write, dues: Sequence[Due], until: Instant) -> None:
    """Nobody could be asked about these with the account they are said to be of."""
    for each in dues:
        verb = posted.unasked if each.kind == "collab" else submissions.unasked
        verb(w, each.submission, each.slot, until)


def expire(w: Write, most: int) -> int:
    """Accounts whose code was not put up in time are failed; how many."""
    seqs = store.expired(w, clock.now(), most)
    for account in store.by_seqs(w, seqs):
        verifying.failed(w, _SERVER, account, telling.LATE)
    return len(seqs)


def _seen(post: Post) -> Seen:
    return Seen(post.author_uid, post.posted_at, post.views or 0, post.likes, post.comments)


def _pause(trouble: Trouble) -> int:
    if isinstance(trouble, Throttled):
        return int(trouble.retry_after * clock.SECOND)
    return _AFTER_TROUBLE if isinstance(trouble, Broken) else _AFTER_DENIAL


def _cut(bundle: _Bundle) -> list[_Bundle]:
    pieces = _pieces(list(bundle.posts.items()), bundle.adapter.most)
    return [
        _Bundle(bundle.platform_id, bundle.adapter, bundle.whose, bundle.account, dict(some))
        for some in pieces
    ]


def _pieces(of: Sequence[T], most: int) -> list[Sequence[T]]:
    return [of[at : at + most] for at in range(0, len(of), most)]


def _with_grants(r: Read, seqs: Sequence[int]) -> tuple[dict[int, Account], dict[int, Grant]]:
    return {each.seq: each for each in store.by_seqs(r, seqs)}, asked.grants(r, seqs)


def _keep_grant(w: Write, account: int, grant: Grant) -> None:
    store.change(w, account, asked.sealed(w.seal, grant))
