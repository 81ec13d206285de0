"""Fundings, payouts, the ledger, and a creator's own money, in JSON."""

import csv
import io

import pytest

from hyway.domain.creators import money
from hyway.kernel import clock, sqid
from tests.apis.hypemarket.conftest import World, alone, make_world
from tests.make.money import Till, till_at


@pytest.fixture
def till(world: World) -> Till:
    return till_at(world.db, world.by)


def at(world: World, path: str, till: Till | None = None) -> str:
    inside = f"/campaigns/{sqid.text(till.campaign)}" if till else ""
    return f"/organizations/{world.id}{inside}/{path}"


async def test_a_campaign_is_funded_and_refunded(world: World, till: Till) -> None:
    async with world.client() as client:
        made = await client.post(
            at(world, "fundings.json", till), json={"funding": {"amount": 5_000, "note": "Wire 1"}}
        )
        assert made.status_code == 201, made.text
        body = made.json()
        assert list(body) == [
            "id", "status", "provider", "currency", "amount", "fee_amount", "net_amount", "refunded_amount",
            "note", "checkout_url", "succeeded_at", "created_at", "updated_at", "url",
        ]  # fmt: skip
        assert (body["status"], body["currency"], body["net_amount"]) == ("succeeded", "usd", 5_000)
        assert made.headers["location"] == body["url"]
        shown = await client.get(at(world, f"fundings/{body['id']}.json", till))
        assert shown.json() == body
        known = {"If-None-Match": shown.headers["etag"]}
        assert (
            await client.get(at(world, f"fundings/{body['id']}.json", till), headers=known)
        ).status_code == 304
        part = await client.post(
            at(world, f"fundings/{body['id']}/refund.json", till), json={"refund": {"amount": 1_000}}
        )
        assert (part.status_code, part.json()["status"]) == (200, "partially_refunded")
        rest = await client.post(at(world, f"fundings/{body['id']}/refund.json", till))
        assert (rest.json()["status"], rest.json()["refunded_amount"]) == ("refunded", 5_000)
        listed = await client.get(at(world, "fundings.json", till))
        assert [each["id"] for each in listed.json()] == [body["id"]]
        assert listed.headers["total-count"] == "1"
    assert till.wrong() == []


@pytest.mark.parametrize(
    ("funding", "errors"),
    [
        ({"amount": 0}, {"amount": ["must be greater than 0"]}),
        ({"amount": -1}, {"amount": ["must be greater than 0"]}),
        ({"amount": 1.5}, {"amount": ["must be an integer"]}),
        ({"amount": "12abc"}, {"amount": ["is not a number"]}),
        ({"amount": 10**13}, {"amount": ["must be less than or equal to 1000000000000"]}),
        (
            {"amount": 5, "currency": "eur"},
            {"currency": ["doesn't match the currency of the programme"]},
        ),
        ({"amount": 5, "provider": "stripe"}, {"provider": ["is not included in the list"]}),
    ],
)
async def test_what_a_funding_must_be(
    world: World, till: Till, funding: dict[str, object], errors: dict[str, list[str]]
) -> None:
    async with world.client() as client:
        tried = await client.post(at(world, "fundings.json", till), json={"funding": funding})
        assert (tried.status_code, tried.json()) == (422, {"errors": errors})
        bare = await client.post(at(world, "fundings.json", till), json={})
        assert bare.status_code == 400
    assert till.budget() == (0, 0)


async def test_who_sees_and_moves_money(world: World, till: Till) -> None:
    funded, member = till.fund(1_000), world.person("Kim", "member")
    id = sqid.text(funded.seq)
    other = make_world(world.db, "Other")
    foreign = till_at(world.db, other.by)
    async with world.client(of=member) as kim, world.client() as client, other.client() as stranger:
        assert (await kim.get(at(world, "fundings.json", till))).status_code == 200
        for path in (at(world, "fundings.json", till), at(world, f"fundings/{id}/refund.json", till)):
            tried = await kim.post(path, json={"funding": {"amount": 1}})
            assert (tried.status_code, tried.json()) == (403, {"error": "Not authorized"})
        assert (await kim.post(at(world, "payouts.json"))).status_code == 403
        assert (await kim.get(at(world, "payouts/export.csv"))).status_code == 403
        for path in ("ledger.json", "balances.json", "owed.json", "payouts.json", "payouts/export.csv"):
            assert (await stranger.get(at(world, path))).status_code == 404
        elsewhere = f"/organizations/{world.id}/campaigns/{sqid.text(foreign.campaign)}"
        assert (await client.get(f"{elsewhere}/fundings.json")).status_code == 404
        tried = await client.post(f"{elsewhere}/fundings.json", json={"funding": {"amount": 5}})
        assert tried.status_code == 404
        tried = await client.get(f"{elsewhere}/fundings/{id}.json")
        assert tried.status_code == 404
    assert till.budget() == (1_000, 1_000)


async def test_creators_are_paid(world: World, till: Till) -> None:
    till.fund(10_000)
    till.payable(till.work(1, 0), 700)
    till.payable(till.work(2, 1), 300)
    async with world.client() as client:
        one = await client.post(
            at(world, "payouts.json"), json={"payout": {"user_id": sqid.text(till.people[0].seq)}}
        )
        assert one.status_code == 201, one.text
        (first,) = one.json()
        assert (first["amount"], first["status"], first["user"]["email"]) == (
            700, "pending", till.people[0].email,
        )  # fmt: skip
        (second,) = (await client.post(at(world, "payouts.json"))).json()
        assert (await client.post(at(world, "payouts.json"))).json() == []
        paid = await client.post(
            at(world, f"payouts/{first['id']}/mark_paid.json"), json={"payout": {"note": "Wire 9"}}
        )
        assert (paid.status_code, paid.json()["status"], paid.json()["note"]) == (200, "completed", "Wire 9")
        again = await client.post(at(world, f"payouts/{first['id']}/mark_paid.json"))
        assert again.status_code == 422
        assert again.json() == {
            "errors": {"base": ["Payout cannot be marked as paid because it is completed."]}
        }
        failed = await client.post(
            at(world, f"payouts/{second['id']}/mark_failed.json"), json={"payout": {"failure": "No IBAN"}}
        )
        assert failed.json()["failure"] == "No IBAN"
        assert (await client.post(at(world, f"payouts/{second['id']}/retry.json"))).json()[
            "status"
        ] == "pending"
        assert (await client.post(at(world, f"payouts/{second['id']}/cancel.json"))).json()[
            "status"
        ] == "canceled"
        done = await client.get(at(world, "payouts.json?status=completed"))
        assert [each["id"] for each in done.json()] == [first["id"]]
        assert (await client.get(at(world, "payouts.json?status=lost"))).status_code == 422
        assert (await client.get(at(world, f"payouts/{first['id']}.json"))).headers["etag"]
    assert till.wrong() == []


async def test_the_file_to_pay_from(world: World, till: Till) -> None:
    till.fund(10_000)
    till.payable(till.work(1, 0), 700)
    async with world.client() as client:
        (made,) = (await client.post(at(world, "payouts.json"))).json()
        for suffix in ("csv", "json"):
            got = await client.get(at(world, f"payouts/export.{suffix}"))
            assert got.status_code == 200, got.text
            assert got.headers["content-type"] == "text/csv; charset=utf-8"
            rows = list(csv.DictReader(io.StringIO(got.text)))
            assert [(row["payout"], row["amount"], row["currency"]) for row in rows] == [
                (made["id"], "7.00", "USD")
            ]
        assert (await client.get(at(world, "payouts.csv"))).status_code == 406


async def test_the_books(world: World, till: Till) -> None:
    till.fund(10_000)
    till.payable(till.work(1, 0), 700)
    async with world.client() as client:
        entries = (await client.get(at(world, "ledger.json"))).json()
        assert [each["kind"] for each in entries] == ["mature", "hold", "earn", "fund"]
        assert all(sum(line["amount"] for line in each["lines"]) == 0 for each in entries)
        assert entries[-1]["lines"] == [
            {"account": "cash", "amount": 10_000, "campaign_id": None, "collab_id": None, "user_id": None},
            {
                "account": "budget", "amount": -10_000, "campaign_id": sqid.text(till.campaign),
                "collab_id": None, "user_id": None,
            },
        ]  # fmt: skip
        one = await client.get(at(world, f"ledger.json?campaign_id={sqid.text(till.campaign)}"))
        assert one.json() == entries
        none = await client.get(at(world, f"ledger.json?collab_id={sqid.text(till.campaign)}"))
        assert none.json() == []
        assert (await client.get(at(world, "ledger.json?campaign_id=3"))).status_code == 404
        assert (await client.get(at(world, "balances.json"))).json() == [
            {
                "currency": "usd", "cash": 10_000, "fees": 0, "budget": 9_300, "accrued": 0, "held": 0,
                "owed": 700,
            }
        ]  # fmt: skip
        (owed,) = (await client.get(at(world, "owed.json"))).json()
        assert (owed["email"], owed["payable"], owed["paid"]) == (till.people[0].email, 700, 0)


async def test_a_creators_own_money(world: World, till: Till) -> None:
    till.fund(10_000)
    till.payable(till.work(1, 0), 700)
    till.earn(till.work(2, 0), 50)
    (made,) = till.db.write_now(money.pay_out, world.by)
    async with (
        world.client(of=till.people[0]) as creator,
        world.client(of=till.people[1]) as other,
    ):
        newest, oldest = (await creator.get("/me/earnings.json")).json()
        assert (newest["stage"], newest["amount"], newest["payout_id"]) == ("accrued", 50, None)
        assert (oldest["stage"], oldest["payout_id"]) == ("paying", sqid.text(made.seq))
        assert (await creator.get("/me/balances.json")).json() == [
            {"currency": "usd", "accrued": 50, "held": 0, "payable": 0, "paying": 700, "paid": 0}
        ]
        (payout,) = (await creator.get("/me/payouts.json")).json()
        assert payout["organization"] == {"id": world.id, "name": "Acme"}
        for path in ("earnings", "balances", "payouts", "payout_methods"):
            assert (await other.get(f"/me/{path}.json")).json() == []


async def test_where_a_creator_is_paid(world: World) -> None:
    bank = {"account_holder": "Ana Lee", "iban": "DE89 3704 0044 0532 0130 00"}
    kim = world.person("Kim")
    async with world.client(of=kim) as client:
        made = await client.post("/me/payout_methods.json", json={"payout_method": bank})
        assert made.status_code == 201, made.text
        assert (made.json()["provider"], made.json()["hint"], made.json()["ready"]) == (
            "manual",
            "3000",
            True,
        )
        assert "3704" not in (await client.get("/me/payout_methods.json")).text
        wrong = await client.post("/me/payout_methods.json", json={"payout_method": {"iban": "DE00"}})
        assert wrong.json() == {"errors": {"account_holder": ["can't be blank"], "iban": ["is invalid"]}}
        for provider in ("stripe", "paypal"):
            tried = await client.post(
                "/me/payout_methods.json", json={"payout_method": {"provider": provider}}
            )
            assert tried.json() == {"errors": {"provider": ["is not included in the list"]}}
        assert (await client.delete("/me/payout_methods/manual.json")).status_code == 204
        for gone in ("manual", "paypal"):
            assert (await client.delete(f"/me/payout_methods/{gone}.json")).status_code == 404
    events = world.db.read_now(_told, alone(kim))
    assert "DE89" not in events


def _told(r: object, by: object) -> str:
    from sqlalchemy import text

    return str(r.run(text("SELECT data FROM events")).all())  # type: ignore[attr-defined]


def test_the_hold_is_three_days() -> None:
    assert money.HOLD == 3 * clock.DAY


async def test_the_books_are_for_those_who_manage_them(world: World) -> None:
    """They name people and what each of them is paid."""
    member = world.person("Lee", "member")
    async with world.client(of=member) as client:
        for path in ("ledger", "balances", "owed", "payouts"):
            answer = await client.get(f"/organizations/{world.id}/{path}.json")
            assert (answer.status_code, answer.json()) == (403, {"error": "Not authorized"}), path
