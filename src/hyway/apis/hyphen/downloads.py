"""/api/downloads/…: programs that anybody may fetch; the vendor's command line brings itself up to date here.

Its installer reads the versions with sed and grep: no blank may stand in their JSON.
"""

from typing import Annotated

from msgspec import Meta, Struct

from hyway.apis.hyphen.asking import PUBLIC, operation
from hyway.apis.hyphen.style import JSON, MISSING
from hyway.apis.kit.operations import Ask, Reply
from hyway.domain import packages
from hyway.domain.packages import Release
from hyway.kernel import clock
from hyway.kernel.faults import Missing

_NOBODYS = b'"Package not found"'


class VersionsQuery(Struct, kw_only=True):
    latest: Annotated[bool, Meta(description="That one alone, as a list.")] = False


class DownloadQuery(Struct, kw_only=True):
    os: Annotated[str, Meta(max_length=100, description="linux, macos, macos-arm or windows.")] = ""


class Version(Struct, rename="camel"):
    package_name: str
    version: str
    latest: bool
    published: Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]


class Versions(Struct):
    data: list[Version]


def out(release: Release) -> Version:
    return Version(release.package, release.version, release.latest, clock.text(release.published_at)[:10])


@operation("GET", "/api/downloads/{packageName}/versions", needs=PUBLIC, query=VersionsQuery, gives=Versions)
async def versions(ask: Ask, query: VersionsQuery) -> Versions | Reply:
    """List the versions of a package.

    The highest first, by the rules of semver.org. `latest` is the highest one that is no pre-release. A package that
    is not there is answered with the text `"Package not found"` alone.
    """
    try:
        found = await ask.db.read(packages.releases, ask.path["packageName"])
    except Missing:
        return Reply(_NOBODYS, 404, media_type=JSON)
    return Versions([out(each) for each in found if each.latest or not query.latest])


@operation(
    "GET", "/api/downloads/{packageName}/{version}", needs=PUBLIC, query=DownloadQuery, status=302,
    replies={"Location": "Where the bytes are."},
)  # fmt: skip
async def download(ask: Ask, query: DownloadQuery) -> Reply:
    """Fetch a version of a package.

    Leads to the bytes, which come with their length, their SHA-256 (`ETag`, `Repr-Digest`), and in parts if so asked
    (`Range`). `version` may be `latest`, which is the same one for every `os`. Without `os` it is the first that there
    is of linux, macos, macos-arm and windows.
    """
    name, version = ask.path["packageName"], ask.path["version"]
    try:
        found = await ask.db.read(packages.find, name, version, query.os)
    except Missing as fault:
        raise Missing(MISSING, id=fault.facts["id"]) from None
    return Reply(b"", 302, ((b"location", packages.address(found).encode()),))


OPERATIONS = (versions, download)
