"""Users with actions to do, who are moved about without the lanes that take positions in."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from hyway.domain.tracking import accounts
from hyway.domain.tracking.earth.geodesy import along
from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.people import users
from hyway.domain.tracking.records import Action, Location, Spot, User, UserChange
from hyway.domain.tracking.store import users as store
from hyway.domain.tracking.store.tables import ACTIONS, EVENTS, POSITIONS, TRACKS
from hyway.domain.tracking.work import actions
from hyway.domain.tracking.work.wishes import ActionWish
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Write
from tests.make.world import World

HERE = Spot(37.77493, -122.41942)


def away(metres: float, direction: float = 45) -> Spot:
    return Spot(*along(*HERE, direction, metres))


def user(world: World, **wish: Any) -> User:
    made, _ = world.db.write_now(users.create, world.by, UserChange(**{"name": "Ann Bee", **wish}))
    return made


def action(world: World, to: Spot | None = None, **wish: Any) -> Action:
    place: dict[str, Any] = {} if to is None else {"expected_place": {"location": to, "name": "There"}}
    return world.db.write_now(actions.create, world.by, ActionWish(**place, **wish)).action


def change(world: World, of: Action, **wish: Any) -> Action:
    return world.db.write_now(actions.change, world.by, of.id, ActionWish(**wish))


def find(world: World, of: Action) -> Action:
    return world.db.read_now(actions.find, world.by, of.id)


def again(world: World, of: User) -> User:
    return world.db.read_now(users.find, world.by, of.id)


def page(world: World, **filters: Any) -> list[Action]:
    return world.db.read_now(actions.page, world.by, Wanted(filters)).rows


def move(world: World, of: User, fixes: Sequence[Location]) -> None:
    """What the lanes do: positions are stored, the live state goes forward, then actions are told."""
    world.db.write_now(_move, world, of, fixes)


def _move(w: Write, world: World, of: User, fixes: Sequence[Location]) -> None:
    account = accounts.of(w, world.by)
    for fix in fixes:
        row = {"user": of.seq, "at": fix.at, "lat": round(fix.lat * 1e7), "lon": round(fix.lon * 1e7),
               "activity": 0, "provider": 0}  # fmt: skip
        w.run(POSITIONS.insert(), row)
    last = fixes[-1]
    live = {"at": last.at, "lat": last.lat, "lon": last.lon, "activity": 0, "provider": 0, "accuracy": 5.0}
    frame = accounts.frame(w, account)
    store.set_live(w, of.seq, **live, is_tracking=1, tracking_at=1, heartbeat_at=clock.now(), frame=frame)
    now = store.by_seq(w, of.seq)
    assert now is not None
    actions.on_positions(w, account, now, fixes)


def fix(spot: Spot, at: Instant) -> Location:
    return Location(at, *spot, accuracy=5.0)


def told(world: World, of: Action | None = None) -> list[str]:
    """The types of the events, in the order in which they were told."""
    query = select(EVENTS.c.type).order_by(EVENTS.c.frame)
    if of is not None:
        query = query.where(EVENTS.c.action == of.seq)
    return [row.type for row in world.db.read_now(lambda r: list(r.run(query)))]


def count(world: World, of: User) -> int:
    """The user's pending actions, as the live state counts them."""
    query = select(TRACKS.c.pending).where(TRACKS.c.user == of.seq)
    return world.db.read_now(lambda r: int(r.run(query).scalar_one()))


def rows(world: World) -> list[Any]:
    """All actions of the world's account, as they are stored."""
    account = world.db.read_now(accounts.of, world.by).seq
    query = select(ACTIONS).where(ACTIONS.c.account == account).order_by(ACTIONS.c.seq)
    return world.db.read_now(lambda r: list(r.run(query)))
