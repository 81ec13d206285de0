"""Usage of an organization, and of the account that pays for it."""

from collections.abc import Callable

import pytest

from hyway.domain import billing, links
from hyway.domain.identity import Person
from hyway.kernel import clock
from hyway.kernel.clock import DAY
from hyway.kernel.db import Read
from tests.apis.hyphen.conftest import Acme, World, refused
from tests.domain.conftest import later

__all__ = ["later"]
NOTHING = {
    "user": {"active": 0},
    "seat": {"total": 3, "open": 0},
    "env": {"pull": 0, "push": 0},
    "link": {"created": 0},
    "netInfo": {"requests": 0},
    "toggle": {"evaluations": 0, "telemetry": 0},
    "deploy": {"seconds": 0},
    "agent": {"total": 0},
}


def account(acme: World) -> billing.Account:
    def found(r: Read) -> billing.Account:
        return billing.accounts.of(r, acme.organization.seq)

    return acme.db.read_now(found)


def usage_of(acme: World) -> str:
    return f"/api/billing-accounts/{account(acme).id}/usage"


def link(acme: World, by: Person | None = None) -> None:
    """A link, made by the person or by the command line."""
    caller = acme.inside(by) if by else acme.by
    shelf = acme.db.write_now(links.put_on_shelf, acme.by, links.COLLECTIONS, [{"name": f"L{clock.now()}"}])[
        0
    ]
    wish = links.LinkChange(url="https://example.com/", collection_id=shelf.id)
    acme.db.write_now(links.put, caller, [wish])


async def test_a_new_organization_has_used_nothing(acme: Acme) -> None:
    async with acme.client() as client:
        answer = await client.get(f"{acme.base}/usage")
        with_slash = await client.get(f"{acme.base}/usage/")
    told = answer.json()
    assert (answer.status_code, with_slash.status_code) == (200, 200)
    cycle = billing.cycles.running(account(acme).created_at, clock.now())
    assert told["organization"] == {"id": acme.id, "name": "Acme"}
    assert told["total"] == NOTHING
    assert told["billingCycle"] == 1
    assert told["totalDays"] == told["remainingDays"] == cycle.total
    assert told["startDate"] == clock.text(cycle.starts_at).replace("Z", ".000Z")
    assert told["endDate"].endswith("T23:59:59.999Z")
    assert clock.parse("", told["endDate"]) + 1_000 == cycle.ends_at
    assert told["startDate"] <= told["lastUpdated"] <= told["endDate"]


async def test_what_was_done_is_counted(acme: Acme) -> None:
    link(acme)
    link(acme, acme.admin)
    link(acme, acme.admin)
    async with acme.client() as client:
        await client.get("/ip")
        told = (await client.get(f"{acme.base}/usage")).json()["total"]
    assert told == {
        **NOTHING,
        "user": {"active": 1},
        "link": {"created": 3},
        "netInfo": {"requests": 1},
    }


async def test_a_cycle_before_and_one_that_has_not_begun(acme: Acme, later: Callable[[int], None]) -> None:
    link(acme)
    async with acme.client() as client:
        first = (await client.get(f"{acme.base}/usage")).json()
        refused(await client.get(f"{acme.base}/usage?billingCycle=2"), 404)
        later((first["totalDays"] + 3) * DAY)
        link(acme)
        link(acme)
        second = (await client.get(f"{acme.base}/usage")).json()
        before = (await client.get(f"{acme.base}/usage?billingCycle=1")).json()
        assert (await client.get(f"{acme.base}/usage?billingCycle=2")).json()["total"] == second["total"]
        for number in (3, 10**6, 2**63 - 1):
            refused(await client.get(f"{acme.base}/usage?billingCycle={number}"), 404)
    assert (second["billingCycle"], second["totalDays"] - second["remainingDays"]) == (2, 3)
    assert second["total"]["link"] == {"created": 2}
    assert before["total"] == {**NOTHING, "link": {"created": 1}}
    assert (before["billingCycle"], before["remainingDays"]) == (1, 0)
    assert before["startDate"] == first["startDate"]
    assert before["lastUpdated"] == second["startDate"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("0", "must be >= 1"),
        ("-1", "must be >= 1"),
        ("one", "must be integer"),
        ("1.5", "must be integer"),
        ("9" * 19, f"must be <= {2**63 - 1}"),
        ("9" * 40, "must be integer"),
        ("%00", "must be integer"),
    ],
)
async def test_what_is_no_cycle(acme: Acme, sent: str, said: str) -> None:
    async with acme.client() as client:
        answer = await client.get(f"{acme.base}/usage?billingCycle={sent}")
    refused(answer, 400, f"querystring/billingCycle {said}")
    async with acme.client(of=acme.owner) as owner:
        answer = await owner.get(f"{usage_of(acme)}?billingCycle={sent}")
    refused(answer, 400, f"querystring/billingCycle {said}")


async def test_an_owner_sees_all_that_the_account_pays_for(acme: Acme) -> None:
    link(acme, acme.owner)
    link(acme)
    async with acme.client(of=acme.owner) as owner:
        paid = {"name": "Second", "billingAccount": {"id": account(acme).id}}
        second = (await owner.post("/api/organizations/", json=paid)).json()
        answer = await owner.get(usage_of(acme))
        alone = (await owner.get(f"{acme.base}/usage")).json()
        beside = (await owner.get(f"/api/organizations/{second['id']}/usage")).json()
        refused(await owner.get(f"{usage_of(acme)}?billingCycle=2"), 404)
    told = answer.json()
    assert answer.status_code == 200
    assert list(told) == [
        "billingCycle", "totalDays", "remainingDays", "startDate", "endDate", "lastUpdated", "organizations", "total",
    ]  # fmt: skip
    assert told["organizations"] == [
        {"organization": each["organization"], "lastUpdated": told["lastUpdated"], "total": each["total"]}
        for each in (alone, beside)
    ]
    assert told["total"]["link"] == {"created": 2}
    assert told["total"]["seat"] == {"total": 4, "open": 0}
    assert {name: told[name] for name in ("billingCycle", "startDate", "endDate")} == {
        name: beside[name] for name in ("billingCycle", "startDate", "endDate")
    }


async def test_who_does_not_own_it_is_told_of_nothing(acme: Acme) -> None:
    id = account(acme).id
    said = f"Resource with id '{id}' not found or you do not have permission to access it."
    async with acme.client() as key, acme.stranger() as stranger, acme.client(of=acme.admin) as admin:
        for each in (key, stranger, admin):
            refused(await each.get(usage_of(acme)), 404, said)
    async with acme.client(of=acme.owner) as owner:
        for wrong in ("bill_" + "0" * 24, "x", "bill_", "%00"):
            assert (await owner.get(f"/api/billing-accounts/{wrong}/usage")).status_code == 404
    async with acme.client("") as nobody:
        refused(await nobody.get(usage_of(acme)), 401)
        refused(await nobody.get(f"{acme.base}/usage"), 401)


async def test_a_member_may_not_read_usage_but_who_pays_may(acme: Acme) -> None:
    async with acme.client(of=acme.member) as member:
        refused(await member.get(f"{acme.base}/usage"), 403)
    async with acme.client(acme.new_key("OrganizationBilling")) as billing_key:
        assert (await billing_key.get(f"{acme.base}/usage")).status_code == 200
    async with acme.stranger() as stranger:
        refused(await stranger.get(f"{acme.base}/usage"), 404)
