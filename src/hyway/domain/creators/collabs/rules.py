"""What a collab must be: pure decisions."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from hyway.domain.creators import brief, places
from hyway.domain.creators.collabs.records import Collab
from hyway.domain.creators.collabs.steps import web_address
from hyway.domain.links import host_of, web_url
from hyway.kernel.faults import Invalid, Several

NAME: Final = "New collab"
COUNTRIES: Final = ("US",)
CURRENCY: Final = "usd"
TEMPLATE: Final = (
    "<h3>About the product</h3><p>What it is, and who it is for.</p>"
    "<h3>What to show</h3><ul><li>The product in use</li><li>What you like about it, in your own words</li></ul>"
    "<h3>Please do not</h3><ul><li>Name other brands</li></ul>"
)
USAGE_DAYS: Final = 365
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_LONGEST_NAME: Final = 255
_MOST_COUNTRIES: Final = 300
_MOST_AMOUNT: Final = 10**12
_WHOLE: Final = 10_000  # hundredths of a percent
_MOST_DAYS: Final = 3_650

DEFAULTS: Final[dict[str, Any]] = {
    "name": NAME,
    "website": None,
    "currency": CURRENCY,
    "countries": COUNTRIES,
    "require_spark_ads": False,
    "requires_product_shipment": False,
    "brief": TEMPLATE,
    "reward_amount": 0,
    "sale_share": 0,
    "usage_days": USAGE_DAYS,
}


def columns(fields: Mapping[str, Any], hosts: frozenset[str]) -> dict[str, Any]:
    """What was mentioned of the fields of DEFAULTS, as it is stored, and `banner`, the number of a kept file.

    Several in the order of the fields. `hosts` are the server's own names, where no collab may lead.
    """
    wrong: list[Invalid] = []
    found: dict[str, Any] = {"banner": fields["banner"]} if "banner" in fields else {}
    for name, rule in _RULES.items():
        if name in fields:
            try:
                found[name] = rule(fields[name])
            except Invalid as fault:
                wrong.append(fault)
    if found.get("website") and host_of(urlsplit(found["website"])) in hosts:
        wrong.append(Invalid("website", "is invalid"))
    if wrong:
        order = list(_RULES)
        raise Several(sorted(wrong, key=lambda each: order.index(each.field)))
    return found


def _name(value: str | None) -> str:
    clean = _CONTROL.sub(" ", value or "").strip()
    if not clean:
        raise Invalid("name", "can't be blank")
    if len(clean) > _LONGEST_NAME:
        raise Invalid("name", "is too long (maximum is {most} characters)", most=_LONGEST_NAME)
    return clean


def _website(value: str | None) -> str | None:
    if not value or not value.strip():
        return None
    try:
        web_url("website", web_address("website", value))
    except Invalid:
        raise Invalid("website", "is invalid") from None
    return value.strip()


def _currency(value: str | None) -> str:
    if not places.currency(value or ""):
        raise Invalid("currency", "is not included in the list")
    return str(value)


def _countries(value: Sequence[str] | None) -> str:
    named = dict.fromkeys(code for code in value or () if code)
    if len(named) > _MOST_COUNTRIES or not all(places.country(code) for code in named):
        raise Invalid("countries", "is not included in the list")
    return " ".join(named)


def _flag(value: bool | None) -> int:
    return int(bool(value))


def _brief(value: str | None) -> str:
    return brief.clean(value or "")


def _bounded(field: str, most: int) -> Any:
    def rule(value: int | None) -> int:
        if value is None:
            raise Invalid(field, "is not a number")
        if value < 0:
            raise Invalid(field, "must be greater than or equal to 0")
        if value > most:
            raise Invalid(field, "must be less than or equal to {most}", most=most)
        return value

    return rule


def _usage_days(value: int | None) -> int:
    found: int = _bounded("usage_days", _MOST_DAYS)(value)
    if found == 0:
        raise Invalid("usage_days", "must be greater than 0")
    return found


_RULES: Final[dict[str, Any]] = {
    "name": _name,
    "website": _website,
    "currency": _currency,
    "countries": _countries,
    "require_spark_ads": _flag,
    "requires_product_shipment": _flag,
    "brief": _brief,
    "reward_amount": _bounded("reward_amount", _MOST_AMOUNT),
    "sale_share": _bounded("sale_share", _WHOLE),
    "usage_days": _usage_days,
}


def showable(of: Collab | dict[str, Any]) -> None:
    """Several where something is missing that creators must be told: a name, a website, a brief, a country."""
    said = of if isinstance(of, dict) else {name: getattr(of, name) for name in NEEDED}
    wrong = [Invalid(name, "can't be blank") for name in NEEDED if not _says(name, said[name])]
    if wrong:
        raise Several(wrong)


NEEDED: Final = ("name", "website", "countries", "brief")


def _says(name: str, value: Any) -> bool:
    return bool(brief.text(value)) if name == "brief" else bool(value)


def not_worse(old: Collab, values: dict[str, Any]) -> None:
    """Several where creators who have applied would get less, or give more, than they applied for."""
    wrong = []
    for name, sign in (
        ("require_spark_ads", 1),
        ("reward_amount", -1),
        ("sale_share", -1),
        ("usage_days", 1),
    ):
        if name in values and sign * (values[name] - int(getattr(old, name))) > 0:
            wrong.append(Invalid(name, "can't be changed to the creators' loss once they have applied"))
    if wrong:
        raise Several(wrong)
