"""What an address tells: where it is, and which database said so."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address is, as far as the database knows; a field that it does not know is None.

    `country_code` is ISO 3166 alpha-2 (or XK, for Kosovo), `continent` two letters (AF, AN, AS, EU, NA, OC,
    SA), `latitude` and `longitude` are WGS 84 degrees, `timezone` an IANA name, `geoname_id` GeoNames' number
    of the smallest thing that has one: the city, the region, else the country.
    """

    country_code: str | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    continent: str | None = None
    postal: str | None = None
    timezone: str | None = None
    geoname_id: int | None = None


NOWHERE = Place()
"""The place of an address that is private, unknown or no address at all."""


@dataclass(frozen=True, slots=True)
class Edition:
    """Which database answers: its file, its type as it names itself, and when it was built (an Instant)."""

    path: str
    type: str
    built_at: int
