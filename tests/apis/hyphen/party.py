"""An organization with one of everything that has an id on this wire, all its texts bearing one mark."""

import hashlib
import json
from typing import Any

import httpx

from hyway.domain import billing, connections, identity, oidc, packages
from hyway.domain.billing import Account, Invoice
from hyway.domain.connections import jobs
from hyway.domain.identity import Caller
from hyway.domain.packages import Laid, NewPackage
from hyway.kernel import clock
from hyway.kernel.clock import DAY
from hyway.kernel.db import Read, Write
from tests.apis.hyphen.conftest import ANYWHERE, VENDORS, World
from tests.make.vendor import TOKEN

SECRET_KEY = 1767322800
CONTENT = "AAECAwQFBgcICQoLDA0OD3bIZNW5zB1r27HjMfDRJ2Xghuc="


def version(number: int) -> dict[str, Any]:
    """What a client pushes."""
    return {
        "size": "338 bytes",
        "countVariables": 4,
        "data": CONTENT,
        "version": number,
        "secretKeyId": SECRET_KEY,
    }


async def party(world: World, mark: str) -> dict[str, str]:
    """Ids by the names that the paths have for them, and by those of what else can be named."""
    async with world.client() as http:
        found = await _people(http, world, mark)
        found |= await _programs(http, world, mark, found["member"])
        found |= await _projects(http, world, mark)
        for_team = {
            "entity": {"id": found["project"]},
            "assignment": {"id": found["team"]},
            "roles": ["ProjectContributor"],
        }
        await _made(http, f"{world.base}/access/", for_team)
        access = {
            "entity": {"id": found["project"]},
            "assignment": {"id": found["member"]},
            "roles": ["ProjectReader"],
        }
        found["access"] = await _made(http, f"{world.base}/access/", access)
        found["domain"] = await _made(
            http,
            f"{world.base}/domains/",
            {
                "domain": f"go.{mark}.example",
                "notFoundRedirectUrl": f"https://{mark}.example/lost",
                "fallbackUrlTemplate": f"https://{mark}.example/{{code}}",
            },
        )
        found |= await _links(http, world, mark)
        found |= await _toggles(http, world, mark, found["project"])
        found |= await _connections(http, world, mark, found)
        liked = {"id": found["project"]}
        added = await http.post(f"{world.base}/members/{found['owner']}/favorites", json=liked)
        assert added.status_code == 201, added.text
        asked = await http.post(f"/api/events/{world.id}/search", json={"pageSize": 1})
        found["event"] = asked.json()["data"][0]["id"]
    found |= _billing(world, mark)
    found["organization"] = world.id
    return found | _package(world, mark)


def _package(world: World, mark: str) -> dict[str, str]:
    """Everybody's: no organization has packages of its own."""
    laid = Laid(mark, 9, hashlib.sha256(mark.encode()).hexdigest())
    new = NewPackage(f"{mark}-cli", "1.0.0", "linux", "hx")
    made = world.db.write_now(packages.add, new, laid)
    return {"package": made.name, "package_version": made.version}


async def _people(http: httpx.AsyncClient, world: World, mark: str) -> dict[str, str]:
    owner = world.person(f"{mark.title()}-owner", "owner")
    token = world.db.write_now(oidc.issue, owner.seq)
    new = {
        "firstName": mark.title(),
        "lastName": f"{mark} Doe",
        "email": f"{mark}-doe@example.com",
        "connectedAccounts": [
            {"type": "github", "identifier": f"{mark}-octo", "profileUrl": f"https://github.com/{mark}"}
        ],
    }
    member = await _made(http, f"{world.base}/members/", new)
    channels = [{"id": f"{mark}-channel", "type": "slack"}]
    team = await _made(http, f"{world.base}/teams/", {"name": f"{mark} team", "channels": channels})
    inside = world.db.read_now(identity.access.enter, world.outside(owner), world.id)
    put = await http.put(f"{world.base}/teams/{team}/members", json=[member, inside.member])
    assert put.status_code == 202, put.text
    return {
        "member": member,
        "team": team,
        "owner": inside.member,
        "user": owner.wire_id,
        "token": token.access_token,
    }


async def _programs(http: httpx.AsyncClient, world: World, mark: str, member: str) -> dict[str, str]:
    made = (await http.post(f"{world.base}/api-keys/", json={"name": f"{mark} program"})).json()
    return {
        "api_key": made["id"],
        "api_key_member": made["memberId"],
        "secret": made["secrets"][0]["id"],
        "secret_value": made["secrets"][0]["value"],
    }


async def _projects(http: httpx.AsyncClient, world: World, mark: str) -> dict[str, str]:
    base = world.base
    project = await _made(http, f"{base}/projects/", {"alternateId": f"{mark}-shop", "name": f"{mark} shop"})
    app = await _made(
        http, f"{base}/projects/{project}/apps/", {"alternateId": f"{mark}-web", "name": f"{mark} web"}
    )
    key = {"secret_key_id": SECRET_KEY, "secret_key": f"{mark}-" + "x" * 100}
    kept = await http.post(f"/{world.id}/{project}/key", json=key)
    assert kept.status_code == 201, kept.text
    for where in ("", "&environmentId=production"):
        pushed = await http.put(
            f"{base}/apps/{app}/dot-env/?secretKeyId={SECRET_KEY}{where}", json=version(1)
        )
        assert pushed.status_code == 201, pushed.text
    assert (await http.get(f"{base}/apps/{app}/dot-env/")).status_code == 200
    there = (await http.get(f"{base}/projects/{project}/environments")).json()["data"]
    return {
        "project": project,
        "app": app,
        "environment": next(each["id"] for each in there if each["alternateId"] == "production"),
        "project_alternate": f"{mark}-shop",
        "app_alternate": f"{mark}-web",
    }


async def _links(http: httpx.AsyncClient, world: World, mark: str) -> dict[str, str]:
    new = {
        "long_url": f"https://{mark}.example/long",
        "domain": "localhost",
        "code": f"{mark}-code",
        "title": f"{mark} code",
        "tags": [f"{mark}-tag"],
    }
    code = await _made(http, f"{world.base}/link/codes/", new)
    qr = await _made(http, f"{world.base}/link/codes/{code}/qrs", {"title": f"{mark} poster"})
    return {"code": code, "qr": qr}


async def _toggles(http: httpx.AsyncClient, world: World, mark: str, project: str) -> dict[str, str]:
    base = f"{world.base}/projects/{project}"
    segment = await http.post(
        f"{base}/segments/",
        json={
            "alternateId": f"{mark}-vips",
            "name": f"{mark} VIPs",
            "description": f"Who matters to {mark}",
            "logic": json.dumps({"==": [{"var": "user.id"}, mark]}),
            "tags": [f"{mark}-people"],
        },
    )
    toggle = await http.post(
        f"{base}/toggles/",
        json={
            "key": f"{mark}-look",
            "description": f"The new look of {mark}",
            "type": "boolean",
            "targets": [{"logic": json.dumps({"segment": f"{mark}-vips"}), "value": True}],
            "defaultValue": False,
            "tags": [f"{mark}-ui"],
        },
    )
    key = await http.post(
        "/api/public-keys/",
        json={"organizationId": world.id, "projectId": project, "name": f"{mark} web"},
    )
    for answer in (segment, toggle, key):
        assert answer.status_code == 200, answer.text
    return {
        "segment": segment.json()["id"],
        "toggle": toggle.json()["id"],
        "toggle_key": f"{mark}-look",
        "public_key": key.json()["id"],
    }


async def _connections(
    http: httpx.AsyncClient, world: World, mark: str, ids: dict[str, str]
) -> dict[str, str]:
    """One that waits to be verified, and somebody who was let into a repository."""
    config = {"token": TOKEN, "region": f"{mark}-region"}
    of = await _made(http, f"{world.base}/integrations/", {"type": "workshop", "config": config})
    connected = {}
    for type, noun, input in (
        ("MessagingChannel", "project", f"{mark}-verify"),
        ("GitRepository", "project", f"{mark}/shop"),
        ("User", "member", ""),
    ):
        sent = {"type": type, "entity": {"id": ids[noun]}, "input": input}
        connected[type] = await _made(http, f"{world.base}/integrations/{of}/connections/", sent)
    jobs.begin(world.db, VENDORS)
    assert VENDORS.rest(30)
    return {
        "integration": of,
        "connection": connected["MessagingChannel"],
        "zone": world.db.write_now(_zone, world.by, of, f"{mark}.example"),
    }


def _billing(world: World, mark: str) -> dict[str, str]:
    """What pays, with two cards, a token for a third, a promo code and an invoice."""
    db, by = world.db, world.by
    account = db.read_now(_account, by)
    cards = [
        db.read_now(billing.paying.token, by, account.id, "Visa", f"000{n}", "2035-12") for n in (1, 2, 3)
    ]
    desk = billing.paying.Desk({}, ANYWHERE)
    ways = [billing.paying.add(db, desk, by, account.id, each) for each in cards[:2]]
    return {
        "billing_account": account.id,
        "provider": ways[1].provider_id,
        "invoice_provider": db.write_now(invoiced, by, account).provider_id,
        "promo_code": db.write_now(billing.promos.create, f"{mark}-welcome", points=1_000).code,
        "card_token": cards[2],
    }


def _account(r: Read, by: Caller) -> Account:
    return billing.accounts.of(r, by.organization)


def invoiced(w: Write, by: Caller, account: Account) -> Invoice:
    """For the running month, a plan of which costs something."""
    plan = billing.subscriptions.of(w, account).plan
    billing.subscriptions.put(w, by, account, "pro")
    made = billing.closing.close(w, account.seq, clock.now() + 40 * DAY)
    billing.subscriptions.put(w, by, account, plan)
    assert made is not None
    return made


def _zone(w: Write, by: Caller, integration: str, name: str) -> str:
    of = connections.integrations.find(w, by, integration)
    return connections.zones.adopt(w, by, of, f"zone-of-{name}", name).id


async def _made(http: httpx.AsyncClient, path: str, body: dict[str, Any]) -> str:
    answer = await http.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
