"""Targets as a form edits them: rows or JSON, moved about, and what is wrong beside what it is about.

Every button of the form is answered here, so that it works without a script; the script only spares the page.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from hyway.console.form import Form
from hyway.console.toggles import conditions
from hyway.console.toggles.conditions import OPERATORS, SUBJECTS, Conditions, Row
from hyway.domain import toggles
from hyway.kernel.faults import Invalid

MOST: Final = 200
"""Targets that a form takes."""
LONGEST: Final = 60_000
"""Characters of JSON that are laid out to be read."""
_PARTS: Final = ("subject", "name", "operator", "value", "segment")
_COUNTED: Final = re.compile(r"[0-9]{1,4}")

_SAID: Final = (
    (r"must be JsonLogic in JSON: (.*)", r"Is no JSON: \1"),
    (r"must use known operators, not (.*)", r"There is no operator \1"),
    (r"must make sense: (.*)", r"\1"),
    (r"must NOT be nested more than (.*)", r"Is nested more than \1"),
    (r"must NOT have more than (\d+ \w+)", r"At most \1"),
    (r'.*the segment ("[^"]*"), which the project does not have', r"The project has no segment \1"),
)


class Piece(NamedTuple):
    """A target in the form. `wrong` is by the place of a row, or by `logic` and `value`."""

    rows: tuple[Row, ...] = (Row(),)
    join: str = "all"
    is_json: bool = False
    logic: str = ""
    """As it was written; rows that say the same leave it as it is."""
    value: str = ""
    was: str = ""
    """What JSON was before it was laid out to be read."""
    wrong: Mapping[int | str, str] = {}
    has_focus: bool = False


def piece_of(logic: str, value: str = "") -> Piece:
    """A stored target as the form shows it: in rows where rows can say it."""
    found = conditions.read(logic)
    if found is None:
        return Piece((), "all", True, pretty(logic), value, logic)
    return Piece(found.rows, found.join, False, logic, value)


def typed(sent: Form) -> list[Piece]:
    """The targets that a form carries, in its order."""
    places = [each for each in sent.many("target") if _COUNTED.fullmatch(each)]
    return [_typed(sent, f"t{place}.") for place in dict.fromkeys(places[:MOST])]


def _typed(sent: Form, root: str) -> Piece:
    columns = [sent.many(root + part)[: conditions.MOST] for part in _PARTS]
    return Piece(
        tuple(_row(*each) for each in zip(*columns, strict=False)),
        sent.one_of(root + "join", ("all", "any"), "all"),
        sent.text(root + "mode") == "json",
        unix(sent.text(root + "logic")),
        unix(sent.raw(root + "give")),
        unix(sent.raw(root + "was")),
    )


def unix(text: str) -> str:
    """Lines end as programs write them; browsers send them otherwise."""
    return text.replace("\r\n", "\n")


def _row(subject: str, name: str, operator: str, value: str, segment: str) -> Row:
    known = subject if subject in SUBJECTS else "user.id"
    in_segment = known in (conditions.SEGMENT, conditions.NOT_SEGMENT)
    how = operator if operator in OPERATORS else "is"
    return Row(known, name if known in conditions.OWN else "", how, segment if in_segment else value)


def pretty(logic: str) -> str:
    """JSON to edit; as it is where that is short, or would be too long for a field of a form."""
    try:
        laid_out = _dumped(json.loads(logic), 2) if len(logic) > 60 else logic
    except (ValueError, RecursionError):
        return logic
    return laid_out if len(laid_out) < LONGEST else logic


def _dumped(value: Any, indent: int | None = None) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent)
    return text


def logic_of(piece: Piece) -> str:
    """The JsonLogic of a piece without problems, as it was written where it still says the same."""
    if piece.is_json:
        return piece.was if _say_the_same(piece.was, piece.logic) else piece.logic
    written = _dumped(conditions.write(Conditions(piece.rows, piece.join)))
    return piece.logic if _say_the_same(piece.logic, written) else written


def _say_the_same(kept: str, written: str) -> bool:
    try:
        return bool(kept) and conditions.same(json.loads(kept), json.loads(written))
    except (ValueError, RecursionError):
        return False  # one of them is no rule


def checked(pieces: Sequence[Piece]) -> list[Piece]:
    """With what can be told to be wrong before anything is stored."""
    return [each._replace(wrong={**_problems(each), **each.wrong}) for each in pieces]


def _problems(piece: Piece) -> Mapping[int | str, str]:
    if piece.is_json:
        return _unread(piece.logic)
    if not piece.rows:
        return {"logic": "Say for whom; “Everybody” is a choice, too."}
    wrong: dict[int | str, str] = {
        place: text for place, row in enumerate(piece.rows) if (text := conditions.problem(row))
    }
    return wrong or _unread(logic_of(piece))


def _unread(logic: str) -> Mapping[int | str, str]:
    try:
        toggles.logic.read(logic)
    except Invalid as fault:
        return {"logic": said(fault.message)}
    return {}


def said(message: str) -> str:
    """What the domain says of logic, as people say it."""
    for pattern, words in _SAID:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            message = found.expand(words)
            break
    text = message[:1].upper() + message[1:]
    return text if text.endswith((".", "!", "?")) else text + "."


def are_right(pieces: Sequence[Piece]) -> bool:
    return not any(each.wrong for each in pieces)


def done(pieces: Sequence[Piece], do: str, fresh: str = "") -> list[Piece]:
    """The targets after a press on a button: `add`, or a verb and the places it is about (`up:1`, `drop-row:0:2`).

    `fresh` is the value that another target begins with.
    """
    verb, *told = do.split(":")
    places = [int(each) for each in told if _COUNTED.fullmatch(each)]
    found = list(pieces)
    if verb == "add" and len(found) < MOST:
        return [*found, Piece(value=fresh, has_focus=True)]
    if not places or places[0] >= len(found):
        return found
    at = places[0]
    if verb == "drop":
        del found[at]
        return found
    if verb in ("up", "down"):
        to = at - 1 if verb == "up" else at + 1
        if 0 <= to < len(found):
            found.insert(to, found.pop(at))
        return found
    found[at] = _edited(found[at], verb, places[1:])
    return found


def _edited(piece: Piece, verb: str, places: Sequence[int]) -> Piece:
    if verb == "row" and len(piece.rows) < conditions.MOST:
        return piece._replace(rows=(*piece.rows, Row()), has_focus=True)
    if verb == "drop-row" and places:
        rows = tuple(row for place, row in enumerate(piece.rows) if place != places[0])
        return piece._replace(rows=rows or (Row(),), has_focus=True)
    if verb == "json" and not piece.is_json:
        wrong = _problems(piece)
        if wrong:
            return piece._replace(wrong=wrong)
        logic = logic_of(piece)
        return piece._replace(is_json=True, logic=pretty(logic), was=logic, has_focus=True)
    if verb == "form" and piece.is_json:
        found = conditions.read(piece.logic)
        if found is None:
            return piece._replace(wrong={"logic": "This says more than rows can: it stays JSON."})
        return piece._replace(
            is_json=False, logic=logic_of(piece), rows=found.rows, join=found.join, has_focus=True
        )
    return piece


def blamed(pieces: Sequence[Piece], place: int, part: str, text: str) -> list[Piece]:
    """With what the domain found wrong with one of them."""
    return [
        each._replace(wrong={**each.wrong, part: text}) if at == place else each
        for at, each in enumerate(pieces)
    ]
