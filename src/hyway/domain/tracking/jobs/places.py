"""What is asked of the geocoder later: where an address is, and what is at a point."""

import logging

from hyway.domain.tracking import places
from hyway.domain.tracking.outside.geocoding import NoGeocoder
from hyway.domain.tracking.outside.services import chosen
from hyway.kernel.jobs import Means, job
from hyway.kernel.outbox import Errand

log = logging.getLogger(__name__)


@job(places.TOPIC)
def locate(means: Means, errand: Errand) -> None:
    """Fills in the point or the address of a place; where the geocoder knows nothing, it stays as it is."""
    geocoder = chosen(means.services).geocoder
    id, environment = errand.payload["place"], errand.payload["environment"]
    asked = means.db.read_now(places.unknown, errand.organization, environment, id)
    if geocoder is None or asked is None:
        return
    try:
        if asked.spot is None:
            found = geocoder.geocode(asked.address)
        else:
            found = geocoder.reverse(asked.spot.lat, asked.spot.lon)
    except NoGeocoder as why:
        log.warning("the geocoder could not be asked about a place: %s", why)
        return
    if found is not None:
        means.db.write_now(places.learn, errand.organization, environment, asked, found)
