"""What a browser sent, as text: bounded, and without characters that no store accepts."""

import re
from collections.abc import Iterable
from uuid import UUID

from hyway.kernel.faults import Fault

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LONGEST = 16_384


class Form:
    """Fields by name, each with all its values, in the order sent."""

    def __init__(self, pairs: Iterable[tuple[str, object]] = ()) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            if isinstance(value, str):
                self._values.setdefault(name, []).append(_CONTROL.sub("", value)[:_LONGEST])

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        """The first value without blanks around it, or nothing."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """The first value as it was typed: a password may begin with a blank."""
        return next(iter(self._values.get(name, ())), "")

    def many(self, name: str) -> list[str]:
        return [value.strip() for value in self._values.get(name, ())]

    def ticked(self, name: str) -> bool:
        return self.text(name) in ("on", "yes", "1")

    def uuid(self, name: str) -> str | None:
        """A UUID in its canonical text; None for anything else, as a filter that is not set."""
        try:
            return str(UUID(self.text(name)))
        except ValueError:
            return None

    def whole(self, name: str, least: int, most: int, default: int) -> int:
        value = self.text(name)
        if not value.isascii() or not value.isdigit() or len(value) > 18:
            return default
        return min(max(int(value), least), most)

    def one_of(self, name: str, choices: Iterable[str], default: str) -> str:
        value = self.text(name)
        return value if value in tuple(choices) else default


def errors(fault: Fault, fields: Iterable[str] = ()) -> dict[str, str]:
    """The refusal by the field it is about; under `""` when the form has no such field."""
    sentence = fault.message[:1].upper() + fault.message[1:]
    if not sentence.endswith((".", "!", "?")):
        sentence += "."
    return {fault.field if fault.field in tuple(fields) else "": sentence}
