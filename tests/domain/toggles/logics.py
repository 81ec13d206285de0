"""Random rules and contexts, which make much of what is odd in JavaScript."""

from random import Random
from typing import Any

SCALARS = (
    *(None, True, False, 0, 1, -1, 2, 3, 7, 10, 0.5, -2.5, 1e21, 1e-7, 123456789, 1e308, -0.0),
    *(
        "",
        " ",
        "0",
        "1",
        "1.0",
        "01",
        "0x10",
        "1e3",
        " 12 ",
        "3 apples",
        "Infinity",
        "-Infinity",
        "NaN",
        "abc",
        "b",
    ),
    *(
        "true",
        "null",
        "undefined",
        ",",
        "1,2",
        "é",
        "😀x",
        "\ufb01",
        ".5",
        "5.",
        "+1",
        "-",
        "[object Object]",
        "\t1\n",
    ),
)
NAMES = (
    "a",
    "b",
    "c.d",
    "c.0",
    "list.1",
    "list",
    "text",
    "text.0",
    "text.length",
    "list.length",
    "",
    "x.y",
    "n",
    "no",
)
SCOPED = ("", "a", "current", "accumulator", "current.a", "0", "length", "b")
FIXED = ("==", "===", "!=", "!==", "<", "<=", ">", ">=", "!", "!!", "-", "/", "%", "in", "substr", "log")
ANY = ("+", "*", "min", "max", "cat", "merge", "if", "?:", "and", "or")
LOOPS = ("map", "filter", "reduce", "all", "some", "none")


def logic(random: Random, depth: int = 4, inside: bool = False) -> Any:
    """A rule of at most so many levels; `inside` a loop's body its paths are those of elements."""
    draw = random.random()
    if depth <= 0 or draw < 0.18:
        return scalar(random)
    if draw < 0.4:
        return variable(random, depth, inside)
    if draw < 0.47:
        return [logic(random, depth - 1, inside) for _ in range(random.randrange(4))]
    if draw < 0.49:
        return {"p": scalar(random), "q": scalar(random)}
    if draw < 0.60:
        return loop(random, depth, inside)
    if draw < 0.64:
        return {"missing": [random.choice(NAMES) for _ in range(random.randrange(4))]}
    if draw < 0.67:
        return {
            "missing_some": [logic(random, 0), [random.choice(NAMES) for _ in range(random.randrange(4))]]
        }
    if draw < 0.75:
        return common(random, inside)
    name, most = random.choice((*((name, 4) for name in FIXED), *((name, 5) for name in ANY)))
    count = random.choice((2, 2, 2, 3, 1, random.randrange(most)))
    if name == "*":
        count = max(count, 1)
    return {name: [logic(random, depth - 1, inside) for _ in range(count)]}


def common(random: Random, inside: bool) -> Any:
    """A comparison as most rules hold one: a path with a value that stands in the rule."""
    path = {"var": random.choice((*SCOPED, "current.b", "c.d", "c.0") if inside else (*NAMES, "c.d", "c.0"))}
    name = random.choice(FIXED)
    if name == "in":
        listed = [scalar(random) for _ in range(random.randrange(4))]
        return {name: random.choice(([path, listed], [random.choice(("", "a", "1")), path]))}
    return {name: [path, scalar(random)]}


def loop(random: Random, depth: int, inside: bool) -> Any:
    """A rule that goes through something, mostly an array."""
    name = random.choice(LOOPS)
    over = random.choice(
        ({"var": "list"}, {"var": "objects"}, [1, "2", None], logic(random, depth - 1, inside))
    )
    arguments = [over, logic(random, depth - 1, True), logic(random, 1, inside)]
    return {name: arguments[: random.choice((2, 2, 3, 3, 1))]}


def variable(random: Random, depth: int, inside: bool) -> Any:
    """A rule that looks at the data."""
    path = random.choice(SCOPED if inside else NAMES)
    draw = random.random()
    if draw < 0.7:
        return {"var": path}
    if draw < 0.9:
        return {"var": [path, logic(random, depth - 2, inside)]}
    return {"var": random.choice(([], [logic(random, depth - 2, inside)], None, 1, 0, 1.5))}


def scalar(random: Random) -> Any:
    """A value that is no array or object, a number of any size now and then."""
    if random.random() < 0.15:
        return random.choice((random.randrange(-100, 100), random.uniform(-10, 10), random.uniform(0, 1e25)))
    return random.choice(SCALARS)


def data(random: Random, depth: int = 2) -> Any:
    """Any JSON value."""
    draw = random.random()
    if depth <= 0 or draw < 0.6:
        return scalar(random)
    if draw < 0.8:
        return [data(random, depth - 1) for _ in range(random.randrange(4))]
    return {
        name: data(random, depth - 1)
        for name in random.sample(("a", "b", "d", "0", "length"), random.randrange(4))
    }


def context(random: Random) -> Any:
    """A context: mostly an object with the names that rules ask for."""
    if random.random() < 0.1:
        return data(random)
    return {
        "a": data(random),
        "b": scalar(random),
        "c": {"d": data(random), "0": scalar(random)},
        "list": [data(random, 1) for _ in range(random.randrange(5))],
        "objects": [{"a": data(random, 1), "b": scalar(random)} for _ in range(random.randrange(4))],
        "text": random.choice(("abc", "😀é", "", "12")),
        "n": random.randrange(10),
    }
