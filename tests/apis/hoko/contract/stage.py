"""Two organizations with one of everything each, requests that lead to it, and what is stored of all."""

import json
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import inspect, text

from hyway.domain import attribution, links
from hyway.domain.attribution import CustomerWish, NewLead, Recorder
from hyway.domain.links import LinkChange
from hyway.domain.netinfo import Places
from hyway.kernel.db import Database
from tests.apis.hoko.conftest import World, organization
from tests.apis.hoko.contract.contract import Documented
from tests.apis.hoko.test_track_and_analytics import capture

# Not part of what an organization keeps: who was seen when, and what the server tells its neighbours.
_PASSING = {"alembic_version", "sessions", "sign_in_tries"}
_PASSING_COLUMNS = {"last_used_at"}


@dataclass(frozen=True)
class Party:
    """One organization: its key and one of everything it can have. `mark` stands in all its texts."""

    world: World
    mark: str
    ids: dict[str, str]

    def __getattr__(self, name: str) -> str:
        try:
            return self.ids[name]
        except KeyError:
            raise AttributeError(name) from None


def party(world: World, mark: str) -> Party:
    """Fills the world's organization."""
    db, by = world.db, world.by
    (collection,) = db.write_now(links.put_on_shelf, by, links.COLLECTIONS, [{"name": f"{mark} shelf"}])
    (tag,) = db.write_now(links.put_on_shelf, by, links.TAGS, [{"name": f"{mark} tag"}])
    (partner,) = db.write_now(links.put_on_shelf, by, links.PARTNERS, [{"name": f"{mark} partner"}])
    wish = LinkChange(
        url=f"https://{mark}.example/page", collection_id=collection.id, title=f"{mark} title",
        external_id=f"{mark}-link", tenant_id=f"{mark}-tenant", partner_id=partner.id, tag_ids=[tag.id],
        utm={"source": f"{mark}-source"},
    )  # fmt: skip
    (link,) = db.write_now(links.put, by, [wish])
    places = Places.bundled()
    made = capture(world, link.short_id, referrer=f"https://{mark}.example/from")
    db.write_now(Recorder(places).record, [made])
    places.close()
    who = CustomerWish(f"{mark}-customer", f"{mark} name", f"{mark}@example.com")
    lead = db.write_now(attribution.track_lead, by, NewLead(made.id, f"{mark} lead", who))
    found = {
        "collection": collection.id, "tag": tag.id, "partner": partner.id, "link": link.id,
        "short_id": link.short_id, "click": made.id, "customer": lead.customer.id,
        "customerExternalId": f"{mark}-customer", "leadEventName": f"{mark} lead",
    }  # fmt: skip
    return Party(world, mark, found)


def neighbour(world: World, mark: str = "stranger", plan: str = "self-hosted") -> World:
    """Another organization of the same server."""
    made = World(world.db, world.app, organization(world.db, mark, plan), "")
    made.key = made.new_key()
    return made


def filled(template: Any, of: Party) -> Any:
    """`{link}` and the like in an example become the party's own ids."""
    raw = json.dumps(template)
    for name, value in of.ids.items():
        raw = raw.replace(f"{{{name}}}", value)
    return json.loads(raw)


_WHO = {"customerExternalId": "new-customer", "customerName": "Jo"}
_SENT: dict[str, Any] = {
    "POST /api/links": [{"url": "https://new.example", "collectionId": "{collection}"}],
    "PUT /api/links": [{"id": "{link}", "title": "changed"}],
    "DELETE /api/links": ["{link}"],
    "POST /api/collections": [{"name": "new"}],
    "PUT /api/collections": [{"id": "{collection}", "name": "changed"}],
    "DELETE /api/collections": ["{collection}"],
    "POST /api/tags": [{"name": "new"}],
    "PUT /api/tags": [{"id": "{tag}", "name": "changed"}],
    "DELETE /api/tags": ["{tag}"],
    "POST /api/partners": [{"name": "new"}],
    "PUT /api/partners": [{"id": "{partner}", "name": "changed"}],
    "DELETE /api/partners": ["{partner}"],
    "POST /api/track/lead": {"clickId": "{click}", "eventName": "Sign up", **_WHO},
    "POST /api/track/sale": {"clickId": "{click}", "amount": 100, **_WHO},
}
_ASKED = {
    "GET /api/links": "id={link}",
    "GET /api/collections": "id={collection}",
    "GET /api/tags": "id={tag}",
    "GET /api/partners": "id={partner}",
    "GET /api/customers": "id={customer}",
    "GET /api/analytics": "linkId={link}&partnerId={partner}",
    "GET /api/analytics/summary": "linkId={link}",
    "GET /api/analytics/export": "partnerId={partner}",
}
REQUESTS = {*_SENT, *_ASKED}
"""The operations that this file knows a good request of."""


def good_body(name: str, of: Party) -> Any:
    """What a good request carries; None where it carries nothing."""
    return filled(_SENT[name], of) if name in _SENT else None


def good_query(name: str, of: Party) -> str:
    return str(filled(_ASKED.get(name, ""), of))


async def send(
    client: httpx.AsyncClient, of: Documented, body: Any = None, query: str = ""
) -> httpx.Response:
    """One call. `body` is bytes as they are, anything else as JSON, None for nothing."""
    content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    headers = {} if content is None else {"Content-Type": "application/json"}
    url = f"{of.path}?{query}" if query else of.path
    return await client.request(of.method, url, content=content, headers=headers)


def dump(db: Database) -> dict[str, list[str]]:
    """Every row of every table, but what passes."""
    found: dict[str, list[str]] = {}
    with db.engine.connect() as connection:
        for name in _tables(db):
            rows = connection.execute(text(f'SELECT * FROM "{name}"')).mappings()
            kept = ({k: v for k, v in row.items() if k not in _PASSING_COLUMNS} for row in rows)
            found[name] = sorted(repr(row) for row in kept)
        if not db.is_sqlite:
            connection.rollback()
    return found


_known: dict[str, list[str]] = {}


def _tables(db: Database) -> list[str]:
    if db.url not in _known:
        _known[db.url] = sorted(set(inspect(db.engine).get_table_names()) - _PASSING)
    return _known[db.url]


def changed(before: dict[str, list[str]], after: dict[str, list[str]]) -> list[str]:
    """The tables that are not as they were."""
    return [name for name in after if after[name] != before.get(name)]
