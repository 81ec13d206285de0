"""Programs that people fetch from this server: files of a package, by version and platform, outside the database.

`laid = packages.lay(blobs, pieces)` puts the bytes before the transaction, then `packages.add(w, new, laid)` names
them. Packages belong to the server: no organization stands in an address that anybody may fetch from.
"""

from hyway.domain.packages.laying import LARGEST, lay, measure, verify
from hyway.domain.packages.records import LATEST, PLATFORMS, Laid, NewPackage, Package, Platform, Release
from hyway.domain.packages.service import (
    PREFIX,
    add,
    address,
    check_new,
    every,
    find,
    releases,
    remove,
    served,
)

__all__ = [
    "LARGEST",
    "LATEST",
    "PLATFORMS",
    "PREFIX",
    "Laid",
    "NewPackage",
    "Package",
    "Platform",
    "Release",
    "add",
    "address",
    "check_new",
    "every",
    "find",
    "lay",
    "measure",
    "releases",
    "remove",
    "served",
    "verify",
]
