"""IP address -> place and network."""

from hyway.domain.netinfo.addresses import Reach, reach
from hyway.domain.netinfo.countries import COUNTRY_CODES, country_name
from hyway.domain.netinfo.networks import is_public
from hyway.domain.netinfo.places import ATTRIBUTION, ATTRIBUTION_LINK, Places
from hyway.domain.netinfo.records import NOWHERE, Edition, Place

__all__ = [
    "ATTRIBUTION",
    "ATTRIBUTION_LINK",
    "COUNTRY_CODES",
    "NOWHERE",
    "Edition",
    "Place",
    "Places",
    "Reach",
    "country_name",
    "is_public",
    "reach",
]
