"""Packages: the programs that anybody may fetch from this server. Its operator puts them there."""

from itertools import groupby

from litestar import get

from hyway.console.integrations.words import PACKAGES
from hyway.console.visit import Here, Page
from hyway.domain import packages
from hyway.kernel.db import Read

Versions = list[tuple[str, list[packages.Package]]]


def _shelf(r: Read) -> list[tuple[str, str, Versions]]:
    """Packages by name, each with the version that everybody should have, and all of them, the highest first."""
    return [
        (
            name,
            next((each.version for each in packages.releases(r, name) if each.latest), ""),
            [(version, list(files)) for version, files in groupby(of, lambda each: each.version)],
        )
        for name, of in groupby(packages.every(r), lambda each: each.name)
    ]


@get(PACKAGES)
async def index(visit: Here) -> Page:
    shelf = await visit.house.db.read(_shelf)
    return visit.page("integrations/packages.html", shelf=shelf)


ROUTES = [index]
