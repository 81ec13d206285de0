"""DNS zones by their pages: what is in them for short domains, and how that went."""

import pytest

from hyway.domain import connections, links
from hyway.domain.connections import Resource
from tests.console.conftest import Browser
from tests.console.integrations.conftest import Works


@pytest.fixture
async def owner(works: Works) -> Browser:
    return await works.place.browser("owner")


async def test_a_zone_shows_its_records_and_goes(works: Works, owner: Browser) -> None:
    db, by = works.place.db, works.place.by()
    assert "No zones yet" in (await owner.see("/console/zones")).text
    of = await works.integrate("badge")
    db.write_now(links.domains.create, by, links.NewDomain("go.north.example", None, None))
    arrival = connections.imports.Arrival(of, "DNSZone", Resource("Z1", "north.example"))
    db.write_now(connections.zones.take_in, by, arrival)
    (zone,), _ = db.read_now(connections.zones.page, by)
    records = db.read_now(connections.zones.records, by, zone.id)
    assert records
    listed = await owner.see("/console/zones")
    assert f"{len(records)} record" in listed.text
    page = await owner.see(f"/console/zones/{zone.id}")
    assert records[0].name in page.text
    assert records[0].value in page.text
    assert "On its way" in page.text
    # This vendor's zones cannot be written, which is told.
    works.work()
    part = await owner.see(f"/console/zones/{zone.id}/records")
    assert "cannot be written" in part.text
    assert "not right" in (await owner.see("/console/zones")).text
    assert (await owner.send(f"/console/zones/{zone.id}/retry")).status_code == 303
    assert "its records" in (await owner.send(f"/console/zones/{zone.id}/delete")).text
    await owner.send(f"/console/zones/{zone.id}/delete", confirmed="yes")
    assert (await owner.see(f"/console/zones/{zone.id}")).status_code == 404
    assert db.read_now(connections.zones.page, by)[1] == 0
