"""`python -m bench [CLAIM ...]`: measures, and prints one table."""

import argparse
import os
import sys
import time

from rich.console import Console

from bench import (
    analytics,
    bulk,
    campaigns,
    crash,
    evaluate,
    events,
    follow,
    fresh,
    ingest,
    ledger,
    listing,
    metering,
    nearby,
    permission,
    placeline,
    pushes,
    redirect,
    sync,
)
from bench.report import Figure, Measure, Run, table, words

CLAIMS: dict[str, Measure] = {
    redirect.CLAIM: redirect.measure,
    "memory": redirect.measure_memory,
    crash.CLAIM: crash.measure,
    bulk.CLAIM: bulk.measure,
    listing.CLAIM: listing.measure,
    analytics.CLAIM: analytics.measure,
    nearby.CLAIM: nearby.measure,
    ingest.CLAIM: ingest.measure,
    ingest.CRASH: ingest.crash,
    placeline.CLAIM: placeline.measure,
    follow.CLAIM: follow.measure,
    ledger.CLAIM: ledger.measure,
    campaigns.CLAIM: campaigns.measure,
    sync.CLAIM: sync.measure,
    events.CLAIM: events.measure,
    permission.CLAIM: permission.measure,
    pushes.CLAIM: pushes.measure,
    evaluate.CLAIM: evaluate.measure,
    fresh.CLAIM: fresh.measure,
    metering.CLAIM: metering.measure,
}
_ALL = [name for name in CLAIMS if name != "memory"]  # the redirects measure it anyway
_WIDE = 200  # into a file the table goes unfolded


def _arguments() -> argparse.Namespace:
    told = "\n".join(
        f"  {name:<12} {(measure.__doc__ or '').splitlines()[0]}" for name, measure in CLAIMS.items()
    )
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measures what Hyway claims of its speed, each figure beside a peer or a limit of the same run.",
        epilog=f"claims:\n{told}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "claims", nargs="*", metavar="CLAIM", help="which to measure; all of them unless named"
    )
    parser.add_argument("--quick", action="store_true", help="less data and fewer rounds: under two minutes")
    chosen = parser.parse_args()
    if unknown := set(chosen.claims) - CLAIMS.keys():
        parser.error(f"there is no claim {', '.join(sorted(unknown))}; there are {', '.join(CLAIMS)}")
    return chosen


def main() -> int:
    """0 when every bar was met, 1 when one was not or could not be measured."""
    chosen = _arguments()
    run = Run(chosen.quick)
    figures: list[Figure] = []
    for name in chosen.claims or _ALL:
        words.print(f"measuring {name} ...")
        began = time.monotonic()
        try:
            figures += CLAIMS[name](run)
        except Exception as error:
            # The other claims can still be measured; this one is shown as not met.
            words.print_exception()
            figures.append(
                Figure(name, "could not be measured", f"{type(error).__name__}: {error}", met=False)
            )
        words.print(f"measuring {name} took {time.monotonic() - began:.0f} s")
    out = Console(width=None if sys.stdout.isatty() else _WIDE)
    out.print(table(figures))
    out.print(f"on {len(os.sched_getaffinity(0))} cores, Python {sys.version.split()[0]}")
    return 1 if any(each.met is False for each in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
