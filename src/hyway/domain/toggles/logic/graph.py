"""Which segment needs which: cycles, and who depends on one. Nothing here recurses, however long a chain is."""

from collections.abc import Iterator, Mapping


def cycle(edges: Mapping[str, frozenset[str]], start: str) -> tuple[str, ...] | None:
    """A cycle that can be reached from `start`, from its first node back to it, or None: ("a", "b", "a").

    `edges` lead from a segment to those it refers to; a name without an entry refers to none.
    """
    path: list[str] = [start]
    waiting: list[Iterator[str]] = [iter(sorted(edges.get(start, ())))]
    open_at, done = {start: 0}, set[str]()
    while waiting:
        following = next(waiting[-1], None)
        if following is None:
            waiting.pop()
            left = path.pop()
            del open_at[left]
            done.add(left)
        elif following in open_at:
            return (*path[open_at[following] :], following)
        elif following not in done:
            open_at[following] = len(path)
            path.append(following)
            waiting.append(iter(sorted(edges.get(following, ()))))
    return None


def dependants(edges: Mapping[str, frozenset[str]], of: str) -> frozenset[str]:
    """All that refer to `of`, directly or through others; `of` itself only where it is in a cycle."""
    users: dict[str, list[str]] = {}
    for name, needs in edges.items():
        for needed in needs:
            users.setdefault(needed, []).append(name)
    found, waiting = set[str](), [of]
    while waiting:
        for user in users.get(waiting.pop(), ()):
            if user not in found:
                found.add(user)
                waiting.append(user)
    return frozenset(found)


def height(edges: Mapping[str, frozenset[str]], start: str) -> int:
    """How many references follow one another at most from `start`; 0 if it has none. There must be no cycle."""
    heights: dict[str, int] = {}
    waiting = [start]
    while waiting:
        needs = edges.get(waiting[-1], frozenset())
        unknown = [name for name in needs if name not in heights]
        if unknown:
            waiting += unknown
        else:
            heights[waiting.pop()] = 1 + max((heights[name] for name in needs), default=-1)
    return heights[start]
