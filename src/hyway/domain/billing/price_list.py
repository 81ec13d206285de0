"""The operator's own prices: a TOML file, read as numbers that verbs know.

    currency = "EUR"
    tax = 19                # percent, of accounts that are made from now on

    [pro]
    base = 29.00            # a month
    rates."toggle.evaluations" = { included = 1_000_000, price = 0.00001 }

A plan that the file does not name costs nothing.
"""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pycountry

from hyway.domain.billing import plans
from hyway.domain.billing.plans import PLANS
from hyway.domain.billing.pricing import MILLION
from hyway.domain.billing.records import PRICED
from hyway.kernel.faults import Invalid

_MOST = 10**12
_HUNDREDTHS = 100


def numbers(text: str) -> dict[str, int]:
    """`currency`, `tax_points`, and of each plan `price.PLAN`, `price.PLAN.METER.included` and `.micros`."""
    try:
        said = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Invalid("HYWAY_PLANS", "is no TOML: {why}", why=str(error)) from None
    currency = pycountry.currencies.get(alpha_3=str(said.pop("currency", "USD")).upper())
    if currency is None:
        raise Invalid("HYWAY_PLANS", "names a currency that is none")
    tax = _whole("tax", said.pop("tax", 0), _HUNDREDTHS, 100 * _HUNDREDTHS)
    found = {"currency": int(currency.numeric), "tax_points": tax}
    minor = 10 ** plans.decimals(currency.alpha_3)
    for unknown in said.keys() - PLANS.keys():
        raise Invalid("HYWAY_PLANS", "names {plan}, which is no plan", plan=unknown)
    for plan in PLANS:
        found |= _plan(plan, said.get(plan, {}), minor)
    return found


def _plan(name: str, said: Any, minor: int) -> dict[str, int]:
    if not isinstance(said, Mapping) or said.keys() - {"base", "rates"}:
        raise Invalid("HYWAY_PLANS", "may say base and rates of {plan}, nothing else", plan=name)
    found = {f"price.{name}": _whole(f"{name}.base", said.get("base", 0), minor, _MOST)}
    rates = said.get("rates", {})
    if not isinstance(rates, Mapping) or rates.keys() - set(PRICED):
        raise Invalid("HYWAY_PLANS", "may have rates of {meters} alone", meters=", ".join(PRICED))
    for meter, rate in rates.items():
        place = f"{name}.rates.{meter}"
        if not isinstance(rate, Mapping) or rate.keys() - {"included", "price"} or "price" not in rate:
            raise Invalid("HYWAY_PLANS", "must say price of {place}, and may say included", place=place)
        found[f"price.{name}.{meter}.micros"] = _whole(f"{place}.price", rate["price"], MILLION, _MOST)
        found[f"price.{name}.{meter}.included"] = _whole(
            f"{place}.included", rate.get("included", 0), 1, 10**15
        )
    return found


def _whole(place: str, said: Any, parts: int, most: int) -> int:
    """A number of so many parts, exactly."""
    is_number = isinstance(said, int | Decimal) and not isinstance(said, bool)
    if not is_number or not Decimal(said).is_finite() or not 0 <= Decimal(said) * parts <= most:
        raise Invalid("HYWAY_PLANS", "must have a number, not below 0, as {place}", place=place)
    exact = Decimal(said) * parts
    if exact != int(exact):
        raise Invalid("HYWAY_PLANS", "has too many decimals in {place}", place=place)
    return int(exact)
