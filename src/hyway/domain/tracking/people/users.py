"""Verbs of tracked users: who they are. What they do is found by `ingest` and `actions`."""

import json
import re
from typing import Any, Final

from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts
from hyway.domain.tracking.people import pictures
from hyway.domain.tracking.records import (
    VEHICLES,
    Account,
    Happening,
    Page,
    Picture,
    User,
    UserChange,
    UserQuery,
    Vehicle,
)
from hyway.domain.tracking.store import people, phones
from hyway.domain.tracking.store import users as store
from hyway.domain.tracking.telling import display, happenings, payloads
from hyway.kernel import clock, ids
from hyway.kernel.clock import DAY, SECOND
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Invalid, Missing, Refused, Spent, Taken
from hyway.kernel.patch import UNSET, changes, given

CHANGED: Final = "tracking.users"
"""The topic under which a commit tells who remembers users to forget one; the key is the user's id."""
CREATED: Final = "user.created"
ENDED: Final = "tracking.ended"
SORTS, TIMES = people.SORTS, people.TIMES

TEST_USERS_A_DAY = 20
"""What the vendor's test keys are good for."""
_LONGEST = {"name": 255, "lookup_id": 255, "device_name": 255}
_MOST_METADATA = 16_384
_DEEPEST = 50
_PHONE = re.compile(r"\+[1-9]\d{1,14}", re.ASCII)
_SPACING = re.compile(r"[\s().\u00a0\u2010-\u2015-]")
_SPELLINGS: Final = {"three-wheeler": "3-wheeler", "three_wheeler": "3-wheeler"}


def page(r: Read, by: Caller, query: UserQuery) -> Page[User]:
    """A page of users: of all, or for a group's token of those in its group and below."""
    account = accounts.of(r, by)
    return people.page(r, account.seq, query, within(by), clock.now())


def within(by: Caller) -> str | None:
    """The group that the caller may not look beyond; None for who sees the whole account."""
    return by.actor_id if "group" in by.scopes else None


def find(r: Read, by: Caller, id: str) -> User:
    """The user of the id; Missing for one that is not there, or not the caller's to see."""
    return of_account(r, by, accounts.of(r, by), id)


def of_account(r: Read, by: Caller, account: Account, id: str) -> User:
    """The same, for who has looked up the account."""
    user = store.find(r, account.seq, id.lower())
    group = within(by)
    if user is None or (group and not people.is_below(r, account.seq, user.seq, group)):
        raise Missing("there is no such user")
    return user


def create(w: Write, by: Caller, wish: UserChange) -> tuple[User, bool]:
    """The new user and True; or the one that has the `lookup_id` already, as he is, and False.

    The vendor's clients send the same request at every start of an app.
    """
    may_write(by)
    account = accounts.opened(w, by)
    fields, picture = _checked(w, account, wish)
    lookup_id = fields.get("lookup_id")
    there = store.by_lookup_id(w, account.seq, lookup_id) if lookup_id else None
    if there is not None:
        return there, False
    _check_room(w, account)
    now = clock.now()
    row = {**_BLANK, **fields, "id": ids.uuid4(), "created_at": now, "modified_at": now}
    try:
        with w.attempt():
            seq = store.add(w, account.seq, accounts.frame(w, account), row)
    except Conflict:
        there = store.by_lookup_id(w, account.seq, lookup_id) if lookup_id else None
        if there is None:
            raise
        return there, False
    _keep_picture(w, seq, row["photo"], picture)
    user = _again(w, seq)
    body = payloads.user(user, account, now, w.home)
    happenings.tell(w, account, [Happening(CREATED, seq, user.id, now, object=body)])
    w.announce(by, "tracking.user_created", "tracking_user", user.id)
    return user, True


_BLANK: dict[str, Any] = {
    "lookup_id": None,
    "name": "",
    "phone": None,
    "photo": None,
    "group": None,
    "vehicle_type": "unknown",
    "device_name": None,
    "metadata": {},
    "timezone": None,
}


def change(w: Write, by: Caller, id: str, wish: UserChange) -> User:
    """The user with what was mentioned changed; null clears."""
    may_write(by)
    account = accounts.of(w, by)
    old = of_account(w, by, account, id)
    fields, picture = _checked(w, account, wish)
    if not fields:
        return old
    if "photo" in fields and fields["photo"] is None:
        phones.drop_photo(w, old.seq)
    try:
        with w.attempt():
            store.change(w, account.seq, old.seq, clock.now(), **fields)
    except Conflict:
        raise Taken("lookup_id", "This field must be unique.") from None
    _keep_picture(w, old.seq, fields.get("photo"), picture)
    touch(w, account, old)
    w.announce(by, "tracking.user_changed", "tracking_user", old.id, {"fields": sorted(fields)})
    return _again(w, old.seq)


def touch(w: Write, account: Account, user: User, **live: Any) -> None:
    """Columns of the live state, and that the user looks otherwise now: streams and memories are told."""
    store.set_live(w, user.seq, frame=accounts.frame(w, account), **live)
    w.changed(CHANGED, user.id)


def stop_tracking(w: Write, by: Caller, id: str) -> User:
    """Ends the user's tracking session; nothing happens when there is none. His device is told by its controls."""
    may_write(by)
    account = accounts.of(w, by)
    user = of_account(w, by, account, id)
    now = clock.now()
    if display.availability(payloads.state(user)) == "offline":
        return user
    touch(w, account, user, is_tracking=0, tracking_at=now)
    ended = _again(w, user.seq)
    if user.live.is_tracking:
        body = payloads.user(ended, account, now, w.home)
        happening = Happening(ENDED, user.seq, user.id, now, location=user.live.last, object=body)
        happenings.tell(w, account, [happening])
    w.announce(by, "tracking.user_stopped", "tracking_user", user.id)
    return ended


def picture(r: Read, id: str) -> Picture | None:
    """The stored picture of the id, which is told to nobody but in a user's `photo`."""
    return phones.photo(r, id)


def may_write(by: Caller) -> None:
    """Refused to who holds a group's token."""
    if "group" in by.scopes:
        raise Refused("a group's token reads")


def _again(r: Read, seq: int) -> User:
    user = store.by_seq(r, seq)
    if user is None:
        raise RuntimeError("a user that was just written is gone")
    return user


def _check_room(r: Read, account: Account) -> None:
    if account.environment != "test":
        return
    now = clock.now()
    midnight = now - now % DAY
    if store.made_since(r, account.seq, midnight) >= TEST_USERS_A_DAY:
        left = -(-(midnight + DAY - now) // SECOND)
        raise Spent(
            "a test account makes at most {most} users a day", retry_after=left, most=TEST_USERS_A_DAY
        )


def _keep_picture(w: Write, user: int, id: str | None, picture: Picture | None) -> None:
    if picture is not None and id is not None:
        phones.keep_photo(w, user, id, picture)


def _checked(r: Read, account: Account, wish: UserChange) -> tuple[dict[str, Any], Picture | None]:
    """The columns that were mentioned, and the picture to keep: its id is in `photo`."""
    fields = changes(
        name=_text("name", wish.name) if given(wish.name) else UNSET,
        lookup_id=_optional("lookup_id", wish.lookup_id),
        device_name=_optional("device_name", wish.device_name),
        phone=phone(wish.phone) if given(wish.phone) else UNSET,
        vehicle_type=vehicle(wish.vehicle_type) if given(wish.vehicle_type) else UNSET,
        metadata=metadata(wish.metadata) if given(wish.metadata) else UNSET,
    )
    if given(wish.group_id):
        fields["group"] = _group(r, account, "group_id", wish.group_id)
    elif given(wish.group_lookup_id):
        fields["group"] = _group(r, account, "group_lookup_id", wish.group_lookup_id)
    picture = None
    if given(wish.photo):
        sent = pictures.read(wish.photo) if wish.photo else None
        picture = sent if isinstance(sent, Picture) else None
        fields["photo"] = ids.uuid4() if picture else sent
    return fields, picture


def _text(field: str, value: str | None) -> str:
    if value is None:
        raise Invalid(field, "This field may not be null.")
    if "\0" in value:
        raise Invalid(field, "Null characters are not allowed.")
    most = _LONGEST[field]
    if len(value) > most:
        raise Invalid(field, "Ensure this field has no more than {most} characters.", most=most)
    return value.strip()


def _optional(field: str, value: Any) -> Any:
    """Nothing but blanks is nothing."""
    return (_text(field, value) or None) if given(value) and value is not None else value


def phone(value: str | None) -> str | None:
    """E.164 without what people put between digits; nothing is None."""
    digits = _SPACING.sub("", value or "")
    if not digits:
        return None
    if not _PHONE.fullmatch(digits):
        raise Invalid("phone", "Enter a valid phone number in E.164 format, such as +16502469293.")
    return digits


def vehicle(value: str | None, field: str = "vehicle_type") -> Vehicle:
    """A kind of vehicle by any of its spellings; nothing is `unknown`."""
    said = (value or "unknown").strip().lower()
    said = _SPELLINGS.get(said, said)
    found = next((known for known in VEHICLES if known == said), None)
    if found is None:
        raise Invalid(field, '"{value}" is not a valid choice.', value=(value or "")[:60])
    return found


def metadata(value: dict[str, Any] | None) -> dict[str, Any]:
    """What an owner may keep of their own beside a user or an action; Invalid if it is too much."""
    if not _is_shallow(value):
        raise Invalid("metadata", "Ensure this field is nested no deeper than {most} levels.", most=_DEEPEST)
    if len(json.dumps(value, ensure_ascii=False)) > _MOST_METADATA:
        raise Invalid(
            "metadata", "Ensure this field has no more than {most} characters.", most=_MOST_METADATA
        )
    return value or {}


def _is_shallow(value: Any, deepest: int = _DEEPEST) -> bool:
    """Writers of JSON give up where readers of it do not."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return deepest > 0 and all(_is_shallow(each, deepest - 1) for each in inner)


def _group(r: Read, account: Account, field: str, name: str | None) -> int | None:
    if not name:
        return None
    by_id = field == "group_id"
    seq = store.group_of(r, account.seq, **({"id": name.lower()} if by_id else {"lookup_id": name}))
    if seq is None:
        raise Invalid(field, 'Invalid pk "{id}" - object does not exist.', id=name[:60])
    return seq
