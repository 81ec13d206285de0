"""Samples that the organization's own people bring."""

import pytest

from hyway.domain import tracking
from hyway.domain.creators import collabs
from hyway.domain.creators.collabs import shipping
from hyway.domain.tracking.records import Spot
from hyway.domain.tracking.work import completing
from hyway.kernel import clock
from hyway.kernel.faults import Invalid
from tests.make.collabs import Stage, stage_at
from tests.make.world import World


@pytest.fixture
def stage(world: World) -> Stage:
    return stage_at(world.db)


@pytest.fixture
def courier(stage: Stage) -> tracking.User:
    return stage.write(tracking.users.create, stage.by, tracking.UserChange(name="Ann"))[0]


def sent(stage: Stage, courier: tracking.User | None = None) -> collabs.Submission:
    _, of = stage.brought_to("awaiting_shipment", stage.collab(requires_product_shipment=True))
    return stage.write(shipping.send_own, stage.by, of.seq, courier.id if courier else None)


def test_a_courier_of_ones_own_has_a_delivery_to_the_creators_address(stage: Stage, courier: tracking.User):
    gone = sent(stage, courier)
    action = stage.db.read_now(tracking.actions.find, stage.by, gone.action_id or "")
    assert action.user is not None
    assert (action.type, action.user.id, action.status) == ("delivery", courier.id, "assigned")
    place = action.expected_place
    assert place is not None
    assert (place.name, place.address) == ("Kim", "1 Infinite Loop, Cupertino, CA 95014, US")
    assert gone.tracking_url == f"{stage.db.house.home}/track/{action.short_code}"
    assert (gone.status, gone.carrier) == ("shipped", None)


@pytest.mark.parametrize("way", ["one", "many", "device"])
def test_what_was_brought_is_delivered_however_it_is_told(stage: Stage, courier: tracking.User, way: str):
    gone, other = sent(stage, courier), sent(stage, courier)
    if way == "one":
        stage.write(tracking.actions.complete, stage.by, gone.action_id or "")
    elif way == "many":
        action = stage.db.read_now(tracking.actions.find, stage.by, gone.action_id or "")
        stage.write(
            tracking.actions.complete_matching, stage.by, courier.id, collection_id=action.collection_id
        )
    else:
        account = stage.db.read_now(tracking.accounts.of, stage.by)
        told = {"action_id": gone.action_id}
        stage.db.write_now(completing.by_device, account, courier.seq, told, clock.now())
    there = stage.find(gone)
    assert (there.status, there.address) == ("delivered", None)
    assert there.content_due_at is not None
    assert stage.find(other).status == "shipped"


def test_what_was_delivered_before_stays_so(stage: Stage, courier: tracking.User):
    gone = sent(stage, courier)
    stage.write(collabs.making.deliver, stage.by, gone.seq)
    before = stage.find(gone)
    stage.write(tracking.actions.complete, stage.by, gone.action_id, where=Spot(1.0, 2.0))
    assert stage.find(gone) == before


def test_a_delivery_may_wait_for_somebody(stage: Stage):
    gone = sent(stage)
    assert stage.db.read_now(tracking.actions.find, stage.by, gone.action_id or "").user is None


def test_a_user_of_another_organization_brings_nothing(stage: Stage, courier: tracking.User):
    other = stage_at(stage.db)
    _, of = other.brought_to("awaiting_shipment", other.collab(requires_product_shipment=True))
    with pytest.raises(Invalid) as caught:
        other.write(shipping.send_own, other.by, of.seq, courier.id)
    assert (caught.value.field, caught.value.message) == ("user", "must exist")
    assert other.find(of) == of


def test_a_carrier_has_a_name_and_a_number(stage: Stage):
    _, of = stage.brought_to("awaiting_shipment", stage.collab(requires_product_shipment=True))
    with pytest.raises(Invalid) as caught:
        stage.write(shipping.ship, stage.by, of.seq, collabs.Shipment(" ", "", "ftp://x.example"))
    assert [(each.field, each.message) for each in caught.value.faults] == [  # type: ignore[attr-defined]
        ("carrier", "can't be blank"),
        ("tracking_number", "can't be blank"),
        ("tracking_url", "is invalid"),
    ]
    assert stage.find(of) == of
