"""/me/address: one for each person, made and changed in the same way."""

import pytest

from tests.apis.hypemarket.conftest import World

HOME = {
    "address_one": "1 Infinite Loop",
    "city": "Cupertino",
    "state": "CA",
    "postal_code": "95014",
    "country_code": "US",
}


async def test_an_address_is_made_changed_and_forgotten(world: World) -> None:
    async with world.client() as client:
        none = await client.get("/me/address.json")
        assert (none.status_code, none.content) == (404, b"")
        made = await client.patch("/me/address.json", json={"address": HOME})
        assert made.status_code == 200, made.text
        body = made.json()
        assert {name: body[name] for name in HOME} == HOME
        assert body["address_two"] is None
        changed = await client.patch("/me/address.json", json={"address": {"address_two": "Flat 2"}})
        assert changed.json()["id"] == body["id"]
        assert changed.json()["city"] == "Cupertino"
        assert (await client.get("/me/address.json")).json() == changed.json()
        assert (await client.delete("/me/address.json")).status_code == 204
        assert (await client.delete("/me/address.json")).status_code == 404


async def test_everything_that_is_wrong_is_told_in_order(world: World) -> None:
    async with world.client() as client:
        wrong = await client.patch(
            "/me/address.json", json={"address": {"country_code": "ZZ", "address_two": "x" * 256}}
        )
        assert wrong.status_code == 422
        assert wrong.json() == {
            "errors": {
                "address_one": ["can't be blank"],
                "address_two": ["is too long (maximum is 255 characters)"],
                "city": ["can't be blank"],
                "postal_code": ["can't be blank"],
                "country_code": ["is not included in the list"],
            }
        }
        assert (await client.get("/me/address.json")).status_code == 404


@pytest.mark.parametrize("name", ["address_one", "city", "postal_code", "country_code"])
async def test_what_is_required_cannot_be_taken_away(world: World, name: str) -> None:
    async with world.client() as client:
        await client.patch("/me/address.json", json={"address": HOME})
        wrong = await client.patch("/me/address.json", json={"address": {name: "  "}})
        assert wrong.json() == {"errors": {name: ["can't be blank"]}}
        assert (await client.get("/me/address.json")).json()[name] == HOME[name]


async def test_an_address_is_its_persons_alone(world: World) -> None:
    async with world.client() as client, world.client(of=world.person("Other", "admin")) as other:
        await client.patch("/me/address.json", json={"address": HOME})
        assert (await other.get("/me/address.json")).status_code == 404
