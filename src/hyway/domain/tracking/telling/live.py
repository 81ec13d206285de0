"""Frames: what changed in an account, in order, as streams carry it.

A frame tells a whole state, never a difference: whoever takes the frames of everything there is, and then all that
follow, holds what a fresh fetch would give. So a stream may start again anywhere, in any process, at any number.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from hyway.domain.identity import Caller, organization_name
from hyway.domain.tracking import accounts as verbs
from hyway.domain.tracking.earth import polyline
from hyway.domain.tracking.records import Account, User
from hyway.domain.tracking.store import accounts, users
from hyway.domain.tracking.store import live as store
from hyway.domain.tracking.telling import events, payloads
from hyway.domain.tracking.work import actions
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Missing, Refused

MOST = 500
"""Rows of each kind in one look."""
_MOST_POINTS = 2_000
EVERYBODY = "account"
"""The topic of everything in the account."""


class Frame(NamedTuple):
    """`number` is where a reader may go on after it; `topics` are those under which it is wanted."""

    number: int
    kind: str
    topics: frozenset[str]
    data: dict[str, Any]


class Look(NamedTuple):
    """What was found, up to which frame it is complete, and whether there is more at once."""

    frames: list[Frame]
    upto: int
    is_cut: bool


Seen = dict[int, Instant]
"""The time of the position that was last told, by user."""


def since(r: Read, account: Account, frame: int, seen: Seen) -> Look:
    """What changed after the frame, ordered by number; `seen` is brought up to date.

    A `location` frame of a user in `seen` carries the points since then, whatever the device sent in one batch.
    """
    now, counted = clock.now(), accounts.frames(r, account.seq)
    people = store.users_since(r, account.seq, frame, MOST)
    work = store.actions_since(r, account.seq, frame, MOST)
    told = store.events_since(r, account.seq, frame, MOST)
    full = [
        last
        for found, last in (
            (people, people[-1].live.frame if people else 0),
            (work, work[-1][1] if work else 0),
            (told, told[-1][1] if told else 0),
        )
        if len(found) == MOST
    ]
    upto = min(full) if full else counted
    above = _above(r, account)
    frames: list[Frame] = []
    for user in people:
        if user.live.frame <= upto:
            frames += _of_user(r, account, user, above(user.group_id), seen, now)
    frames += _of_actions(r, account, [id for id, number in work if number <= upto], above, now)
    frames += _of_events(r, account, [id for id, number in told if number <= upto], above)
    frames.sort(key=lambda each: each.number)
    return Look(frames, upto, bool(full))


def everything(r: Read, account: Account, topics: Collection[str]) -> Look:
    """All that the topics hold now: their users, and actions that are not over."""
    now, counted = clock.now(), accounts.frames(r, account.seq)
    above = _above(r, account)
    people = _users_of(r, account, topics, above)
    frames = [
        Frame(counted, "user", _topics(user.id, above(user.group_id)), _user(r, account, user, now))
        for user in people
    ]
    named = {topic.partition(":")[2] for topic in topics if topic.startswith("action:")}
    wanted = dict.fromkeys([*store.pending_of(r, account.seq, people), *sorted(named)])
    work = _of_actions(r, account, list(wanted), above, now)
    frames += [each._replace(number=counted) for each in work]
    return Look(frames, counted, False)


def _users_of(r: Read, account: Account, topics: Collection[str], above: "_Above") -> list[User]:
    if EVERYBODY in topics:
        return store.users_of(r, account.seq, None, None)
    users = {topic.partition(":")[2] for topic in topics if topic.startswith("user:")}
    heads = {topic.partition(":")[2] for topic in topics if topic.startswith("group:")}
    groups = {id for id in store.parents(r, account.seq) if heads.intersection(above(id))} if heads else set()
    found = {user.seq: user for user in store.users_of(r, account.seq, users, None)} if users else {}
    if groups:
        found |= {user.seq: user for user in store.users_of(r, account.seq, None, groups)}
    return list(found.values())


_Above = Callable[[str | None], tuple[str, ...]]


def _above(r: Read, account: Account) -> _Above:
    """A group and those above it, by a look at the groups that is taken when the first user has one."""
    known: Mapping[str, str | None] | None = None

    def line(group: str | None) -> tuple[str, ...]:
        nonlocal known
        if group is None:
            return ()
        if known is None:
            known = store.parents(r, account.seq)
        found: list[str] = []
        while group is not None and group not in found:
            found.append(group)
            group = known.get(group)
        return tuple(found)

    return line


def _topics(user_id: str | None, groups: Iterable[str], action_id: str | None = None) -> frozenset[str]:
    named = [f"group:{group}" for group in groups]
    if user_id is not None:
        named.append(f"user:{user_id}")
    if action_id is not None:
        named.append(f"action:{action_id}")
    return frozenset([EVERYBODY, *named])


def _user(r: Read, account: Account, user: User, now: Instant) -> dict[str, Any]:
    return dict(payloads.user(user, account, now, r.home))


def _of_user(
    r: Read, account: Account, user: User, groups: tuple[str, ...], seen: Seen, now: Instant
) -> list[Frame]:
    """The location first where it is a new one; the user's frame closes the number."""
    live, topics = user.live, _topics(user.id, groups)
    frames: list[Frame] = []
    if live.last is not None and seen.get(user.seq) != live.last.at:
        moved = {
            "user_id": user.id,
            "location": payloads.location(live.last),
            "time_aware_polyline": _points(r, user, seen.get(user.seq), live.last.at),
        }
        # A reader who breaks off between the two goes on before both.
        frames.append(Frame(live.frame - 1, "location", topics, moved))
        seen[user.seq] = live.last.at
    frames.append(Frame(live.frame, "user", topics, _user(r, account, user, now)))
    return frames


def _points(r: Read, user: User, after: Instant | None, until: Instant) -> str:
    """The points later than `after`; the newest alone when nothing was told before."""
    since = until - 1 if after is None or after > until else after
    found = store.path(r, user.seq, since, until, _MOST_POINTS)
    return polyline.encode_timed([(spot.lat, spot.lon, at) for spot, at in found])


def _of_actions(r: Read, account: Account, ids: list[str], above: _Above, now: Instant) -> list[Frame]:
    frames = []
    for action in actions.by_ids(r, account, ids):
        user = action.user
        topics = _topics(user.id if user else None, above(user.group_id if user else None), action.id)
        data = dict(payloads.action(action, account, now, r.home))
        frames.append(Frame(action.frame, "action", topics, data))
    return frames


def _of_events(r: Read, account: Account, ids: list[str], above: _Above) -> list[Frame]:
    frames = []
    for event, group in events.by_ids(r, account, ids):
        topics = _topics(event.user_id, above(group), event.action_id)
        frames.append(Frame(event.frame, "event", topics, dict(payloads.event(event))))
    return frames


def frame_count(r: Read, account: Account) -> int:
    """How far the account has counted its changes."""
    return accounts.frames(r, account.seq)


def watch(r: Read, by: Caller, topics: Sequence[str]) -> Account:
    """The account, when the caller may watch every one of the topics; Missing for what it may not know of.

    A secret key watches anything, a publishable one a user or an action whose id it knows, a group's token what
    belongs to the group or to those below it.
    """
    account = verbs.of(r, by)
    for topic in topics:
        kind, _, id = topic.partition(":")
        if topic == EVERYBODY or kind == "group":
            _may_watch_many(r, by, account, kind, id)
        elif kind not in ("user", "action"):
            raise Invalid("subscribe", "knows no topic {topic}", topic=topic[:60])
        else:
            _may_watch_one(r, by, account, kind, id)
    return account


def _may_watch_many(r: Read, by: Caller, account: Account, kind: str, id: str) -> None:
    is_group = "group" in by.scopes
    if "publishable" in by.scopes or (is_group and kind != "group"):
        raise Refused("a publishable key watches one user or one action")
    if kind != "group":
        return
    line = _above(r, account)(id)
    if id not in store.parents(r, account.seq) or (is_group and by.actor_id not in line):
        raise Missing("there is no such group")


def _may_watch_one(r: Read, by: Caller, account: Account, kind: str, id: str) -> None:
    user: User | None
    if kind == "user":
        user = users.find(r, account.seq, id)
        is_there = user is not None
    else:
        found = actions.by_ids(r, account, [id])
        is_there, user = bool(found), found[0].user if found else None
    hidden = "group" in by.scopes and (user is None or by.actor_id not in _above(r, account)(user.group_id))
    if not is_there or hidden:
        raise Missing("there is no such thing to watch")


def account_of(r: Read, seq: int) -> Account:
    """The account with this number, for who has found it in a row that may be shown."""
    return accounts.by_seq(r, seq)


def owner(r: Read, account: int) -> str:
    """The name of the organization that an account belongs to."""
    return organization_name(r, accounts.by_seq(r, account).organization)
