"""What campaigns are paid in and where they run: currencies of ISO 4217 and countries of ISO 3166."""

import unicodedata
from functools import cache

import pycountry

from hyway.domain.netinfo import COUNTRY_CODES, country_name

# Codes of ISO 4217 that nobody is paid in: metals, units of account, funds, testing, and no currency at all.
_OTHERS = "XAD XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX BOV CHE CHW CLF COU MXV USN UYI UYW"
_NO_MONEY = frozenset(_OTHERS.split())


def currency(code: str) -> bool:
    """Whether it is an ISO 4217 code in lower case of money in use."""
    return code in _currencies()


def country(code: str) -> bool:
    """Whether it is an officially assigned ISO 3166-1 alpha-2 code, in capitals."""
    return code in COUNTRY_CODES


def currencies() -> list[tuple[str, str]]:
    """Every currency as (code, English name), by code."""
    return list(_currencies().items())


def countries() -> list[tuple[str, str]]:
    """Every country as (code, English name), by name."""
    named = ((code, country_name(code) or code) for code in COUNTRY_CODES)
    return sorted(named, key=lambda each: unicodedata.normalize("NFKD", each[1]))


@cache
def _currencies() -> dict[str, str]:
    known = {each.alpha_3: each.name for each in pycountry.currencies}
    return {code.lower(): known[code] for code in sorted(known.keys() - _NO_MONEY)}


__all__ = ["countries", "country", "currencies", "currency"]
