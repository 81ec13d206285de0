"""A program for the demonstration's packages page: three versions of it, for whom it is."""

from hyway.commands.demo_fleet import telling
from hyway.domain import packages
from hyway.domain.packages import NewPackage
from hyway.kernel import clock
from hyway.kernel.blobs import Blobs
from hyway.kernel.clock import DAY
from hyway.kernel.db import Database

NAME = "demo-cli"
_VERSIONS = (("1.0.0", 62), ("1.1.0", 20), ("1.2.0-rc.1", 2))
"""With how many days ago each came."""
_FILES = (("linux", "demo-cli"), ("macos-arm", "demo-cli"), ("windows", "demo-cli.cmd"))


def offer(db: Database, blobs: Blobs) -> int:
    """How many files are new; none where there is any of it already."""
    if db.read_now(packages.every, NAME):
        return 0
    with telling() as tell:
        end = clock.now()
        for version, days in _VERSIONS:
            tell(end - days * DAY)
            for platform, file in _FILES:
                laid = packages.lay(blobs, [_program(version, platform)])
                db.write_now(packages.add, NewPackage(NAME, version, platform, file), laid)
    return len(_VERSIONS) * len(_FILES)


def _program(version: str, platform: str) -> bytes:
    """It says which one it is."""
    says = f"echo {NAME} {version} for {platform}"
    if platform == "windows":
        return f"@echo off\r\n{says}\r\n".encode()
    return f"#!/bin/sh\n{says}\n".encode()


__all__ = ["NAME", "offer"]
