"""Nouns of creators that belong to no programme."""

from dataclasses import dataclass

from hyway.kernel.clock import Instant


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person has samples sent; `country_code` as ISO 3166-1 alpha-2, in capitals."""

    seq: int
    address_one: str
    address_two: str | None
    city: str
    state: str | None
    postal_code: str
    country_code: str
    created_at: Instant
    updated_at: Instant
