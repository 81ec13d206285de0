"""Commands that look after a server: doctor and geoip."""

import json
import os
import shutil
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from hyway import main
from hyway.commands import shared
from hyway.commands.doctor import Finding, examine
from hyway.commands.shared import Data, words
from hyway.domain import netinfo
from hyway.kernel import clock
from hyway.kernel.faults import Fault

geoip = App(name="geoip", help="The database that knows where IP addresses are: use, show.")


def doctor(
    *,
    json_lines: Annotated[
        bool, Parameter(name="--json", negative=(), help="One JSON array, for programs.")
    ] = False,
    data: Data = None,
) -> int:
    """Check configuration, database, disk, clock and place database, and say what to do.

    Works beside a running server. Exit code 1 when something has failed; warnings do not count.
    """
    findings = []
    for finding in examine(shared.settings_of(data)):
        findings.append(finding)
        if not json_lines:
            _say(finding)
    if json_lines:
        shared.tell(json.dumps([finding.row() for finding in findings], ensure_ascii=False, indent=1))
    return 1 if any(finding.mark == "fail" for finding in findings) else 0


def _say(finding: Finding) -> None:
    print(f"{finding.mark:5} {finding.about}: {finding.words}", flush=True)
    if finding.todo:
        print(f"      -> {finding.todo}", flush=True)


@geoip.command
def use(
    file: Annotated[
        Path | None, Parameter(help="An MMDB file of cities, such as DB-IP's or MaxMind's.")
    ] = None,
    *,
    bundled: Annotated[bool, Parameter(negative=(), help="Go back to the bundled database.")] = False,
    data: Data = None,
) -> int:
    """Look addresses up in FILE from the next start on; it is copied into the data folder.

    For example:

        hyway geoip use dbip-city-lite-2026-11.mmdb
        hyway geoip use --bundled
    """
    settings = shared.settings_of(data)
    chosen = settings.data / "geo.mmdb"
    if (file is None) != bundled:
        raise Fault("name either a FILE or --bundled")
    if not settings.data.is_dir():
        raise Fault("there is no data folder {data} yet; begin with hyway up", data=settings.data)
    if file is None:
        chosen.unlink(missing_ok=True)
    else:
        netinfo.Places.open(file).close()
        part = chosen.with_suffix(".part")
        shutil.copyfile(file, part)
        os.replace(part, chosen)
    if settings.geo_file:
        words.print(f"HYWAY_GEO_FILE is set to {settings.geo_file} and comes first", style="yellow")
    if shared.running(settings):
        words.print("the running server takes it up when it is started again")
    return show(data=data)


@geoip.command
def show(*, data: Data = None) -> int:
    """Print which database is in use: its file, type and date, parted by tabs."""
    places = main.open_places(shared.settings_of(data))
    edition = places.about()
    places.close()
    shared.tell(edition.path, edition.type, clock.text(edition.built_at)[:10])
    if "dbip" in edition.type.lower().replace("-", ""):
        words.print(f"{netinfo.ATTRIBUTION} ({netinfo.ATTRIBUTION_LINK}), CC BY 4.0", style="dim")
    return 0


def register(app: App) -> None:
    app.command(doctor)
    app.command(geoip)


__all__ = ["register"]
