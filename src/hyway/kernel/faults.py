"""The tree of refusals. A verb refuses by raising one; an API family gives it a voice.

The text is an English template that names no HTTP matter; `facts` fill its braces. A family that speaks other
languages keeps its translations by template, as gettext does, so the template must be a literal where it is raised.
"""

from collections.abc import Sequence
from typing import Any


class Fault(Exception):
    """A refusal: what is wrong (`text`, `facts`), in which field, of which item of a bulk call (`at`, from 0)."""

    def __init__(self, text: str, *, field: str = "", at: int | None = None, **facts: Any) -> None:
        super().__init__(text)
        self.text = text
        self.field = field
        self.at = at
        self.facts = facts

    @property
    def message(self) -> str:
        """The English sentence, with its facts."""
        return self.text.format(**self.facts) if self.facts else self.text

    def of(self, at: int) -> "Fault":
        """The same refusal, told of item `at` of a bulk call."""
        self.at = at
        return self


class Invalid(Fault):
    """The input breaks a rule; `field` names the place as the caller spelled it."""

    def __init__(self, field: str, text: str, *, at: int | None = None, **facts: Any) -> None:
        super().__init__(text, field=field, at=at, **facts)


class Unknown(Fault):
    """We do not know who asks: no credential, or one that is worth nothing."""


class Refused(Fault):
    """We know who asks, and it may not; `missing` lists the scopes it lacks."""

    def __init__(self, text: str, *, missing: tuple[str, ...] = (), **facts: Any) -> None:
        super().__init__(text, **facts)
        self.missing = missing


class Missing(Fault):
    """There is no such thing, or none that this caller may know of."""


class Taken(Invalid):
    """The value is in use by another, or the version is stale."""


class Spent(Fault):
    """A limit is used up; `retry_after` in whole seconds, rounded up."""

    def __init__(self, text: str, *, retry_after: int, **facts: Any) -> None:
        super().__init__(text, **facts)
        self.retry_after = retry_after


class Gone(Fault):
    """There was such a thing, and its time is over."""


class Several(Invalid):
    """More than one field breaks a rule; `faults` say which, in the order of the fields."""

    def __init__(self, faults: Sequence[Invalid]) -> None:
        first = faults[0]
        super().__init__(first.field, first.text, at=first.at, **first.facts)
        self.faults = tuple(faults)
