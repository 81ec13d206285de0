"""HyperTrack's API, version 1: live location, as its pages of 2017 and its clients describe it."""

import dataclasses

from hyway.apis.hypertrack import (
    action_reports,
    actions,
    devices,
    documents,
    eta,
    events,
    geofences,
    groups,
    locations,
    nearby,
    overview,
    placeline,
    places,
    users,
    webhooks,
    work,
)
from hyway.apis.hypertrack.door import Door
from hyway.apis.hypertrack.style import style
from hyway.apis.kit.doorman import Kit
from hyway.apis.kit.family import Family
from hyway.domain.tracking import Services

OPERATIONS = (
    *users.OPERATIONS,
    *nearby.OPERATIONS,
    *work.OPERATIONS,
    *actions.OPERATIONS,
    *action_reports.OPERATIONS,
    *placeline.OPERATIONS,
    *places.OPERATIONS,
    *groups.OPERATIONS,
    *geofences.OPERATIONS,
    *eta.OPERATIONS,
    *devices.OPERATIONS,
    *locations.OPERATIONS,
    *overview.OPERATIONS,
    *events.OPERATIONS,
    *webhooks.OPERATIONS,
)


def app(kit: Kit, unknown_token: int = 401, services: Services | None = None) -> Door:
    """The ASGI app of /api/v1/ and /api/v2/; `await app.start()` and `await app.stop()` go with the server's life.

    `unknown_token` is the status for a token of nobody's: 401, or 403. `services` know roads and addresses.
    """
    tools = services or Services()
    return Door(Family(dataclasses.replace(kit, tools=tools), style(unknown_token), OPERATIONS))


_manual = documents.manual(OPERATIONS)
openapi, page, markdown, llms_txt = _manual.openapi, _manual.page, _manual.markdown, _manual.llms_txt


__all__ = ["OPERATIONS", "Kit", "app", "llms_txt", "markdown", "openapi", "page"]
