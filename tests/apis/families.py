"""Each API family as a stranger meets it: its document, a key of its own, and what belongs to somebody else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec

from hyway.apis import hoko
from hyway.kernel.db import Database
from tests.apis.hoko.conftest import make_world
from tests.apis.hoko.contract import stage

Json = dict[str, Any]


@dataclass(frozen=True)
class Family:
    """`document` is its OpenAPI. `visit` fills a server and says who meets whom there."""

    name: str
    document: Json
    visit: Callable[[Database], "Visit"]


@dataclass(frozen=True)
class Visit:
    """A stranger with a key of every power, and the organization that it must not reach.

    `own` gives the stranger's id for a path and a field, so that a request is good but for the one id that is
    not its own. `theirs` are the other's ids, `mark` stands in all the other's texts.
    """

    client: httpx.AsyncClient
    own: Callable[[str, str], str | None]
    theirs: Mapping[str, str]
    mark: str
    organization: int


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
    return Visit(ours.world.client(), own, found, "somebody", theirs.world.by.organization)


FAMILIES = (Family("hoko", msgspec.json.decode(hoko.openapi()), _hoko),)
