"""Billing, vendors and zones, asked for what cannot be: the exact answer, and no row of the database is another."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import httpx
import pytest

from hyway.domain import billing, connections, identity
from hyway.domain.connections import Registry, working
from hyway.domain.connections.providing import Made, Reach
from hyway.kernel.db import Database, Write
from tests.apis.hyphen.conftest import PUBLIC, Acme, make_acme, refused
from tests.apis.hyphen.test_billing_accounts import GONE, TRANSFER, account, card, path
from tests.make.running import free_port
from tests.make.stored import rows
from tests.make.vendor import CODE, TOKEN, TYPE, Badge, Workshop, workshop

GOOD = {"type": TYPE, "config": {"token": TOKEN}}
ALLOWED = "body/type must be equal to one of the allowed values"
NO_IDS = (
    ("..%2F..%2Fthings", "Not Found"),  # there is no such path
    ("%2e%2e", GONE.format("..")),
    ("intg_" + "0" * 24, GONE.format("intg_" + "0" * 24)),
)
"""In paths, and what is told of them."""
RESOURCE = "must be the id of a resource"
SECONDS = 0.5
"""So long our vendor may think."""


class Line(NamedTuple):
    """A request, and what it is told; `said` ends in `…` where the vendor's words follow."""

    method: str
    path: str
    sent: Any
    status: int
    said: str


async def judged(acme: Acme, client: httpx.AsyncClient, *lines: Line) -> None:
    before = acme.db.read_now(rows)
    for line in lines:
        raw = httpx.URL(PUBLIC, raw_path=line.path.encode())
        more = {} if line.sent is ... else {"json": line.sent}
        answer = await client.request(line.method, raw, **more)
        refused(answer, line.status)
        told, said = answer.json()["message"], line.said
        same = told.startswith(said[:-1]) if said.endswith("…") else told == said
        assert same, (line, answer.text)
        after = acme.db.read_now(rows)
        assert [name for name in after if after[name] != before[name]] == [], line


@dataclass(frozen=True)
class Paying:
    """An account with a default card and another one, a token that was used and one of another account."""

    at: str
    default: str
    used: str
    theirs: str
    their_path: str


async def paying(acme: Acme) -> Paying:
    used, theirs = card(acme), card(acme.elsewhere, "1111")
    async with acme.client(of=acme.owner) as owner:
        ways = [await owner.post(f"{path(acme)}/payment-methods/", json=each) for each in (used, TRANSFER)]
    assert [each.status_code for each in ways] == [200, 200]
    default = ways[0].json()["providerId"]
    return Paying(
        path(acme), default, used["confirmationToken"], theirs["confirmationToken"], path(acme.elsewhere)
    )


async def test_money(acme: Acme) -> None:
    of = await paying(acme)
    ways, owners, status = f"{of.at}/payment-methods/", f"{of.at}/owners/", f"{of.at}/subscription/status"
    last = "The last owner of a billing account cannot be removed"
    stays = "The default payment method cannot be removed: make another one the default first"
    chosen = "The default payment method stays it until another one is made the default"
    owns = "This person is an owner of the billing account already"
    nobodys = "offline_" + "x" * 60
    lines = [
        Line("POST", ways, {"confirmationToken": of.theirs}, 404, GONE.format(of.theirs[:100])),
        Line("POST", ways, {"confirmationToken": nobodys}, 404, GONE.format(nobodys)),
        Line("POST", ways, {"confirmationToken": of.used}, 409, "The billing account has this payment method already"),
        Line("DELETE", f"{owners}{acme.owner.wire_id}/", ..., 409, last),
        Line("DELETE", f"{owners}{acme.admin.wire_id}/", ..., 404, GONE.format(acme.admin.wire_id)),
        Line("POST", owners, {"email": "nobody@example.com"}, 404, GONE.format("nobody@example.com")),
        Line("POST", owners, {"email": acme.owner.email}, 409, owns),
        Line("DELETE", f"{ways}{of.default}/", ..., 409, stays),
        Line("PATCH", f"{ways}{of.default}/", {"isDefault": False}, 409, chosen),
        Line("PUT", status, {"status": "PastDue"}, 409, "A subscription that is Active cannot become PastDue this way"),
        Line("PUT", status, {"status": "Free"}, 400, "body/status must be equal to one of the allowed values"),
        Line("GET", f"{of.at}/usage?billingCycle=0", ..., 400, "querystring/billingCycle must be >= 1"),
        Line("PATCH", of.at, {"name": "New", "promoCodes": ["NOBODYS"]}, 400,
             "body/promoCodes/0 must be a promo code that is valid"),
        *(Line(method, f"{of.their_path}/{rest}", sent, 404, GONE.format(of.their_path.rpartition("/")[2]))
          for method, rest, sent in (
              ("GET", "", ...), ("PATCH", "", {"name": "Mine"}), ("GET", "usage", ...),
              ("PUT", "subscription/status", {"status": "Canceled"}),
              ("POST", "owners/", {"email": "olga@example.com"}),
              ("POST", "payment-methods/", TRANSFER),
          )),
    ]  # fmt: skip
    for id, said in NO_IDS:
        lines += [
            Line("DELETE", f"{ways}{id}/", ..., 404, said),
            Line("PATCH", f"{ways}{id}/", {"isDefault": True}, 404, said),
            Line("DELETE", f"{owners}{id}/", ..., 404, said),
            Line("GET", f"{of.at}/invoices/{id}/urls", ..., 404, said),
        ]
    async with acme.client(of=acme.owner) as owner:
        await judged(acme, owner, *lines)
        assert (await owner.put(status, json={"status": "Canceled"})).status_code == 204
        said = "A subscription that is Canceled cannot become {} this way"
        await judged(
            acme,
            owner,
            *(Line("PUT", status, {"status": each}, 409, said.format(each)) for each in ("Active", "Paused")),
        )


async def test_the_only_way_to_pay(acme: Acme) -> None:
    acme.db.write_now(billing.subscriptions.put, acme.by, account(acme), "pro")
    async with acme.client(of=acme.owner) as owner:
        ways = f"{path(acme)}/payment-methods/"
        id = (await owner.post(ways, json=card(acme))).json()["providerId"]
        said = "The only payment method of an active subscription cannot be removed"
        await judged(acme, owner, Line("DELETE", f"{ways}{id}/", ..., 409, said))


class Hasty(Badge):
    """Waits for its vendor no longer than the test does."""

    def check(self, reach: Reach) -> None:
        super().check(replace(reach, seconds=SECONDS))

    def resources(self, reach: Reach, type: Any, parent: str = "") -> Any:
        return super().resources(replace(reach, seconds=SECONDS), type, parent)


class Down(Badge):
    """There is nobody at its address."""

    entry = replace(Badge.entry, type="closed", name="Closed")


@pytest.fixture
def vendor() -> Iterator[Workshop]:
    with workshop() as made:
        yield made


@pytest.fixture
def shop(db: Database, vendor: Workshop) -> Acme:
    known = Registry(
        [Hasty({}), Down({})], {TYPE: vendor.address, "closed": f"http://127.0.0.1:{free_port()}"}
    )
    return make_acme(db, vendors=known)


@pytest.fixture
async def admin(shop: Acme) -> AsyncIterator[httpx.AsyncClient]:
    async with shop.client() as client:
        yield client


TROUBLES = {
    "refuses": "Workshop said: the plan does not include this",
    "busy": "Workshop is not well (503)",
    "cut": "Workshop did not answer…",
    "lost": "Workshop did not answer…",
    "waits": "Workshop did not answer…",
    "nonsense": "Workshop gave an answer that makes no sense",
}


async def test_who_does_not_let_us_in(shop: Acme, admin: httpx.AsyncClient, vendor: Workshop) -> None:
    base, refuses = f"{shop.base}/integrations/", {"type": TYPE, "config": {"token": "wk_of-nobody"}}
    config = "body/config must have required property 'token'"
    for at in (base, f"{base}test"):
        await judged(
            shop,
            admin,
            Line("POST", at, {"type": "nothing", "config": {}}, 400, ALLOWED),
            Line("POST", at, {"type": "", "config": {}}, 400, "body/type must NOT have fewer than 1 characters"),
            Line("POST", at, {"type": f"../{TYPE}", "config": {"token": TOKEN}}, 400, ALLOWED),
            Line("POST", at, {"type": TYPE, "config": {}}, 400, config),
            Line("POST", at, {"type": TYPE, "config": {"token": [TOKEN]}}, 400, "body/config/token must be string"),
            Line("POST", at, refuses, 400, "Workshop said: the token Bearer *** is not known"),
            Line("POST", at, {"type": "closed", "config": {"token": TOKEN}}, 400, "Workshop did not answer…"),
        )  # fmt: skip
        for trouble, said in TROUBLES.items():
            vendor.trouble = [trouble]
            await judged(shop, admin, Line("POST", at, GOOD, 400, said))
    code = {"type": TYPE, "config": {"code": "999999"}}
    await judged(shop, admin, Line("POST", base, code, 400, "body/config/code the code *** is not known"))
    invites = f"{shop.base}/integration-invites/"
    await judged(
        shop,
        admin,
        Line("POST", invites, {"type": "nothing"}, 400, ALLOWED),
        Line("POST", invites, {"type": TYPE, "codeChallenge": "../" * 20}, 400, "body/codeChallenge…"),
    )


class Stage(NamedTuple):
    """The paths of an integration and of a connection that waits for a code, and a team."""

    of: str
    waits: str
    ready: str
    team: str


def staged(w: Write, acme: Acme, registry: Registry) -> Stage:
    draft = connections.integrations.draft(w, acme.by, registry, TYPE, {"token": TOKEN})
    of = connections.integrations.create(w, acme.by, draft)
    team = identity.teams.create(w, acme.by, "Core").id
    at = f"{acme.base}/integrations/{of.id}"
    found: list[str] = []
    for name, emails in (("verify-1", ("owner@example.com",)), ("general", ())):
        made = connections.connections.create(w, acme.by, registry, of.id, "MessagingChannel", team, name)
        working.settled(w, made, Made(name, {}, emails))
        found.append(f"{at}/connections/{made.id}")
    connections.zones.adopt(w, acme.by, of, "zone-1", "example.com")
    waits, ready = found
    return Stage(at, waits, ready, team)


@pytest.fixture
def stage(shop: Acme, vendor: Workshop) -> Stage:
    return shop.db.write_now(staged, shop, Registry([Hasty({})], {TYPE: vendor.address}))


async def test_a_vendor_with_troubles(
    shop: Acme, admin: httpx.AsyncClient, vendor: Workshop, stage: Stage
) -> None:
    for trouble, said in TROUBLES.items():
        vendor.trouble = [trouble]
        await judged(shop, admin, Line("GET", f"{stage.of}/resources/?type=User", ..., 400, said))
    again = "Your organization has an integration of this type already"
    await judged(shop, admin, Line("POST", f"{shop.base}/integrations/", GOOD, 409, again))


async def test_what_may_not_follow(
    shop: Acme, admin: httpx.AsyncClient, vendor: Workshop, stage: Stage
) -> None:
    same = {"type": "MessagingChannel", "entity": {"id": stage.team}, "input": "general"}
    create, none = f"{stage.of}/connections/", "This connection waits for no verification"
    await judged(
        shop,
        admin,
        Line("POST", f"{stage.ready}/verify", {"code": CODE}, 409, none),
        Line("POST", f"{stage.waits}/verify", {"code": ""}, 400, "body/code must NOT have fewer than 1 characters"),
        Line("POST", f"{stage.waits}/verify", {}, 400, "body must have required property 'code'"),
        Line("POST", create, same, 409, "This is connected already"),
        Line("POST", create, {**same, "type": "Nothing"}, 400, "body/type must be one that Workshop provides"),
        Line("POST", create, {**same, "type": "GitRepository"}, 400,
             "body/entity/id must be of one that can have this type of connection"),
        Line("POST", create, {**same, "input": " "}, 400, "body must have required property 'input'"),
    )  # fmt: skip
    assert vendor.asked == []


LEADING_AWAY = ("../x", "..", "a/../../b", "%2e%2e/x\n", "a//b", "a?b", "a\\..\\b", "x y", "é")


async def test_ids_that_lead_elsewhere(
    shop: Acme, admin: httpx.AsyncClient, vendor: Workshop, stage: Stage
) -> None:
    lines = []
    for bad in LEADING_AWAY:
        import_ = {"type": "User", "resources": [{"id": "th1"}, {"id": bad}]}
        lines += [
            Line("POST", f"{stage.of}/import/", import_, 400, f"body/resources/1/id {RESOURCE}"),
            Line("POST", f"{stage.of}/import/", {**import_, "resources": [{"id": "th1"}], "parentId": bad}, 400,
                 f"body/parentId {RESOURCE}"),
            Line("GET", f"{stage.of}/resources/?{httpx.QueryParams(type='User', parentId=bad)}", ..., 400,
                 f"querystring/parentId {RESOURCE}"),
        ]  # fmt: skip
    for bad in ("../x", "a/../../b", "a\\..\\b"):
        sent = {"type": "MessagingChannel", "entity": {"id": stage.team}, "input": bad}
        lines.append(
            Line("POST", f"{stage.of}/connections/", sent, 400, "body/input must NOT lead elsewhere")
        )
        sent = {"type": "MessagingChannel", "entity": {"id": bad}, "input": "x"}
        lines.append(Line("POST", f"{stage.of}/connections/", sent, 404, GONE.format(bad)))
    for id, said in NO_IDS:
        integration, one = f"{shop.base}/integrations/{id}", f"{stage.of}/connections/{id}"
        body = {"type": "User", "resources": [{"id": "th1"}]}
        lines += [
            Line(method, at, sent, 404, said)
            for method, at, sent in (
                ("GET", f"{integration}/", ...), ("DELETE", f"{integration}/", ...),
                ("GET", f"{integration}/resources/?type=User", ...), ("POST", f"{integration}/import/", body),
                ("GET", f"{one}/", ...), ("DELETE", f"{one}/?decommissionRemoteResources=true", ...),
                ("POST", f"{one}/verify", {"code": CODE}),
                ("GET", f"{shop.base}/dns/zones/{id}/", ...), ("DELETE", f"{shop.base}/dns/zones/{id}/", ...),
            )
        ]  # fmt: skip
    await judged(shop, admin, *lines)
    assert vendor.asked == []
