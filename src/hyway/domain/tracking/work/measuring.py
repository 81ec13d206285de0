"""How far an action has gone: while it is pending from the positions so far, then as it was at its end."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import Any, Final

from hyway.domain.tracking.days import mileage
from hyway.domain.tracking.days.mileage import Stay
from hyway.domain.tracking.records import Account, Action
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read

_MOST: Final = 512
_Key = tuple[str, Instant, int]
_Way = tuple[float, float, str]


class _Remembered:
    """The last ways that were measured; any change of a user makes another key."""

    def __init__(self) -> None:
        self._ways: OrderedDict[_Key, _Way] = OrderedDict()
        self._lock = Lock()

    def find(self, key: _Key) -> _Way | None:
        with self._lock:
            return self._ways.get(key)

    def keep(self, key: _Key, way: _Way) -> None:
        with self._lock:
            self._ways[key] = way
            while len(self._ways) > _MOST:
                self._ways.popitem(last=False)


_REMEMBERED = _Remembered()


def measured(r: Read, account: Account, action: Action) -> Action:
    """The action with its distance, duration and path so far; as it is if it has ended or nobody has it."""
    return all_measured(r, account, [action])[0]


def all_measured(r: Read, account: Account, actions: Sequence[Action]) -> list[Action]:
    """The same for each of many, in their order."""
    keys = {action.id: _key(action) for action in actions}
    ways = {id: _REMEMBERED.find(key) for id, key in keys.items() if key is not None}
    unknown = [action for action in actions if action.id in ways and ways[action.id] is None]
    for action, found in zip(unknown, mileage.between_many(r, account, _stays(unknown)), strict=True):
        ways[action.id] = way = (found.distance, found.duration, found.path)
        _REMEMBERED.keep(keys[action.id] or ("", 0, 0), way)
    return [_with(action, ways.get(action.id)) for action in actions]


def _key(action: Action) -> _Key | None:
    user, since = action.user, action.assigned_at
    if user is None or since is None or action.ended_at is not None:
        return None
    return action.id, since, user.live.frame


def _stays(actions: Sequence[Action]) -> list[Stay]:
    now = clock.now()
    return [Stay(each.user.seq, each.assigned_at or now, now) for each in actions if each.user]


def _with(action: Action, way: _Way | None) -> Action:
    if way is None:
        return action
    distance, duration, path = way
    return replace(action, distance=distance, duration=duration, path=path)


def columns(r: Read, account: Account, user: int, since: Instant, until: Instant) -> dict[str, Any]:
    """What is kept of an action that has ended."""
    way = mileage.between(r, account, user, since, until)
    return {"distance": way.distance, "duration": way.duration, "path": way.path}
