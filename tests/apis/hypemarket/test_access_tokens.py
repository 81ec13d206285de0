"""/me/access_tokens: made once, shown without their secret, gone at once."""

from tests.apis.hypemarket.conftest import World


async def test_a_token_is_made_shown_and_revoked(world: World) -> None:
    async with world.client() as client:
        made = await client.post(
            "/me/access_tokens.json",
            json={"access_token": {"description": "CI script", "permission": "write"}},
        )
        assert made.status_code == 201, made.text
        assert made.headers["content-type"] == "application/json; charset=utf-8"
        body = made.json()
        assert list(body) == ["id", "token", "description", "permission", "created_at"]
        assert len(body["token"]) == 24
        listed = await client.get("/me/access_tokens.json")
        assert [each["description"] for each in listed.json()] == ["CI script", "A test"]
        assert list(listed.json()[0]) == ["id", "description", "permission", "created_at", "last_used_at"]
        assert listed.headers["total-count"] == "2"
        async with world.client(body["token"]) as other:
            assert (await other.get("/me/access_tokens.json")).status_code == 200
            gone = await client.delete(f"/me/access_tokens/{body['id']}.json")
            assert (gone.status_code, gone.content) == (204, b"")
            assert (await other.get("/me/access_tokens.json")).status_code == 401


async def test_a_new_token_reads_unless_it_is_said_to_write(world: World) -> None:
    async with world.client() as client:
        made = await client.post("/me/access_tokens.json", json={"access_token": {"description": "x"}})
        assert made.json()["permission"] == "read"
        wrong = await client.post("/me/access_tokens.json", json={"access_token": {"permission": "all"}})
        assert wrong.status_code == 422
        assert wrong.json() == {
            "errors": {"description": ["can't be blank"], "permission": ["is not included in the list"]}
        }


async def test_nobody_revokes_anothers_token(world: World) -> None:
    other = world.person("Other")
    async with world.client() as client, world.client(of=other) as stranger:
        id = (await client.get("/me/access_tokens.json")).json()[0]["id"]
        tried = await stranger.delete(f"/me/access_tokens/{id}.json")
        assert (tried.status_code, tried.content) == (404, b"")
        assert tried.headers["content-type"] == "application/json"
        assert (await client.get("/me/access_tokens.json")).status_code == 200


async def test_the_id_of_a_token_that_is_gone_never_comes_back(world: World) -> None:
    """Agents repeat a DELETE that got no answer: it must not meet the token that was made since."""
    wish = {"access_token": {"description": "CI script"}}
    async with world.client() as client:
        first = (await client.post("/me/access_tokens.json", json=wish)).json()["id"]
        assert (await client.delete(f"/me/access_tokens/{first}.json")).status_code == 204
        second = (await client.post("/me/access_tokens.json", json=wish)).json()["id"]
        assert second != first
        assert (await client.delete(f"/me/access_tokens/{first}.json")).status_code == 404
