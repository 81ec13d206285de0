"""What happens elsewhere that connections must know of."""

from collections.abc import Sequence

from hyway.kernel.db import Fact, Write


def hear(w: Write, facts: Sequence[Fact]) -> None:
    """Who comes and goes is put right at the vendors' later; what is gone is connected to nothing any more."""
