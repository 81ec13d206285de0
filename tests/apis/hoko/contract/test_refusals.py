"""Every operation, asked in every wrong way: the documented refusal, and nothing is changed."""

import pytest

from hyway.domain import identity
from hyway.domain.identity import NewKey
from hyway.kernel import clock
from tests.apis.hoko.contract import stage, wrong
from tests.apis.hoko.contract.contract import API, CONTRACT, Documented
from tests.apis.hoko.contract.guard import Guard
from tests.apis.hoko.contract.stage import Party

_NOBODY = "hoko_" + "x" * 43


def _issued(ours: Party, *scopes: str, expires_at: int | None = None) -> identity.Issued:
    new = NewKey("hoko", "guest", scopes, expires_at=expires_at)
    return ours.world.db.write_now(identity.issue_key, ours.world.by, new)


@pytest.mark.parametrize("name", API)
async def test_who_may_not(name: str, ours: Party) -> None:
    of: Documented = API[name]
    world, now = ours.world, clock.now()
    revoked, expired = _issued(ours), _issued(ours, expires_at=now + clock.DAY)
    world.db.write_now(identity.revoke_key, world.by, revoked.key.id)
    others = [scope for scope in CONTRACT["scopes"] if scope not in of.scopes]
    cases = [
        ("no key", {}, 401, "Missing Authorization header", {}),
        ("empty", {"Authorization": ""}, 401, "Invalid API key format", {}),
        ("bad format", {"Authorization": "Basic dXNlcjpwYXNz"}, 401, "Invalid API key format", {}),
        ("cut off", {"Authorization": f"Bearer {world.key[:-1]}"}, 401, "Invalid API key format", {}),
        ("unknown", {"Authorization": f"Bearer {_NOBODY}"}, 401, "Invalid API key", {}),
        ("revoked", {"Authorization": f"Bearer {revoked.secret}"}, 401, "Invalid API key", {}),
        ("expired", {"Authorization": f"Bearer {expired.secret}"}, 401, "Expired API key", {}),
        ("no scope", {"Authorization": f"Bearer {_issued(ours, *others).secret}"}, 403, "Missing required scopes",
         {"missingScopes": [of.scopes[0]]}),
    ]  # fmt: skip
    if others:
        lone = _issued(ours, others[0]).secret
        cases.append(
            (
                "one other",
                {"Authorization": lone},
                403,
                "Missing required scopes",
                {"missingScopes": [of.scopes[0]]},
            )
        )
    _expire(ours, expired.key.id)
    guard, body = Guard(ours.world.db), stage.good_body(name, ours)
    async with world.client(key="") as client:
        for what, headers, status, begins, more in cases:
            client.headers.pop("Authorization", None)
            client.headers.update(headers)
            for sent in (body, b"not json") if of.body else (None,):
                answer = await stage.send(client, of, sent, stage.good_query(name, ours))
                guard.check(what, answer, status, begins, more=more)
    guard.judge()


def _expire(ours: Party, key_id: str) -> None:
    """Lets a key's day pass."""
    from sqlalchemy import text

    with ours.world.db.engine.begin() as connection:
        connection.execute(
            text("UPDATE keys SET expires_at = :at WHERE id = :id"), {"at": clock.now() - 1, "id": key_id}
        )


async def test_each_scope_of_an_operation_is_enough_and_is_needed(ours: Party) -> None:
    for scope in CONTRACT["scopes"]:
        async with ours.world.client(ours.world.new_key(scope)) as client:
            for of in API.values():
                answer = await stage.send(client, of, b"[" if of.body else None)
                expected = (400 if of.body else 200) if scope in of.scopes else 403
                assert answer.status_code == expected, f"{of.name} with {scope}"


@pytest.mark.parametrize("name", [name for name, of in API.items() if of.body is not None])
async def test_what_may_not_be_sent(name: str, ours: Party) -> None:
    guard = Guard(ours.world.db)
    async with ours.world.client() as client:
        for each in wrong.bodies(API[name], ours):
            answer = await stage.send(client, API[name], each.body)
            guard.check(each.what, answer, 400, each.begins)
    guard.judge()


@pytest.mark.parametrize("name", [name for name, of in API.items() if of.query])
async def test_what_may_not_be_asked(name: str, ours: Party) -> None:
    guard = Guard(ours.world.db)
    async with ours.world.client() as client:
        for each in wrong.queries(API[name]):
            answer = await stage.send(client, API[name], query=each.query)
            guard.check(each.what, answer, 400, each.begins)
    guard.judge()
