"""JsonLogic as plainly as it can be said: the JSON value itself, worked out by recursion, each operator spelled out.

It shares with the compiled form how single values are converted and compared, which the public suite covers, and
nothing else. It raises where the reference implementation does.
"""

import math
from typing import Any

from hyway.domain.toggles.logic.values import (
    UNDEFINED,
    at_most,
    below,
    equal,
    leading_number,
    number,
    same,
    text,
    truthy,
    units,
)
from hyway.domain.toggles.logic.work import Pass


def work_out(logic: Any, data: Any, run: Pass) -> Any:
    """The value of a rule for some data."""
    if isinstance(logic, list):
        return [work_out(item, data, run) for item in logic]
    if not isinstance(logic, dict) or len(logic) != 1:
        return logic
    ((name, given),) = logic.items()
    arguments = given if isinstance(given, list) else [given]
    if name in ("if", "?:", "and", "or"):
        return lazily(name, arguments, data, run)
    if name in ("map", "filter", "reduce", "all", "some", "none"):
        return each(name, arguments, data, run)
    return eagerly(name, [work_out(argument, data, run) for argument in arguments], data, run)


def lazily(name: str, arguments: list[Any], data: Any, run: Pass) -> Any:
    value: Any = UNDEFINED
    if name in ("and", "or"):
        for argument in arguments:
            value = work_out(argument, data, run)
            if truthy(value) is (name == "or"):
                break
        return value
    rest = list(arguments)
    while len(rest) > 1:
        condition, then = rest.pop(0), rest.pop(0)
        if truthy(work_out(condition, data, run)):
            return work_out(then, data, run)
    return work_out(rest[0], data, run) if rest else None


def each(name: str, arguments: list[Any], data: Any, run: Pass) -> Any:
    source, body = [*arguments, UNDEFINED, UNDEFINED][:2]
    array = work_out(source, data, run)
    if name == "reduce":
        answer = work_out(arguments[2], data, run) if len(arguments) > 2 else None
        for element in array if isinstance(array, list) else []:
            answer = work_out(body, {"current": element, "accumulator": answer}, run)
        return answer
    if not isinstance(array, list):
        return {"map": [], "filter": [], "all": False, "some": False, "none": True}[name]
    answers = [work_out(body, element, run) for element in array]
    if name == "map":
        return answers
    true = [truthy(answer) for answer in answers]
    if name == "filter":
        return [element for element, kept in zip(array, true, strict=True) if kept]
    return {"all": bool(array) and all(true), "some": any(true), "none": not any(true)}[name]


def eagerly(name: str, given: list[Any], data: Any, run: Pass) -> Any:
    a, b, c = [*given, UNDEFINED, UNDEFINED, UNDEFINED][:3]
    match name:
        case "==" | "!=":
            return equal(a, b, run) is (name == "==")
        case "===" | "!==":
            return same(a, b) is (name == "===")
        case "<":
            return below(a, b, run) and (c is UNDEFINED or below(b, c, run))
        case "<=":
            return at_most(a, b, run) and (c is UNDEFINED or at_most(b, c, run))
        case ">":
            return below(b, a, run)
        case ">=":
            return at_most(b, a, run)
        case "!" | "!!":
            return truthy(a) is (name == "!!")
        case "var":
            return var(data, a, None if b is UNDEFINED else b, run)
        case "missing":
            return absent(given, data, run)
        case "missing_some":
            lost = absent(b if isinstance(b, list) else [b], data, run)
            there = len(b) if isinstance(b, list) else units(b) if isinstance(b, str) else math.nan
            if b is None:
                raise TypeError("null has no length")
            return [] if there - len(lost) >= number(a, run) else lost
        case "log":
            return a
    return reckoned(name, given, a, b, c, run)


def reckoned(name: str, given: list[Any], a: Any, b: Any, c: Any, run: Pass) -> Any:
    match name:
        case "+":
            total = 0.0
            for value in given:
                total += leading_number(value, run)
            return total
        case "*":
            product = given[0]
            for value in given[1:]:
                product = leading_number(product, run) * leading_number(value, run)
            return product
        case "-":
            return -number(a, run) if b is UNDEFINED else number(a, run) - number(b, run)
        case "/" | "%":
            return divided(name, number(a, run), number(b, run))
        case "min" | "max":
            numbers = [number(value, run) for value in given]
            if any(map(math.isnan, numbers)):
                return math.nan
            ordered = sorted(numbers, key=lambda value: (value, math.copysign(1.0, value)))
            edge = 0 if name == "min" else -1
            return ordered[edge] if ordered else math.inf * (1 if name == "min" else -1)
        case "cat":
            return "".join("" if value is None or value is UNDEFINED else text(value, run) for value in given)
        case "merge":
            return [part for value in given for part in (value if isinstance(value, list) else [value])]
        case "in":
            if isinstance(b, str):
                return b != "" and text(a, run) in b
            return isinstance(b, list) and any(same(a, item) for item in b)
        case "substr":
            return cut(text(a, run), number(b, run), c, run)
    raise LookupError(name)


def divided(name: str, top: float, bottom: float) -> float:
    if name == "%":
        return math.nan if math.isinf(top) or bottom == 0 else math.fmod(top, bottom)
    if bottom:
        return top / bottom
    return (
        math.nan if top == 0 or math.isnan(top) else math.copysign(math.inf, top) * math.copysign(1, bottom)
    )


def cut(source: str, start: float, size: Any, run: Pass) -> str:
    """The part of a text by UTF-16 units, one by one."""
    coded = source.encode("utf-16-be", "surrogatepass")
    letters = [coded[at : at + 2] for at in range(0, len(coded), 2)]
    first = 0 if math.isnan(start) else int(max(-len(letters), min(len(letters), start)))
    rest = letters[first:] if first >= 0 else letters[len(letters) + first :]
    if size is not UNDEFINED:
        wanted = number(size, run)
        if wanted < 0:
            wanted = len(rest) + wanted if type(size) in (int, float) else 0
        rest = rest[: 0 if math.isnan(wanted) else int(max(0, min(len(rest), wanted)))]
    return b"".join(rest).decode("utf-16-be", "surrogatepass")


def var(data: Any, path: Any, default: Any, run: Pass) -> Any:
    if path is UNDEFINED or path is None or path == "":
        return data
    for step in text(path, run).split("."):
        if isinstance(data, dict):
            data = data.get(step, UNDEFINED)
        elif isinstance(data, list | str):
            length = units(data) if isinstance(data, str) else len(data)
            parts = {str(at): at for at in range(length)}
            if step == "length":
                data = length
            elif step in parts:
                data = cut(data, parts[step], 1, run) if isinstance(data, str) else data[parts[step]]
            else:
                return default
        else:
            return default
        if data is UNDEFINED:
            return default
    return data


def absent(given: list[Any], data: Any, run: Pass) -> list[Any]:
    """The names that lead nowhere; an array is a name with its default."""
    names = given[0] if given and isinstance(given[0], list) else given
    lost = []
    for name in names:
        path, default = ([*name, UNDEFINED, None][:2]) if isinstance(name, list) else (name, None)
        found = var(data, path, None if default is UNDEFINED else default, run)
        if found is None or found == "":
            lost.append(name)
    return lost
