"""One evaluation and what it may cost."""

from typing import Any

STEPS = 50_000
"""Steps one rule may take in one evaluation: a node of a loop's body for one element is a step."""
ALTOGETHER = 1_000_000
"""Steps all rules of a pass may take together: what comes after them is not matched where it takes any."""
LONGEST_TEXT = 65_536
"""Characters of a text a rule may put together out of others."""
TOGGLE = "$toggle"
"""The name under which a plain context carries the toggle's key, for `rollout`."""
NOW = "$now"
"""The name under which a plain context carries the time, for `now`: microseconds since the epoch."""


class Failure(Exception):
    """A rule could not be worked out in this context, or would cost too much: it counts as not matched."""


class Pass:
    """One context, asked by many rules: what they see, the toggle in question, the time, who is in which segment.

    A caller that evaluates many toggles against one context makes one, and sets `toggle` before each toggle's
    targets; a segment is then worked out once for all of them. It belongs to one thread.
    """

    __slots__ = ("context", "is_over", "left", "members", "now", "rest", "toggle", "values")

    def __init__(
        self, context: Any, toggle: str = "", now: int | None = None, most: int = ALTOGETHER
    ) -> None:
        self.context = context
        self.toggle = toggle
        self.now = now
        self.left = STEPS
        self.rest = most
        self.is_over = False
        """Whether a rule asked for more than was left of what all may take."""
        self.members: dict[str, bool] = {}
        self.values: dict[str, Any] = {}
        """What is at which path of the context, as far as a rule has looked."""

    def spend(self, steps: int) -> None:
        """Take `steps` off what is left; Failure, and nothing is taken, where that is not enough."""
        if steps > self.left:
            raise Failure("the rule takes more steps than an evaluation may")
        if steps > self.rest:
            self.is_over = True
            raise Failure("all rules together take more steps than an evaluation may")
        self.left -= steps
        self.rest -= steps


def pass_of(context: Any) -> Pass:
    """A pass for one rule over a plain context, which names toggle and time by reserved names."""
    if type(context) is not dict:
        return Pass(context)
    toggle, now = context.get(TOGGLE), context.get(NOW)
    return Pass(context, toggle if type(toggle) is str else "", now if type(now) is int else None)
