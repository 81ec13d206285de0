"""What the fuzzer needs to get anywhere in billing, integrations, zones and downloads: vendors, and an owner."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from hyway.domain import billing, identity, oidc, packages
from hyway.domain.billing import Invoice
from hyway.domain.identity import Caller
from hyway.domain.packages import Laid, NewPackage
from hyway.kernel import clock
from hyway.kernel.clock import DAY
from hyway.kernel.db import Database, Read, Write
from hyway.main import open_database
from hyway.settings import Settings
from tests.make.people import PASSWORD
from tests.providers.wires import github, slack
from tests.providers.wires.cloudflare import TOKEN as CLOUDFLARE
from tests.providers.wires.cloudflare import cloudflare
from tests.providers.wires.github import GitHub
from tests.providers.wires.slack import Slack
from tests.providers.wires.wire import running

_ZONES = 20
_CARDS = 30
_CONFIGS: dict[str, dict[str, str]] = {
    "cloudflare": {"apiToken": CLOUDFLARE},
    "github": {"organization": github.ORGANIZATION, "token": github.TOKEN},
    "slack": {"botToken": slack.TOKEN},
}
WORDS: dict[str, Sequence[Any]] = {
    "type": ("cloudflare", "github", "slack", "DNSZone", "GitTeam", "GitRepository", "MessagingChannel", "User"),
    "status": ("Active", "Paused", "Active", "Canceled", "PastDue"),
    "isDefault": (True, False),
    "phone": ("+1 555 010 1234", None),
    "country": ("US", "DE"),
    "promoCodes": ("WELCOME", "GONE"),
    "email": tuple(f"payer{number}@example.com" for number in range(8)),
    "code": ("123456",),
    "codeChallenge": ("c" * 43,),
    "input": ("general", "acme-web", *(f"z{number}.example" for number in range(_ZONES * 2))),
    "os": ("linux", "macos", "amiga"),
    "latest": (True, False),
    "integrationTypes": ("cloudflare", "github"),
    "types": ("DNSZone", "GitTeam"),
    "config": ({"apiToken": CLOUDFLARE}, _CONFIGS["github"], _CONFIGS["slack"], {}),
}  # fmt: skip
FIELDS = {
    "integrationIds": "integration", "connectionIds": "connection_id", "entityConnectionIds": "connection_id",
    "assignmentConnectionIds": "connection_id", "confirmationToken": "card_token", "parentId": "zone_remote",
    "resources": "zone_remote",
}  # fmt: skip
PATHS = {"billingAccountId": "billing_account", "integrationId": "integration", "zoneId": "zone"}
PAIRS = {
    "connectionId": ("integrationId", "connection"),
    "userId": ("billingAccountId", "payer"),
    "providerId": ("billingAccountId", "way_to_pay"),
    "invoiceProviderId": ("billingAccountId", "invoice"),
    "version": ("packageName", "package"),
}
MARKS = ("/billing-account", "/integration", "/dns/", "/downloads/")
"""What the paths of all this have in them."""


@contextmanager
def vendors() -> Iterator[dict[str, str]]:
    """Vendors on the loopback, as a setting of the server's."""
    hub, talk = GitHub(), Slack()
    for number in range(10):
        hub.member(f"octo{number}", f"Octo {number}", f"member{number}@example.com")
    with cloudflare() as (clouds, at), running(hub) as hub_at, running(talk) as talk_at:
        for number in range(_ZONES):
            clouds.zone(f"z{number}.example")
        talk_at = talk_at.replace("//", f"//{slack.CLIENT}:secret@")
        yield {"HYWAY_VENDORS": f"cloudflare={at}, github={hub_at}, slack={talk_at}"}


def furnish(client: httpx.Client, base: str, data: Path, known: dict[str, list[str]]) -> None:
    """Integrations with zones and connections; an account with cards, invoices and owners; packages."""
    db = open_database(Settings.read({}, data))
    try:
        _packages(db, known)
        _billing(db, client, base, known)
    finally:
        db.close()
    _integrations(client, base, known)


def _packages(db: Database, known: dict[str, list[str]]) -> None:
    for version in ("1.0.0", "1.1.0", "2.0.0-rc.1"):
        for os in ("linux", "macos"):
            told = f"{version} {os}"
            laid = Laid(told, 9, hashlib.sha256(told.encode()).hexdigest())
            db.write_now(packages.add, NewPackage("hyphen-cli", version, os, "hx"), laid)
        known.setdefault("package", []).append(f"hyphen-cli {version}")
    known["package"].append("hyphen-cli latest")


def _billing(db: Database, client: httpx.Client, base: str, known: dict[str, list[str]]) -> None:
    id = base.rpartition("/")[2]
    seq = db.read_now(_owner, id)
    known["credential"] = [db.write_now(oidc.issue, seq).access_token]
    client.headers = httpx.Headers({"authorization": f"Bearer {known['credential'][0]}"})
    account = client.get(f"{base}/billing-account/").raise_for_status().json()
    at = f"/api/billing-accounts/{account['id']}"
    known["billing_account"] = [account["id"]]
    by = db.read_now(_system, id)
    verb = billing.paying.token
    cards = [db.read_now(verb, by, account["id"], "Visa", f"{n:04}", "2035-12") for n in range(_CARDS)]
    for each in cards[:5]:
        client.post(f"{at}/payment-methods/", json={"confirmationToken": each}).raise_for_status()
    known["card_token"] = [*cards[5:], "offline_transfer"]
    known["invoice"] = [f"{account['id']} {db.write_now(_invoiced, by).provider_id}"]
    db.write_now(billing.promos.create, "WELCOME", points=1_000)
    for number in range(8):
        email = f"payer{number}@example.com"
        db.write_now(identity.add_person, email, f"Payer {number}", PASSWORD)
        if number < 4:
            client.post(f"{at}/owners/", json={"email": email}).raise_for_status()
    now = client.get(at).json()
    known["payer"] = [f"{account['id']} {each['userId']}" for each in now["owners"][1:]]
    known["way_to_pay"] = [f"{account['id']} {each['providerId']}" for each in now["paymentMethods"]]


def _system(r: Read, id: str) -> Caller:
    return next(identity.command_line(each) for each in identity.every_organization(r) if each.wire_id == id)


def _owner(r: Read, id: str) -> int:
    """Whoever was there first: they own the account, too."""
    return billing.accounts.owners(r, billing.accounts.of(r, _system(r, id).organization))[0]


def _invoiced(w: Write, by: Caller) -> Invoice:
    account = billing.accounts.of(w, by.organization)
    billing.subscriptions.put(w, by, account, "pro")
    made = billing.closing.close(w, account.seq, clock.now() + 40 * DAY)
    assert made is not None
    return made


def _integrations(client: httpx.Client, base: str, known: dict[str, list[str]]) -> None:
    made = {}
    for type, config in _CONFIGS.items():
        answer = client.post(f"{base}/integrations/", json={"type": type, "config": config})
        assert answer.status_code == 201, answer.text
        made[type] = f"{base}/integrations/{answer.json()['id']}"
    known["integration"] = [each.rpartition("/")[2] for each in made.values()]
    found = client.get(f"{made['cloudflare']}/resources/?type=DNSZone").raise_for_status().json()["data"]
    known["zone_remote"] = [each["id"] for each in found]
    wanted = {"type": "DNSZone", "resources": [{"id": each} for each in known["zone_remote"][: _ZONES // 2]]}
    client.post(f"{made['cloudflare']}/import/", json=wanted).raise_for_status()
    for type, connection, entities in (
        ("github", "GitTeam", known["team"]),
        ("github", "GitRepository", known["project"]),
        ("slack", "MessagingChannel", known["team"]),
    ):
        for entity in entities[:8]:
            sent = {"type": connection, "entity": {"id": entity}}
            answer = client.post(f"{made[type]}/connections/", json=sent).raise_for_status()
            pair = f"{made[type].rpartition('/')[2]} {answer.json()['id']}"
            known.setdefault("connection", []).append(pair)
    known["connection_id"] = [each.split()[1] for each in known["connection"]]
    known["zone"] = _zones(client, base)


def _zones(client: httpx.Client, base: str) -> list[str]:
    """As soon as the background has imported some."""
    for _ in range(120):
        found = client.get(f"{base}/dns/zones/").json()["data"]
        if len(found) >= _ZONES // 2:
            break
        time.sleep(0.5)
    assert found, "no zone was imported"
    return [each["id"] for each in found]
