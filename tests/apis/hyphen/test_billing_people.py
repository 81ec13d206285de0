"""Owners of billing accounts, and ways to pay: what comes, what goes, and what must stay."""

from typing import Any

import pytest

from hyway.domain import billing
from tests.apis.hyphen.conftest import Acme, refused
from tests.apis.hyphen.test_billing_accounts import GONE, TRANSFER, account, card, path, shown


async def test_an_owner_comes_and_goes(acme: Acme) -> None:
    async with acme.client(of=acme.owner) as owner, acme.client(of=acme.admin) as admin:
        answer = await owner.post(f"{path(acme)}/owners/", json={"email": "Adam@Example.com"})
        assert answer.status_code == 200
        told = {"userId": acme.admin.wire_id, "name": "Adam", "email": "adam@example.com"}
        assert answer.json() == told
        assert (await shown(admin, path(acme)))["owners"][1] == told
        assert (await shown(admin, "/api/billing-accounts"))["total"] == 1
        gone = await admin.delete(f"{path(acme)}/owners/{acme.owner.wire_id}/")
        assert (gone.status_code, gone.content) == (204, b"")
        refused(await owner.get(path(acme)), 404, GONE.format(account(acme).id))
        refused(
            await admin.delete(f"{path(acme)}/owners/{acme.admin.wire_id}"),
            409,
            "The last owner of a billing account cannot be removed",
        )
        assert (await shown(admin, path(acme)))["owners"] == [told]


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({}, 400, "body must have required property 'email'"),
        ({"email": "nobody"}, 400, 'body/email must match format "email"'),
        ({"email": None}, 400, "body/email must be string"),
        ({"email": "nobody@example.com"}, 404, GONE.format("nobody@example.com")),
        ({"email": "olga@example.com"}, 409, "This person is an owner of the billing account already"),
    ],
)
async def test_who_cannot_be_an_owner(acme: Acme, sent: dict[str, Any], status: int, said: str) -> None:
    async with acme.client(of=acme.owner) as owner:
        refused(await owner.post(f"{path(acme)}/owners/", json=sent), status, said)
        assert len((await shown(owner, path(acme)))["owners"]) == 1


async def test_who_is_no_owner_is_not_removed(acme: Acme) -> None:
    async with acme.client(of=acme.owner) as owner:
        for id in (acme.admin.wire_id, "user_x", "%00", "..%2Fowners"):
            refused(await owner.delete(f"{path(acme)}/owners/{id}"), 404)


async def test_a_card_and_a_transfer(acme: Acme) -> None:
    async with acme.client(of=acme.owner) as owner:
        at = f"{path(acme)}/payment-methods/"
        first = await owner.post(at, json=card(acme))
        assert first.status_code == 200
        visa = first.json()
        id = visa.pop("providerId")
        assert visa == {
            "type": "Card",
            "last4": "4242",
            "cardType": "Visa",
            "expiration": "2035-12",
            "isDefault": True,
        }
        transfer = (await owner.post(at, json=TRANSFER)).json()
        other = transfer.pop("providerId")
        assert transfer == {"type": "BankTransfer", "isDefault": False}

        chosen = await owner.patch(f"{at}{other}", json={"isDefault": True})
        assert (chosen.status_code, chosen.json()["isDefault"]) == (200, True)
        ways = (await shown(owner, path(acme)))["paymentMethods"]
        assert {each["providerId"]: each["isDefault"] for each in ways} == {id: False, other: True}

        refused(await owner.delete(f"{at}{other}"), 409)
        refused(await owner.patch(f"{at}{other}", json={"isDefault": False}), 409)
        for _ in range(2):
            assert (await owner.patch(f"{at}{id}", json={"isDefault": False})).status_code == 200
        gone = await owner.delete(f"{at}{id}/")
        assert (gone.status_code, gone.content) == (204, b"")
        refused(await owner.delete(f"{at}{id}/"), 404, GONE.format(id))
        refused(await owner.patch(f"{at}{id}/", json={"isDefault": True}), 404, GONE.format(id))
        assert (await owner.delete(f"{at}{other}")).status_code == 204  # nothing is owed on a free plan
        assert (await shown(owner, path(acme)))["paymentMethods"] == []


async def test_the_only_way_to_pay_for_something_stays(acme: Acme) -> None:
    acme.db.write_now(billing.subscriptions.put, acme.by, account(acme), "pro")
    async with acme.client(of=acme.owner) as owner:
        at = f"{path(acme)}/payment-methods/"
        id = (await owner.post(at, json=TRANSFER)).json()["providerId"]
        said = "The only payment method of an active subscription cannot be removed"
        refused(await owner.delete(f"{at}{id}"), 409, said)
        assert len((await shown(owner, path(acme)))["paymentMethods"]) == 1
        await owner.put(f"{path(acme)}/subscription/status", json={"status": "Paused"})
        assert (await owner.delete(f"{at}{id}")).status_code == 204


async def test_a_token_is_of_one_account_and_for_once(acme: Acme) -> None:
    async with acme.client(of=acme.owner) as owner:
        at = f"{path(acme)}/payment-methods/"
        foreign = card(acme.elsewhere)
        token = foreign["confirmationToken"]
        refused(await owner.post(at, json=foreign), 404, GONE.format(token[:100]))
        for strange in ("tok_visa", "offline_", "offline_abc.def", "é", "x" * 1_000, "offline_transfer "):
            refused(await owner.post(at, json={"confirmationToken": strange}), 404)
        for wrong, said in (
            ({}, "body must have required property 'confirmationToken'"),
            ({"confirmationToken": ""}, "body/confirmationToken must NOT have fewer than 1 characters"),
            ({"confirmationToken": None}, "body/confirmationToken must be string"),
            (
                {"confirmationToken": "x" * 1_001},
                "body/confirmationToken must NOT have more than 1000 characters",
            ),
        ):
            refused(await owner.post(at, json=wrong), 400, said)
        assert (await shown(owner, path(acme)))["paymentMethods"] == []
        once = card(acme)
        assert (await owner.post(at, json=once)).status_code == 200
        refused(await owner.post(at, json=once), 409, "The billing account has this payment method already")
        assert (await owner.post(at, json=TRANSFER)).status_code == 200
        refused(await owner.post(at, json=TRANSFER), 409)
        assert len((await shown(owner, path(acme)))["paymentMethods"]) == 2
        for wrong_flag in ({}, {"isDefault": None}, {"isDefault": "yes"}):
            refused(await owner.patch(f"{at}{'x'}", json=wrong_flag), 400)
