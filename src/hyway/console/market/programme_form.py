"""The form of a campaign or a collab: as it is typed, as it is stored, and as a product's page fills it in."""

from typing import Any, Final, Literal, NamedTuple

from hyway.console import dates
from hyway.console.market import pictures, words
from hyway.console.market.stay import There
from hyway.console.visit import Page
from hyway.domain import creators, files
from hyway.domain.identity import Caller
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Several, Spent

brief = creators.brief
places = creators.places

Kind = Literal["campaign", "collab"]
_BOTH: Final = ("name", "website", "currency", "brief")
_TEXTS: Final[dict[Kind, tuple[str, ...]]] = {
    "campaign": (*_BOTH, "content_type", "category", "tiktok_music_id"),
    "collab": _BOTH,
}
_AMOUNTS: Final[dict[Kind, tuple[str, ...]]] = {
    "campaign": ("cpm_amount", "min_payout_amount", "max_payout_amount", "base_reward_amount"),
    "collab": ("reward_amount",),
}
_FLAGS: Final[dict[Kind, tuple[str, ...]]] = {
    "campaign": ("approves",),
    "collab": ("require_spark_ads", "requires_product_shipment"),
}
_MANY: Final[dict[Kind, tuple[str, ...]]] = {
    "campaign": ("countries", "platform_ids"),
    "collab": ("countries",),
}
_OTHERS: Final[dict[Kind, tuple[str, ...]]] = {
    "campaign": ("sale_share", "ends_at"),
    "collab": ("sale_share", "usage_days"),
}
FIELDS: Final[dict[Kind, tuple[str, ...]]] = {
    kind: (*_TEXTS[kind], *_AMOUNTS[kind], *_FLAGS[kind], *_MANY[kind], *_OTHERS[kind], "banner")
    for kind in _TEXTS
}


class Prefill(NamedTuple):
    """What a new form holds before anybody has typed, and what was wrong with the page that was to fill it."""

    typed: dict[str, Any]
    wrong: dict[str, str]


def of(old: Any, zone: str) -> dict[str, Any]:
    """What is stored, as the form has it."""
    kind: Kind = "campaign" if isinstance(old, creators.campaigns.Campaign) else "collab"
    return {
        **{name: getattr(old, name) or "" for name in _TEXTS[kind]},
        **{name: words.typed(getattr(old, name), old.currency) for name in _AMOUNTS[kind]},
        **{name: getattr(old, name) for name in (*_FLAGS[kind], *_MANY[kind])},
        "sale_share": words.percent(old.sale_share),
        "ends_at": dates.for_input(getattr(old, "ends_at", None), zone),
        "usage_days": getattr(old, "usage_days", ""),
    }


def read(visit: There, kind: Kind, old: Any) -> dict[str, Any]:
    """What was typed, to be shown again; a brief comes back clean."""
    sent = visit.sent
    typed: dict[str, Any] = {
        name: sent.text(name) for name in (*_TEXTS[kind], *_AMOUNTS[kind], *_OTHERS[kind])
    }
    typed |= {name: sent.ticked(name) for name in _FLAGS[kind]}
    typed |= {name: sent.many(name) for name in _MANY[kind]}
    try:
        typed["brief"] = brief.clean(typed["brief"])
    except Invalid:
        typed["brief"] = brief.of_words(brief.text(typed["brief"][: brief.LONGEST]))
    return {**(of(old, visit.zone) if old and old.published_at else {}), **_said(typed, visit, old)}


def _said(typed: dict[str, Any], visit: There, old: Any) -> dict[str, Any]:
    """Without what a published programme's form does not have."""
    is_fixed = (
        old is not None and old.published_at is not None and isinstance(old, creators.campaigns.Campaign)
    )
    fixed = (*_AMOUNTS["campaign"], "currency", "sale_share") if is_fixed else ()
    return {name: value for name, value in typed.items() if name not in fixed or name in visit.sent}


def fields(visit: There, kind: Kind, old: Any) -> dict[str, Any]:
    """What was sent, as it is stored; Several with all numbers and dates that are none."""
    sent, found, wrong = visit.sent, dict[str, Any](), list[Invalid]()
    currency = sent.text("currency") or (old.currency if old else "usd")
    found |= {name: sent.text(name) for name in _TEXTS[kind] if name in sent}
    found |= {name: sent.ticked(name) for name in _FLAGS[kind]}
    found |= {name: [each for each in sent.many(name) if each] for name in _MANY[kind]}
    readers: dict[str, Any] = {
        **{name: lambda name=name: words.minor(sent, name, currency) or 0 for name in _AMOUNTS[kind]},
        "sale_share": lambda: words.hundredths(sent, "sale_share") or 0,
        "ends_at": lambda: dates.parse_local("ends_at", sent.text("ends_at"), visit.zone),
        "usage_days": lambda: words.whole(sent, "usage_days"),
    }
    for name in (*_AMOUNTS[kind], *_OTHERS[kind]):
        if name in sent:
            try:
                found[name] = readers[name]()
            except Invalid as fault:
                wrong.append(fault)
    if wrong:
        raise Several(wrong)
    return {**found, "purge_banner": sent.ticked("purge_banner")}


async def prefilled(visit: There, kind: Kind) -> Prefill:
    """The form's own beginning, and what the page at `?website=` says of its product."""
    typed = _beginning(kind)
    website, way = visit.asked.text("website"), visit.house.outgoing
    if not website or way is None:
        return Prefill(typed, {})
    try:
        found = await creators.prefill.ask(way, website)
    except (Invalid, Spent) as fault:
        return Prefill({**typed, "website": website}, {"website": words.told(fault)})
    said = {"name": found.name, "brief": found.brief, "countries": list(found.countries), "website": website}
    picture = {"has_picture": found.image_bytes is not None}
    return Prefill({**typed, **{name: value for name, value in said.items() if value}, **picture}, {})


def _beginning(kind: Kind) -> dict[str, Any]:
    defaults = creators.campaigns.rules.DEFAULTS if kind == "campaign" else creators.collabs.rules.DEFAULTS
    typed = {name: value for name, value in defaults.items() if name not in _AMOUNTS[kind]}
    return {**typed, "sale_share": "", "ends_at": "", "name": "" if kind == "collab" else typed["name"]}


async def picture_of_page(visit: There, website: Any) -> pictures.Sent:
    """The picture of the product's page, where the form asks for it; none is no reason to refuse the rest."""
    way, blobs = visit.house.outgoing, visit.house.blobs
    if not visit.sent.ticked("page_picture") or not website or way is None or blobs is None:
        return None
    try:
        found = await creators.prefill.ask(way, str(website))
        if found.image_bytes is None:
            return None
        return blobs, await files.take(blobs, found.image_bytes, "banner", files.BANNER, "banner")
    except (Invalid, Spent):
        return None


def _banner(r: Read, by: Caller, banner: int | None) -> str | None:
    return pictures.shown(r, [banner]).get(banner)


async def page(
    visit: There, kind: Kind, old: Any, typed: dict[str, Any], wrong: dict[str, str], status: int = 200
) -> Page:
    facts = {
        "kind": kind,
        "old": old,
        "typed": typed,
        "errors": wrong,
        "banner": await visit.read(_banner, old.banner) if old else None,
        "is_fixed": old is not None and old.published_at is not None and kind == "campaign",
        "countries": places.countries(),
        "currencies": [(code, f"{code.upper()} · {name}") for code, name in places.currencies()],
        "platform_choices": [(id, words.platform(id)) for id in creators.campaigns.PLATFORMS],
        "content_types": [(id, words.label(id)) for id in creators.campaigns.rules.CONTENT_TYPES],
        "categories": [(id, words.label(id)) for id in creators.campaigns.rules.CATEGORIES],
        "may_prefill": visit.house.outgoing is not None,
    }
    return visit.page("market/programme_form.html", status, **facts)
