"""What a measurement says, and the table that it is said in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb
from statistics import median

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Run:
    """How much to measure: `quick` takes less data and fewer rounds."""

    quick: bool = False

    @property
    def rounds(self) -> int:
        return 3 if self.quick else 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `met` is None where there is no bar, or nothing to compare with."""

    claim: str
    what: str
    figure: str
    bar: str = ""
    ratio: str = ""
    met: bool | None = None


Measure = Callable[[Run], list[Figure]]
words = Console(stderr=True, highlight=False, soft_wrap=True)


def spread(values: Sequence[float], form: str = "{:,.0f}", unit: str = "") -> str:
    """`median (min-max)` of several rounds."""
    low, middle, high = (form.format(each) for each in (min(values), median(values), max(values)))
    return f"{middle}{unit} ({low}-{high})"


def median_range(values: Sequence[float], form: str = "{:,.0f}", unit: str = "") -> str:
    """`median (low to high)`: where the median of endless rounds lies, in 95 of 100 such runs.

    By rank, which asks nothing of how values are spread; of fewer than six all of them are told.
    """
    ranked, many = sorted(values), len(values)
    # Of the ranks that lie symmetrically around the middle, the nearest that miss it in less than 1 of 20 runs.
    below, chance = 0, 2 * 0.5**many
    while chance + 2 * comb(many, below + 1) * 0.5**many < 0.05:
        below += 1
        chance += 2 * comb(many, below) * 0.5**many
    low, middle, high = (
        form.format(each) for each in (ranked[below], median(values), ranked[many - 1 - below])
    )
    return f"{middle}{unit} ({low} to {high})"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def table(figures: Sequence[Figure]) -> Table:
    """What people read: claim, figure, bar, ratio, met or not."""
    made = Table("claim", "what", "figure: median (min-max)", "bar", "ratio to its peer", "met", expand=False)
    for each in figures:
        met = {True: "yes", False: "NO", None: ""}[each.met]
        made.add_row(each.claim, each.what, each.figure, each.bar, each.ratio, met)
    return made
