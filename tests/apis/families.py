"""Each API family as a stranger meets it: its document, a key of its own, and what belongs to somebody else."""

import asyncio
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec

from hyway.apis import hoko, hypemarket, hypertrack, hyphen
from hyway.domain import billing, creators, notices
from hyway.kernel import sqid
from hyway.kernel.db import Database
from tests.apis.hoko.conftest import make_world
from tests.apis.hoko.contract import stage
from tests.apis.hypemarket import party as market
from tests.apis.hypertrack import conftest as tracked
from tests.apis.hypertrack.stage import party
from tests.apis.hyphen import conftest as platform
from tests.apis.hyphen.party import party as furnished

Json = dict[str, Any]


@dataclass(frozen=True)
class Family:
    """`document` is its OpenAPI. `visit` fills a server and says who meets whom there.

    `nobody` is an id of nothing, spelled as `ids` are. Operations (method and path) of one `room` are walked on the
    same server.
    """

    name: str
    document: Json
    visit: Callable[[Database], "Visit"]
    nobody: str = "01900000-0000-7000-8000-000000000000"
    ids: re.Pattern[str] = re.compile("[0-9a-f-]{36}")
    room: Callable[[str, str], str] = lambda method, path: f"{method.upper()} {path}"


@dataclass(frozen=True)
class Visit:
    """A stranger with a key of every power, and the organization that it must not reach.

    `own` gives the stranger's id for a path and a field, so that a request is good but for the one id that is
    not its own; `their` gives the other's. `theirs` are the other's ids, `mark` stands in all the other's texts.
    """

    client: httpx.AsyncClient
    own: Callable[[str, str], str | None]
    theirs: Mapping[str, str]
    mark: str
    organization: int
    protects: str
    """A table in which the other has something."""
    their: Callable[[str, str], str | None] = lambda _path, _field: None


def _hoko(db: Database) -> Visit:
    world = make_world(db)
    ours = stage.party(world, "visitor")
    theirs = stage.party(stage.neighbour(world, "somebody"), "somebody")
    nouns = {
        "collectionId": "collection",
        "partnerId": "partner",
        "tagIds": "tag",
        "linkId": "link",
        "clickId": "click",
    }

    def own(path: str, field: str) -> str | None:
        noun = nouns.get(field) or (path.split("/")[2].removesuffix("s") if field == "id" else None)
        return ours.ids.get(noun or "")

    found = {name: id for name, id in theirs.ids.items() if name != "short_id"}
    found |= {"externalId": "somebody-link", "tenantId": "somebody-tenant"}
    return Visit(ours.world.client(), own, found, "somebody", theirs.world.by.organization, "links")


def _hypertrack(db: Database) -> Visit:
    ours, theirs = tracked.make_world(db, "Visitors"), tracked.make_world(db, "Somebodies")
    with ThreadPoolExecutor(1) as aside:  # a test's own loop is running already
        mine = aside.submit(asyncio.run, party(ours, "visitor")).result()
        found = aside.submit(asyncio.run, party(theirs, "somebody")).result()
    nouns = {"users": "user", "actions": "action", "places": "place", "groups": "group", "events": "event"}
    nouns |= {"geofences": "fence", "webhooks": "webhook"}
    fields = {
        "user_id": "user",
        "group_id": "group",
        "parent_group_id": "group",
        "expected_place_id": "place",
    }

    def own(path: str, field: str) -> str | None:
        return mine.get(fields.get(field) or (nouns.get(path.split("/")[3], "") if field == "id" else ""))

    words = ("user", "work", "works", "one", "place", "group")
    found |= {f"{word} of theirs": f"somebody-{word}" for word in words}
    return Visit(ours.client(), own, found, "somebody", theirs.by.organization, "tracking_users")


_NESTED = {"campaign_id": "campaign", "collab_id": "collab", "user_id": "user"}
_LAST = {
    "organizations": "organization",
    "members": "member",
    "join_requests": "join_request",
    "invitations": "invitation",
    "campaigns": "campaign",
    "collabs": "collab",
    "applications": "application",
    "fundings": "funding",
    "payouts": "payout",
    "access_tokens": "access_token",
    "social_accounts": "social_account",
    "collab_submissions": "collab_submission",
}


def noun(path: str, field: str) -> str:
    """What an id in this place is of."""
    if field != "id":
        return "organization" if field == "organization_id" else _NESTED.get(field, "")
    before = path.split("/{id}")[0].rpartition("/")[2]
    if before == "submissions":
        return "collab_submission" if "/collabs/" in path else "submission"
    return _LAST.get(before, "")


def _hypemarket(db: Database) -> Visit:
    db.hearers += [notices.hear, creators.hearing.hear, creators.collabs.hear]
    ours, mine = market.party(db, "visitor")
    with market.numbered_apart(db):
        theirs, found = market.party(db, "somebody")

    def own(path: str, field: str) -> str | None:
        return mine.get(noun(path, field))

    def their(path: str, field: str) -> str | None:
        return found.get(noun(path, field))

    return Visit(ours.client(), own, found, "somebody", theirs.organization.seq, "campaigns", their)


_OF_PROJECTS = {
    "organizationId": "organization",
    "projectId": "project",
    "appId": "app",
    "environmentId": "environment",
    "memberId": "member",
    "teamId": "team",
    "accessId": "access",
    "apiKeyId": "api_key",
    "secretId": "secret",
    "favoriteId": "project",
    "billingAccountId": "billing_account",
    "userId": "user",
    "providerId": "provider",
    "invoiceProviderId": "invoice_provider",
    "domainId": "domain",
    "codeId": "code",
    "qrId": "qr",
    "segmentId": "segment",
    "toggleKey": "toggle",
    "integrationId": "integration",
    "connectionId": "connection",
    "zoneId": "zone",
    "packageName": "package",
    "version": "package_version",
    "entity": "project",
    "assignment": "team",
}
_NO_IDS = ("token", "secret_value", "promo_code", "package", "package_version")
"""Secrets, and what is the operator's and there for every organization."""


def _hyphen(db: Database) -> Visit:
    """The stranger is a program."""
    ours, theirs = _two(db)
    return _met(ours.world.client(), ours, theirs)


def _person(db: Database) -> Visit:
    """The stranger is a person, who owns an organization and the account that pays for it."""
    ours, theirs = _two(db)
    shown = {"authorization": f"Bearer {ours.ids['token']}"}
    return _met(ours.world.client("", headers=shown), ours, theirs)


@dataclass(frozen=True)
class _Party:
    world: platform.World
    ids: dict[str, str]


def _two(db: Database) -> tuple[_Party, _Party]:
    db.hearers.append(billing.accounts.hear)
    theirs = platform.make_world(db, "Somebodies")
    ours = platform.furnished(db, theirs.app, "Visitors")
    with ThreadPoolExecutor(1) as aside:  # a test's own loop is running already
        mine = aside.submit(asyncio.run, furnished(ours, "visitor")).result()
        found = aside.submit(asyncio.run, furnished(theirs, "somebody")).result()
    return _Party(ours, mine), _Party(theirs, found)


def _met(client: httpx.AsyncClient, ours: _Party, theirs: _Party) -> Visit:
    def own(path: str, field: str) -> str | None:
        if field == "id":
            return ours.ids["public_key" if path.startswith("/api/public-keys/") else "member"]
        return ours.ids.get(_OF_PROJECTS.get(field, ""))

    def their(path: str, field: str) -> str | None:
        if field == "id" and path.startswith("/api/public-keys/"):
            return theirs.ids["public_key"]
        return theirs.ids.get(_OF_PROJECTS.get(field, ""))

    shown = {noun: id for noun, id in theirs.ids.items() if noun not in _NO_IDS}
    return Visit(client, own, shown, "somebody", theirs.world.organization.seq, "things", their)


_HYPHEN: Json = msgspec.json.decode(hyphen.openapi())
_OF_PEOPLE = {**_HYPHEN, "paths": {p: of for p, of in _HYPHEN["paths"].items() if "/billing-account" in p}}
"""What billing has: no program may do it."""


FAMILIES = (
    Family("hoko", msgspec.json.decode(hoko.openapi()), _hoko),
    Family(
        "hypemarket",
        msgspec.json.decode(hypemarket.openapi()),
        _hypemarket,
        sqid.text(2**40),
        re.compile("[A-Za-z]{6,20}"),
        lambda _, path: " ".join(
            word for word in path.removesuffix(".json").split("/")[1:4] if "{" not in word
        ),
    ),
    Family(
        "hyphen",
        _HYPHEN,
        _hyphen,
        "proj_ffffffffffffffffffffffff",
        re.compile("[a-z]+_[0-9a-f]{24}"),
        lambda _, path: next((word for word in path.split("/")[4:] if "{" not in word), "organization"),
    ),
    Family(
        "hyphen's people",
        _OF_PEOPLE,
        _person,
        "bill_ffffffffffffffffffffffff",
        re.compile("[a-z]+_[0-9a-f]{24}"),
        lambda *_: "billing",
    ),
    Family("hypertrack", msgspec.json.decode(hypertrack.openapi()), _hypertrack),
)
