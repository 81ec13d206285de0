"""Hoko's API: link attribution, as its page describes it. `app` makes it; the rest documents it."""

from importlib.metadata import version

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


def openapi(public_url: str = "") -> bytes:
    """The OpenAPI 3.1 document as JSON."""
    return documents.openapi_json(OPERATIONS, version("hyway"), public_url)


def page() -> bytes:
    """The reference as an HTML page."""
    return documents.page(OPERATIONS, version("hyway"))


def llms_txt(public_url: str) -> str:
    """/llms.txt of a server with this public address."""
    return documents.llms_txt(OPERATIONS, public_url)


__all__ = ["OPERATIONS", "STYLE", "Kit", "app", "llms_txt", "openapi", "page"]
