"""Every refusal that the pages document for billing, integrations, zones, downloads and usage: some request gets it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx
import pytest

from hyway.domain.connections import Registry
from hyway.kernel.db import Database
from tests.apis.hyphen.conftest import Acme, refused
from tests.apis.hyphen.party import party
from tests.apis.hyphen.test_contract import CALLS, DOCUMENTED, filled, names
from tests.make.vendor import TOKEN

TAGS = {
    "Billing Accounts", "Integrations", "Organization Integrations", "Integration Connections", "DNS Zones",
    "Package Download",
}  # fmt: skip
USAGE = "GET /api/organizations/{organizationId}/usage"
ERRORS = {
    (name, int(status))
    for name, said in DOCUMENTED.items()
    if said["tag"] in TAGS or name == USAGE
    for status in said["responses"]
    if status >= "400"
}
NEVER = {
    # Whoever has no account sees an empty list.
    ("GET /api/billing-accounts/", 404),
    # Anybody may download: a credential is not asked for.
    ("GET /api/downloads/{packageName}/{version}", 401),
}
"""What nobody can meet, and why."""
ORG = "/api/organizations/{organizationId}"
BILLING = "/api/billing-accounts/{billingAccountId}"
NOBODYS = {
    "organizationId": "org", "billingAccountId": "bill", "userId": "user", "providerId": "pm",
    "invoiceProviderId": "inv", "integrationId": "intg", "connectionId": "conn", "zoneId": "zone",
    "packageName": "nothing", "version": "9.9.9",
}  # fmt: skip
"""Of what ids there are in the paths, with how ids of nobody begin."""


class Wrong(NamedTuple):
    """A request that is refused for what it says, or for where it comes too late."""

    name: str
    status: int
    sent: Any = None
    ids: Mapping[str, str] = {}


WRONG = (
    Wrong(f"POST {ORG}/integrations/", 400, {"type": "nothing", "config": {}}),
    Wrong(f"POST {ORG}/integrations/", 400, {"type": "atelier", "config": {"token": "wk_of-nobody"}}),
    Wrong(f"POST {ORG}/integrations/", 409, {"type": "workshop", "config": {"token": TOKEN}}),
    Wrong(f"POST {ORG}/integrations/test", 400, {"type": "nothing", "config": {}}),
    Wrong(f"POST {ORG}/integrations/test", 400, {"type": "atelier", "config": {"token": "wk_of-nobody"}}),
    Wrong(f"POST {ORG}/integration-invites/", 400, {"type": "nothing"}),
    Wrong(f"POST {BILLING}/owners/", 404, {"email": "nobody@example.com"}),
    Wrong(f"POST {BILLING}/owners/", 409, {"email": "olga@example.com"}),
    Wrong(f"DELETE {BILLING}/owners/{{userId}}/", 409, ids={"userId": "ownerUserId"}),
    Wrong(f"POST {BILLING}/payment-methods/", 404, {"confirmationToken": "offline_of.nobody"}),
    Wrong(f"POST {BILLING}/payment-methods/", 409, {"confirmationToken": "{usedToken}"}),
    Wrong(
        f"PATCH {BILLING}/payment-methods/{{providerId}}/", 409, {"isDefault": False}, {"providerId": "defaultId"}
    ),
    Wrong(f"DELETE {BILLING}/payment-methods/{{providerId}}/", 409, ids={"providerId": "defaultId"}),
)  # fmt: skip


async def asked(
    acme: Acme, name: str, ids: Mapping[str, str], sent: Any = ..., *, signed_in: bool = True
) -> httpx.Response:
    """The request that succeeds elsewhere, with these ids and this body."""
    call = CALLS[name]
    method, path = name.split()
    body = filled(call.sent if sent is ... else sent, dict(ids))
    whose = acme.owner if signed_in and call.as_person else None
    async with acme.client(None if signed_in else "", of=whose) as http:
        query = filled(call.query, dict(ids))
        more = {} if body is None else {"json": body}
        return await http.request(method, f"{path.format_map(ids)}?{query}".rstrip("?"), **more)


@pytest.fixture
async def ids(acme: Acme) -> dict[str, str]:
    """Of one of everything, of the last owner, of the default card, and a token that was used up."""
    found = names(await party(acme, "visitor"))
    at = BILLING.format_map(found)
    async with acme.client(of=acme.owner) as owner:
        ways = (await owner.get(at)).json()["paymentMethods"]
        used = await owner.post(f"{at}/payment-methods/", json={"confirmationToken": found["card_token"]})
        assert used.status_code == 200
    default = next(each["providerId"] for each in ways if each["isDefault"])
    return found | {
        "ownerUserId": acme.owner.wire_id,
        "defaultId": default,
        "usedToken": found["card_token"],
    }


async def test_every_documented_error_is_met(
    acme: Acme, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    met: set[tuple[str, int]] = set()

    def note(name: str, status: int, answer: httpx.Response) -> None:
        if answer.text == '"Package not found"':  # as the page has it: a text alone
            assert (status, answer.status_code) == (404, 404)
        else:
            refused(answer, status)
            assert "hunter2" not in answer.text
        met.add((name, status))

    for name in sorted({name for name, _ in ERRORS}):
        documented = {status for each, status in ERRORS - NEVER if each == name}
        if 401 in documented:
            note(name, 401, await asked(acme, name, ids, signed_in=False))
        if 404 in documented:
            for place in (each for each in NOBODYS if f"{{{each}}}" in name):
                nobodys = NOBODYS[place] if len(NOBODYS[place]) > 4 else f"{NOBODYS[place]}_{'f' * 24}"
                note(name, 404, await asked(acme, name, {**ids, place: nobodys}))
    for wrong in WRONG:
        others = {place: ids[noun] for place, noun in wrong.ids.items()}
        note(wrong.name, wrong.status, await asked(acme, wrong.name, {**ids, **others}, wrong.sent))
    _broken(monkeypatch)
    for name in sorted(name for name, status in ERRORS if status == 500):
        note(name, 500, await asked(acme, name, ids))
    assert ERRORS - met == NEVER


def _broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is gone, and the threads on which vendors are asked."""

    async def gone(*_: Any, **__: Any) -> None:
        raise RuntimeError("hunter2")

    def gone_now(*_: Any, **__: Any) -> None:
        raise RuntimeError("hunter2")

    for verb in ("read", "write"):
        monkeypatch.setattr(Database, verb, gone)
    monkeypatch.setattr(Database, "read_now", gone_now)
    monkeypatch.setattr(Registry, "ask", gone)


def test_what_nobody_can_meet_is_documented() -> None:
    assert NEVER <= ERRORS
    assert {each.name for each in WRONG} <= set(DOCUMENTED)
