"""What was sent, as a Rails application reads it: a root key, permitted fields, values cast to their columns.

JSON, urlencoded and multipart bodies say the same things; the query counts too. Unknown fields are dropped, and so
are lists where one value belongs and the other way round. What a cast cannot tell of (`12abc` is 12 in a column of
numbers) the validation of numbers judges by the text itself.
"""

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from hyway.apis.hypemarket.style import BadRequest
from hyway.kernel.faults import Invalid, Several

_FALSE = frozenset({"0", "f", "F", "false", "FALSE", "off", "OFF"})
_NUMBER = re.compile(r"\s*[+-]?(\d+(_\d+)*)?(\.?\d+(_\d+)*)([eE][+-]?\d+)?\s*", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_LEADING = re.compile(r"\s*([+-]?\d+)", re.ASCII)
_DIGITS, _LONGEST_NUMBER = 30, 300
MOST = 2**63 - 1
_DROPPED = object()
_SCALARS = (str, int, float, bool)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form; `name` as its sender calls it."""

    name: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Column:
    """A permitted field. `type` is for the documentation; `cast` gives the value, or raises Invalid with it.

    Where it `wraps`, the field is found at the top of a JSON body that has no root key.
    """

    type: Any
    cast: Callable[[str, Any], Any]
    wraps: bool = True


class _Miscast(Exception):
    """A value was cast, and validation will refuse it all the same."""

    def __init__(self, value: Any, fault: Invalid) -> None:
        self.value, self.fault = value, fault


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent of a root: `fields` in the order of its columns, only those that were there.

    `faults` are what is wrong with values that were cast all the same; `missing` says that there is no root.
    """

    fields: dict[str, Any]
    faults: tuple[Invalid, ...] = ()
    order: tuple[str, ...] = ()
    missing: bool = False

    def with_field(self, name: str, value: Any) -> "Sent":
        return dataclasses.replace(self, fields={**self.fields, name: value})

    def with_fault(self, fault: Invalid) -> "Sent":
        kept = {name: value for name, value in self.fields.items() if name != fault.field}
        return dataclasses.replace(self, fields=kept, faults=(*self.faults, fault))

    def judge(self, found: Invalid | None) -> None:
        """Raises all that is wrong, in the order of the columns: what was `found` by a verb, and what the text shows.

        Of a field whose text is wrong, nothing else is told.
        """
        said = [] if found is None else list(found.faults) if isinstance(found, Several) else [found]
        wrong = {each.field for each in self.faults}
        every = [*self.faults, *(each for each in said if each.field not in wrong)]
        if not every:
            return
        place = {name: index for index, name in enumerate(self.order)}
        raise Several(sorted(every, key=lambda each: place.get(each.field, len(place))))


class Root:
    """The fields that an operation takes, under the key `name`; no key at all where that is None.

    Where `required`, a body without any permitted field under the key is refused. The documentation calls the body
    after the key, or by `title` where several operations take the same key.
    """

    def __init__(
        self, name: str | None, /, *, required: bool = True, title: str = "", **columns: Column
    ) -> None:
        self.name = name
        self._title = title or "".join(word.title() for word in (name or "settings").split("_"))
        self._columns = columns
        self._required = required
        self.body = self._documented()

    def sent(self, asked: Mapping[str, Any], flat: Mapping[str, Any] | None) -> Sent:
        """What of `asked` is permitted; `flat` are the top fields of a JSON body, which may stand without the key."""
        found: Any = asked
        if self.name is not None:
            found = asked.get(self.name, _DROPPED)
            if found is _DROPPED:
                found = {name: value for name, value in (flat or {}).items() if self._wraps(name)}
        fields: dict[str, Any] = {}
        faults: list[Invalid] = []
        for name, column in self._columns.items() if isinstance(found, Mapping) else ():
            if name in found:
                self._take(name, column, found[name], fields, faults)
        nothing = self._required and not fields
        return Sent(fields, tuple(faults), tuple(self._columns), nothing)

    def _wraps(self, name: str) -> bool:
        column = self._columns.get(name)
        return column is not None and column.wraps

    @staticmethod
    def _take(name: str, column: Column, raw: Any, fields: dict[str, Any], faults: list[Invalid]) -> None:
        try:
            value = column.cast(name, raw)
        except _Miscast as miscast:
            value = miscast.value
            faults.append(miscast.fault)
        if value is not _DROPPED:
            fields[name] = value

    def _documented(self) -> type[msgspec.Struct]:
        """The body as a type."""
        fields = [(name, column.type | UnsetType | None, UNSET) for name, column in self._columns.items()]
        inner = msgspec.defstruct(f"{self._title}Fields", fields, kw_only=True)
        if self.name is None:
            return inner
        kind: Any = (self.name, inner) if self._required else (self.name, inner | UnsetType, UNSET)
        return msgspec.defstruct(f"{self._title}Params", [kind], kw_only=True)


def _described(type: Any, doc: str) -> Any:
    return Annotated[type, Meta(description=doc)] if doc else type


def text(doc: str = "", wraps: bool = True) -> Column:
    """A column of text: numbers are written out, true is `t`."""
    return Column(_described(str, doc), _text, wraps)


def flag(doc: str = "", wraps: bool = True) -> Column:
    """A column of booleans: nothing is null, a few words are false, all else is true."""
    return Column(_described(bool, doc), _flag, wraps)


def whole(doc: str = "", wraps: bool = True) -> Column:
    """A column of whole numbers, which must be written as such."""
    return Column(_described(int, doc), _whole, wraps)


def texts(doc: str = "", wraps: bool = True) -> Column:
    """A list of texts; null and empty ones among them are left out."""
    return Column(_described(list[str], doc), _texts, wraps)


def picture(doc: str = "A file of a multipart form; null takes it away.") -> Column:
    """An Upload, or None to take away what there is."""
    return Column(_described(str, doc), _picture, wraps=False)


def _text(name: str, raw: Any) -> Any:
    if raw is None:
        return None
    if isinstance(raw, bool):
        return "t" if raw else "f"
    if isinstance(raw, str):
        return _clean(raw)
    return str(raw) if isinstance(raw, int | float) else _DROPPED


def _clean(raw: str) -> str:
    """Text that a database takes."""
    if "\0" in raw or not _encodes(raw):
        raise BadRequest
    return raw


def _encodes(raw: str) -> bool:
    try:
        raw.encode()
    except UnicodeEncodeError:
        return False
    return True


def _flag(name: str, raw: Any) -> Any:
    if raw is None or raw == "":
        return None
    if isinstance(raw, str):
        return raw not in _FALSE
    return bool(raw) if isinstance(raw, int | float) else _DROPPED


def _whole(name: str, raw: Any) -> Any:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    if isinstance(raw, bool):
        raise _Miscast(int(raw), Invalid(name, "is not a number"))
    if not isinstance(raw, str | int | float):
        return _DROPPED
    said = raw if isinstance(raw, str) else str(raw)
    if len(said) > _LONGEST_NUMBER or not _NUMBER.fullmatch(said):
        raise _Miscast(_leading(said), Invalid(name, "is not a number"))
    if not _WHOLE.fullmatch(said):
        raise _Miscast(_leading(said), Invalid(name, "must be an integer"))
    if len(said) > _DIGITS or not -MOST <= int(said) <= MOST:
        kind = "greater" if said.startswith("-") else "less"
        bound = -MOST if kind == "greater" else MOST
        raise _Miscast(0, Invalid(name, f"must be {kind} than or equal to {{count}}", count=bound))
    return int(said)


def _leading(said: str) -> int:
    """The number that a text begins with, 0 for none."""
    found = _LEADING.match(said)
    return int(found[1]) if found and len(found[1]) < 19 else 0


def _texts(name: str, raw: Any) -> Any:
    if not isinstance(raw, list) or not all(each is None or isinstance(each, _SCALARS) for each in raw):
        return _DROPPED
    return [said for each in raw if each is not None and (said := _text(name, each))]


def _picture(name: str, raw: Any) -> Any:
    if raw is None or raw == "":
        return None
    if isinstance(raw, Upload):
        return raw
    if isinstance(raw, _SCALARS):  # the framework would look for a stored file by this word; there is none
        raise _Miscast(_DROPPED, Invalid(name, "is invalid"))
    return _DROPPED
