"""What the vendor's clients send to be evaluated, and what they are answered."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from hyway.domain import toggles
from hyway.edge.evaluate_rules import Entry
from hyway.kernel.faults import Invalid

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode
_LONGEST_KEY: Final = 100
_NO_KEY: Final = ""


class Question(NamedTuple):
    """What is asked: `keys` are the toggles, none for all of them; `asked_as` is the targeting key as it was sent."""

    context: dict[str, Any]
    application: str
    keys: Sequence[str]
    asked_as: bytes


class Told(NamedTuple):
    """What a program tells of a toggle that it has shown to somebody."""

    application: str
    key: str
    value: Any
    reason: str


def object_of(raw: bytes) -> dict[str, Any]:
    """The JSON object of a body; Invalid for what is none."""
    try:
        sent = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Invalid("", "Body is not valid JSON") from None
    if type(sent) is not dict:
        raise Invalid("body", "must be object")
    return sent


def question(raw: bytes) -> Question:
    """A request to `/toggle/evaluate`. Only what cannot be meant is refused: clients differ in all the rest."""
    sent = object_of(raw)
    named = sent.pop("toggles", None)
    key = sent.get("targetingKey")
    return Question(
        toggles.deciding.context_of(sent),
        application_of(sent),
        _keys(named),
        b'""' if key is None else _encode(key),
    )


def application_of(sent: Mapping[str, Any]) -> str:
    said = sent.get("application")
    return said if type(said) is str else ""


def _keys(named: Any) -> Sequence[str]:
    """No key at all asks for every toggle; what is no text is the key of none."""
    if named is None:
        return ()
    if type(named) is not list:
        raise Invalid("body/toggles", "must be array")
    return [each if type(each) is str else _NO_KEY for each in named]


def answer(
    id: str, question: Question, entry: Entry, decisions: Iterable[toggles.deciding.Decision]
) -> bytes:
    pieces = entry.pieces
    listed = b",".join([pieces[each.number] for each in decisions])
    return b'{"id":"%b","targetingKey":%b,"toggles":{%b}}' % (id.encode(), question.asked_as, listed)


def told(raw: bytes) -> Told | None:
    """A request to `/toggle/telemetry`; None for what tells of no toggle, which is no error."""
    try:
        sent = object_of(raw)
    except Invalid:
        return None
    context, data = sent.get("context"), sent.get("data")
    toggle = data.get("toggle") if type(data) is dict else None
    key = toggle.get("key") if type(toggle) is dict else None
    application = application_of(context) if type(context) is dict else ""
    if type(toggle) is not dict or type(key) is not str or not 0 < len(key) <= _LONGEST_KEY:
        return Told(application, _NO_KEY, None, "")
    reason = toggle.get("reason")
    return Told(application, key, toggle.get("value"), reason if type(reason) is str else "")
