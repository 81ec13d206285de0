"""A project with toggles, segments that name one another, and a public key; browsers signed in."""

import pytest

from hyway.domain import identity, toggles
from hyway.domain.toggles import NewSegment, NewToggle
from tests.console.conftest import Browser
from tests.console.projects.conftest import Place
from tests.console.projects.conftest import member as member
from tests.console.projects.conftest import owner as owner
from tests.console.projects.conftest import place as place

CHECKOUT = "/console/toggles/shop/new-checkout"
STAFF = '{"in": ["@north.example", {"var": "user.email"}]}'
BETA = '{"or": [{"segment": "staff"}, {"==": [{"var": "customAttributes.plan"}, "beta"]}]}'


@pytest.fixture
def shop(place: Place) -> Place:
    """`new-checkout` is on for beta testers and a third of the others, `limit` is a number, `config` is JSON."""
    db, by = place.db, place.by()
    segments = [
        NewSegment("staff", "Staff", STAFF, "Who works here"),
        NewSegment("beta", "Beta testers", BETA),
    ]
    made = [db.write_now(toggles.segments.create, by, "shop", each) for each in segments]
    targets = (('{"segment": "beta"}', True), ('{"rollout": [30]}', True), ('{"map": [[1], 2]}', False))
    new = NewToggle("new-checkout", "boolean", targets, False, "The new way to pay", ("checkout", "web"))
    db.write_now(toggles.create, by, "shop", new)
    db.write_now(toggles.create, by, "shop", NewToggle("limit", "number", (), 42))
    db.write_now(toggles.create, by, "shop", NewToggle("config", "object", (), '{ "id": "Hello World!"}'))
    key = db.write_now(toggles.public_keys.create, by, "shop", "Web shop")
    place.ids.update(project="shop", toggle="new-checkout", segment="beta", key=key.id, staff=made[0].id)
    return place


@pytest.fixture
async def reader(shop: Place) -> Browser:
    """The member, who may read the project and change nothing in it."""
    owner = shop.by()
    project = shop.db.read_now(toggles.find, owner, "shop", "limit").project.id
    shop.db.write_now(identity.access.create, owner, project, shop.member("member"), ["ProjectReader"])
    return await shop.browser("member")
