"""References between segments."""

from itertools import pairwise
from random import Random

import pytest

from hyway.domain.toggles.logic import cycle, dependants, height

Edges = dict[str, frozenset[str]]


def edges(**needs: str) -> Edges:
    """a="bc" says that a refers to b and c."""
    return {name: frozenset(needed) for name, needed in needs.items()}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (edges(), None),
        (edges(a="bc", b="d", c="d"), None),
        (edges(a="a"), ("a", "a")),
        (edges(a="b", b="c", c="a"), ("a", "b", "c", "a")),
        (edges(a="bx", b="c", c="b"), ("b", "c", "b")),
        (edges(b="c", c="b"), None),
    ],
)
def test_a_cycle_is_told_from_its_first_node_back_to_it(
    given: Edges, expected: tuple[str, ...] | None
) -> None:
    assert cycle(given, "a") == expected


def test_dependants_are_direct_and_indirect() -> None:
    given = edges(a="b", b="c", d="c", e="f")
    assert dependants(given, "c") == {"a", "b", "d"}
    assert dependants(given, "a") == frozenset()
    assert dependants(edges(a="b", b="a"), "a") == {"a", "b"}


def test_height_counts_the_longest_chain() -> None:
    assert height(edges(a="bc", b="c", c="d"), "a") == 3
    assert height({}, "a") == 0


def test_chains_of_ten_thousand_are_no_trouble() -> None:
    chain = {str(place): frozenset((str(place + 1),)) for place in range(10_000)}
    assert cycle(chain, "0") is None
    assert height(chain, "0") == 10_000
    assert len(dependants(chain, "10000")) == 10_000
    found = cycle(chain | {"10000": frozenset("0")}, "0")
    assert found is not None
    assert (len(found), found[0], found[-1]) == (10_002, "0", "0")


def test_random_graphs_agree_with_a_plain_search() -> None:
    random = Random(6)
    for _ in range(300):
        names = [str(at) for at in range(random.randrange(1, 8))]
        given = {name: frozenset(random.choices(names, k=random.randrange(3))) for name in names}

        def reached(name: str, given: Edges = given) -> set[str]:
            seen: set[str] = set()
            waiting = list(given[name])
            while waiting:
                following = waiting.pop()
                if following not in seen:
                    seen.add(following)
                    waiting += given[following]
            return seen

        for name in names:
            assert dependants(given, name) == {user for user in names if name in reached(user)}
            looped = any(other in reached(other) for other in reached(name) | {name})
            found = cycle(given, name)
            assert (found is not None) is looped
            if found:
                assert found[0] == found[-1]
                assert all(after in given[before] for before, after in pairwise(found))
