"""Packages: the programs that anybody may fetch from this server. Its operator puts them there."""

from dataclasses import dataclass
from itertools import groupby

from litestar import get

from hyway.console.integrations.words import PACKAGES
from hyway.console.visit import Here, Page
from hyway.domain import packages
from hyway.kernel.db import Read


@dataclass(frozen=True, slots=True)
class Shelf:
    """A package: the version that everybody should have, and all of them with their files, the highest first."""

    name: str
    latest: str
    versions: dict[str, list[packages.Package]]

    @property
    def platform(self) -> str:
        """One for which there is a file of the latest version, which need not be so of the highest one."""
        return self.versions[self.latest][0].platform


def _shelf(r: Read) -> list[Shelf]:
    return [
        Shelf(
            name,
            next(each.version for each in packages.releases(r, name) if each.latest),
            {version: list(files) for version, files in groupby(of, lambda each: each.version)},
        )
        for name, of in groupby(packages.every(r), lambda each: each.name)
    ]


@get(PACKAGES)
async def index(visit: Here) -> Page:
    shelf = await visit.house.db.read(_shelf)
    return visit.page("integrations/packages.html", shelf=shelf)


ROUTES = [index]
