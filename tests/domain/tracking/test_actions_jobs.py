"""What workers do for actions: a router that is asked of their ways, and time that is looked at."""

from collections.abc import Callable
from typing import Any

from hyway.domain.tracking.jobs import actions as jobs_actions
from hyway.domain.tracking.outside.services import ROUTER
from hyway.domain.tracking.work.ledger import ROUTE
from hyway.kernel import clock, outbox
from hyway.kernel.clock import DAY, MINUTE, SECOND
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing
from tests.domain.tracking.work import HERE, action, away, find, fix, move, user
from tests.make import maps
from tests.make.world import World


def means(world: World, **services: str) -> Means:
    return Means(world.db, Outgoing(lambda _: True), services)


def with_router(world: World) -> World:
    world.db.house = world.db.house._replace(services=frozenset({ROUTER}))
    return world


def errands(world: World) -> list[outbox.Errand]:
    return [each for each in world.db.read_now(outbox.waiting) if each.topic == ROUTE]


def test_a_router_is_asked_once_a_minute_and_believed(world: World, later: Callable[[int], None]) -> None:
    with_router(world)
    ann = user(world)
    made = action(world, away(3_000), user_id=ann.id, current_location=fix(HERE, clock.now()))
    move(world, ann, [fix(HERE, clock.now() - 20 * SECOND), fix(away(80), clock.now() - 10 * SECOND)])
    assert len(errands(world)) == 1
    with maps.osrm() as server:
        jobs_actions.ask_the_way(means(world, router=f"osrm+{server.url}"), errands(world)[0])
        assert len(server.asked) == 1
    eta = find(world, made).eta
    assert eta is not None
    # The test's router drives 10 m/s in a straight line.
    assert abs(eta - clock.now() - 292 * SECOND) < 15 * SECOND
    later(2 * MINUTE)
    move(world, ann, [fix(away(1_500), clock.now())])
    assert len(errands(world)) == 2
    eta = find(world, made).eta
    assert eta is not None
    assert abs(eta - clock.now() - 150 * SECOND) < 30 * SECOND


def test_where_no_router_answers_the_estimate_stays(world: World) -> None:
    with_router(world)
    ann = user(world)
    made = action(world, away(3_000), user_id=ann.id)
    move(world, ann, [fix(HERE, clock.now())])
    before = find(world, made)
    with maps.osrm() as server:
        server.instead = (500, b"no")
        jobs_actions.ask_the_way(means(world, router=f"osrm+{server.url}"), errands(world)[0])
    jobs_actions.ask_the_way(means(world), errands(world)[0])
    assert find(world, made).eta == before.eta


def test_without_a_router_nobody_is_sent(world: World) -> None:
    ann = user(world)
    action(world, away(3_000), user_id=ann.id, current_location=fix(HERE, clock.now()))
    move(world, ann, [fix(HERE, clock.now())])
    assert errands(world) == []


def test_all_that_is_due_is_looked_at(world: World, later: Callable[[int], None]) -> None:
    made: list[Any] = [action(world, user_id=user(world).id) for _ in range(120)]
    later(DAY + MINUTE)
    jobs_actions.look_at_due(means(world))
    assert {find(world, each).status for each in made} == {"suspended"}
