"""Hoko's API: link attribution, as its page describes it. `app` makes it; the rest documents it."""

from hyway.apis.hoko import analytics, customers, documents, links, shelves, track
from hyway.apis.hoko.style import STYLE
from hyway.apis.kit.doorman import Kit
from hyway.apis.kit.family import Family

OPERATIONS = (
    *links.OPERATIONS,
    *shelves.OPERATIONS,
    *analytics.OPERATIONS,
    *customers.OPERATIONS,
    *track.OPERATIONS,
)


def app(kit: Kit) -> Family:
    """The ASGI app of /api/*; `await app.start()` and `await app.stop()` go with the server's life."""
    return Family(kit, STYLE, OPERATIONS)


_manual = documents.manual(OPERATIONS)
openapi, page, markdown, llms_txt = _manual.openapi, _manual.page, _manual.markdown, _manual.llms_txt


__all__ = ["OPERATIONS", "STYLE", "Kit", "app", "llms_txt", "markdown", "openapi", "page"]
