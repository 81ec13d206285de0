"""The board: what creators may take part in, for everybody to see."""

from dataclasses import dataclass
from typing import Any, Literal

from litestar import get, post
from markupsafe import Markup

from hyway.console.market import pictures, words
from hyway.console.market.stay import PAGE, Guest, Leaves, Mine, Stay, anyone, leaves
from hyway.console.visit import Asked, Home, House, Page
from hyway.domain import creators, identity
from hyway.domain.identity import Caller
from hyway.kernel import sqid
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Missing

places = creators.places
Listing = creators.campaigns.Listing

Kind = Literal["campaign", "collab"]
_KINDS: dict[str, Kind] = {"campaign": "campaign", "collab": "collab"}
_MINE = 500


@dataclass(frozen=True)
class Card:
    """A listing with its picture and whose it is."""

    it: Listing
    banner: str | None
    organization: identity.Organization
    logo: str | None


@dataclass(frozen=True)
class Standing:
    """What a person has to do with a programme, and what they lack to take part."""

    application: Any = None
    post_path: str = ""
    accounts: int = 0
    has_address: bool = False


def _cards(r: Read, rows: list[Listing]) -> list[Card]:
    named = identity.organizations_named(r, {each.organization for each in rows})
    logos = [each.logo for each in named.values()]
    shown = pictures.shown(r, [*(each.banner for each in rows), *logos])
    return [
        Card(each, shown.get(each.banner), there, shown.get(there.logo))
        for each in rows
        if (there := named.get(each.organization)) is not None
    ]


def _board(
    r: Read, by: Caller | None, platform: str | None, country: str | None, kind: Kind | None, leaf: int
) -> tuple[list[Card], int]:
    rows, total = creators.campaigns.board.page(
        r, by, platform, country, kind, offset=(leaf - 1) * PAGE, limit=PAGE
    )
    return _cards(r, rows), total


@get("/board")
async def index(request: Asked, visit: Guest, house: Home) -> Page:
    query = request.query_params
    platform = query.get("platform") or None
    country = (query.get("country") or "").upper() or None
    kind = _KINDS.get(query.get("kind", ""))
    leaf = _leaf(query.get("page", ""))
    cards, total = await house.db.read(_board, visit.by if visit else None, platform, country, kind, leaf)
    at: Leaves = leaves(request, leaf, total)
    facts: dict[str, Any] = {"platform": platform or "", "country": country or "", "kind": kind or ""}
    choices = [(id, words.platform(id)) for id in creators.campaigns.PLATFORMS]
    return anyone(
        request, visit, "market/board.html",
        cards=cards, at=at, platform_choices=choices, countries=places.countries(), **facts,
    )  # fmt: skip


def _leaf(text: str) -> int:
    return min(max(int(text), 1), 1_000_000) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _one(r: Read, by: Caller | None, kind: Kind, seq: int) -> tuple[Card, Standing]:
    found = _cards(r, [creators.campaigns.board.find(r, by, kind, seq)])
    if not found:
        raise Missing("")
    return found[0], _standing(r, by, found[0].it) if by else Standing()


def _standing(r: Read, by: Caller, it: Listing) -> Standing:
    named = it.platform_ids or creators.campaigns.PLATFORMS
    mine = len(creators.social.accounts.verified(r, identity.person_of(by), named))
    address = creators.addresses.of_person(r, identity.person_of(by)) is not None
    if it.kind == "campaign":
        return Standing(creators.campaigns.applications.mine_to(r, by, it.seq), "", mine, address)
    works, _ = creators.collabs.work.mine(r, by, 0, _MINE)
    work = next((each for each in works if each.collab == it.seq), None)
    path = f"/me/collab_submissions/{sqid.text(work.seq)}" if work else ""
    return Standing(work, path, mine, address)


async def _show(
    request: Asked, visit: Stay | None, house: House, kind: Kind, status: int = 200, **facts: Any
) -> Page:
    seq = sqid.number(str(request.path_params["programme"]))
    if seq is None:
        raise Missing("")
    card, mine = await house.db.read(_one, visit.by if visit else None, kind, seq)
    belongs = visit is not None and any(
        each.organization.seq == card.it.organization for each in visit.belongs
    )
    # Briefs are made harmless on their way in.
    told = Markup(card.it.brief)  # noqa: S704
    facts = {"typed": {}, "errors": {}, **facts}
    return anyone(
        request, visit, "market/listing.html", status,
        kind=kind, card=card, it=card.it, mine=mine, brief=told, belongs=belongs, **facts,
    )  # fmt: skip


@get("/board/campaigns/{programme:str}")
async def campaign(request: Asked, visit: Guest, house: Home) -> Page:
    return await _show(request, visit, house, "campaign")


@get("/board/collabs/{programme:str}")
async def collab(request: Asked, visit: Guest, house: Home) -> Page:
    return await _show(request, visit, house, "collab")


async def _apply(visit: Stay, kind: Kind) -> Page:
    verb: Any = creators.campaigns.applications.apply if kind == "campaign" else creators.collabs.work.apply
    message = visit.sent.text("message")
    try:
        made = await visit.write(verb, visit.number("programme"), message)
    except Invalid as fault:
        facts = {"typed": {"message": message}, "errors": words.errors(fault, ("message",))}
        return await _show(visit.request, visit, visit.house, kind, 422, **facts)
    if kind == "collab":
        return visit.go(f"/me/collab_submissions/{sqid.text(made.seq)}", "You have applied: they are told.")
    said = (
        "You are in: here is your own link."
        if made.status == "accepted"
        else "You have applied: they are told."
    )
    return visit.go("/me/applications", said)


@post("/board/campaigns/{programme:str}/apply")
async def apply_to_campaign(visit: Mine) -> Page:
    return await _apply(visit, "campaign")


@post("/board/collabs/{programme:str}/apply")
async def apply_to_collab(visit: Mine) -> Page:
    return await _apply(visit, "collab")


ANYBODY = [index, campaign, collab]
ROUTES = [apply_to_campaign, apply_to_collab]
