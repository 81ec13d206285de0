"""What a browser sent, as text: bounded, and without characters that no store accepts."""

import re
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from hyway.kernel.faults import Fault, Several

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LONGEST = 65_536


class Upload(NamedTuple):
    """A file that came with a form."""

    name: str
    body: bytes


class Form:
    """Fields by name, each with all its values, in the order sent; the files among them apart."""

    def __init__(self, pairs: Iterable[tuple[str, object]] = ()) -> None:
        self._values: dict[str, list[str]] = {}
        self._files: dict[str, Upload] = {}
        for name, value in pairs:
            if isinstance(value, str):
                self._values.setdefault(name, []).append(_CONTROL.sub("", value)[:_LONGEST])
            elif isinstance(value, Upload):
                self._files.setdefault(name, value)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        """The first value without blanks around it, or nothing."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """The first value as it was typed: a password may begin with a blank."""
        return next(iter(self._values.get(name, ())), "")

    def pairs(self) -> list[tuple[str, str]]:
        """All fields as they came."""
        return [(name, value) for name, values in self._values.items() for value in values]

    def many(self, name: str) -> list[str]:
        return [value.strip() for value in self._values.get(name, ())]

    def file(self, name: str) -> Upload | None:
        """None where no file was chosen, too: a browser sends an empty one without a name then."""
        found = self._files.get(name)
        return found if found and (found.name or found.body) else None

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
    """What is wrong, by the field it is about; under `""` what the form has no field for."""
    known, told = tuple(fields), dict[str, str]()
    for each in fault.faults if isinstance(fault, Several) else (fault,):
        name = each.field if each.field in known else ""
        told[name] = f"{told[name]} {sentence(each)}" if name in told else sentence(each)
    return told


def sentence(fault: Fault) -> str:
    """With a capital at the beginning and a stop at the end."""
    text = fault.message[:1].upper() + fault.message[1:]
    return text if text.endswith((".", "!", "?")) else text + "."
