"""Verbs of phones: where push services reach them, and what they log."""

from typing import Final

from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts
from hyway.domain.tracking.people import users
from hyway.domain.tracking.records import Account, Happening
from hyway.domain.tracking.store import accounts as accounts_store
from hyway.domain.tracking.store import phones as store
from hyway.domain.tracking.store import users as users_store
from hyway.domain.tracking.telling import happenings, payloads
from hyway.kernel import clock
from hyway.kernel.clock import DAY, Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid

KINDS: Final = ("FCM", "GCM", "APNS")
OFFLINE: Final = "user.network.offline"
_LONGEST_DEVICE, _LONGEST_REGISTRATION = 200, 4_096
MOST_LOG = 65_536
"""Letters of a log that are kept: the last ones, which tell how it ended."""
_LOGS_OF_AN_ACCOUNT = 2_000
_LOGS_FOR = 7 * DAY
_CHUNK = 500


def register(w: Write, by: Caller, user_id: str, device: str, registration: str, kind: str) -> None:
    """How a push service reaches the phone of a user; it serves that user alone from now on."""
    account = accounts.of(w, by)
    user = users.of_account(w, by, account, user_id)
    if kind not in KINDS:
        raise Invalid("cloud_message_type", '"{value}" is not a valid choice.', value=kind[:60])
    _bounded("device_id", device, _LONGEST_DEVICE)
    _bounded("registration_id", registration, _LONGEST_REGISTRATION)
    store.drop_phone(w, device, account.seq, user.seq)
    store.keep_phone(w, user.seq, device, kind, registration, clock.now())


def log(w: Write, by: Caller, user_id: str | None, device: str | None, body: str) -> None:
    """Keeps what a phone logged for seven days; of each account so many at most."""
    account = accounts.opened(w, by)
    user = users_store.find(w, account.seq, user_id.lower()) if user_id else None
    named = device[:_LONGEST_DEVICE] if device else None
    # PostgreSQL stores no NUL.
    text = body[-MOST_LOG:].replace("\0", "\ufffd")
    seq = store.add_log(w, account.seq, user.seq if user else None, named, text, clock.now())
    if seq % _CHUNK == 0:
        store.keep_logs(w, account.seq, _LOGS_OF_AN_ACCOUNT)


def _bounded(field: str, value: str, most: int) -> None:
    if not value:
        raise Invalid(field, "This field may not be blank.")
    if len(value) > most:
        raise Invalid(field, "Ensure this field has no more than {most} characters.", most=most)


def purge_logs(w: Write) -> bool:
    """Forgets some of the logs whose time is over; whether there may be more."""
    return store.purge_logs(w, clock.now() - _LOGS_FOR, _CHUNK) == _CHUNK


def any_silent(r: Read) -> bool:
    return bool(store.silent(r, clock.now(), 1))


def tell_silent(w: Write) -> bool:
    """Tells once of each user who should have been heard of; whether there may be more."""
    now = clock.now()
    found = store.silent(w, now, _CHUNK)
    of: dict[int, Account] = {}
    for seen in found:
        account = of.get(seen.account) or of.setdefault(seen.account, accounts_store.by_seq(w, seen.account))
        _tell_away(w, account, seen, now)
    return len(found) == _CHUNK


def _tell_away(w: Write, account: Account, seen: store.Silent, now: Instant) -> None:
    if not store.went_away(w, seen, accounts.frame(w, account)):
        return
    user = users_store.by_seq(w, seen.user)
    if user is None:
        return
    body = payloads.user(user, account, now, w.home)
    away = Happening(OFFLINE, user.seq, user.id, now, location=user.live.last, object=body)
    happenings.tell(w, account, [away])
    w.changed(users.CHANGED, user.id)
