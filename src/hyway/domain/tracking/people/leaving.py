"""How a user leaves: out of sight at once, and soon after without a trace of where he was."""

from typing import Final

from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts
from hyway.domain.tracking.people import users
from hyway.domain.tracking.store import accounts as account_store
from hyway.domain.tracking.store import leaving as store
from hyway.domain.tracking.store import live
from hyway.domain.tracking.telling import hooks
from hyway.domain.tracking.work import actions
from hyway.kernel import clock, outbox
from hyway.kernel.db import Database, Write

TOPIC: Final = "tracking.purge"
"""The errand that forgets a user, by his number."""
_ROWS = 5_000
_OF_THE_WIDE = 500


def remove(w: Write, by: Caller, id: str) -> None:
    """His pending actions are canceled; what he did before stays as work done by nobody.

    Positions, segments and events go by and by, in small transactions.
    """
    account = accounts.of(w, by)
    user = users.find(w, by, id)
    if user.live.pending:
        actions.cancel_all(w, by, user.id)
    store.hide(w, account.seq, user.seq, clock.now())
    w.changed(users.CHANGED, user.id)
    groups = live.groups_above(w, account.seq, user.group_id)
    accounts.gone(w, account, "user", user.id, *(f"group:{group}" for group in groups))
    outbox.later(w, TOPIC, account.organization, {"account": account.seq, "user": user.seq})
    w.announce(by, "tracking.user_deleted", "tracking_user", user.id)


def purge(db: Database, account: int, user: int) -> None:
    """Forgets the rows of a user who was removed; where it was broken off, it goes on."""
    while db.write_now(store.positions, user, _ROWS):
        pass
    while db.write_now(store.segments, account, user, _OF_THE_WIDE):
        pass
    while db.write_now(store.events, user, _OF_THE_WIDE):
        pass
    while db.write_now(store.actions, account, user, _OF_THE_WIDE):
        pass
    hooks.forget(db, db.read_now(account_store.by_seq, account).organization, user)
    db.write_now(store.user, user)
