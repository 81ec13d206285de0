"""Which segments a logic names, and what must hold among segments."""

from collections.abc import Iterable, Mapping, Sequence

from hyway.domain.projects import Project
from hyway.domain.toggles import logic, rules
from hyway.domain.toggles.store import segments as store
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid


def named(r: Read, of: Project, trees: Iterable[tuple[str, logic.Tree]]) -> frozenset[str]:
    """The ids of the segments that trees name; Invalid, for its field, where one names none of the project's."""
    said = [(field, name) for field, tree in trees for name in sorted(logic.segments(tree))]
    if not said:
        return frozenset()
    known = {name: id for id, alternate in store.names(r, of) for name in (id, alternate)}
    for field, name in said:
        if name not in known:
            raise rules.unknown(field, name)
    return frozenset(known[name] for _, name in said)


def judge(r: Read, of: Project, id: str, needs: frozenset[str]) -> None:
    """Invalid where the segment would lead back to itself, or be one of too many in a row."""
    edges = {**store.uses(r, [of.seq]), id: needs}
    names = dict(store.names(r, of))
    if found := logic.cycle(edges, id):
        way = " -> ".join(names.get(each, each) for each in found)
        raise Invalid("logic", "must not lead back to the segment itself: {way}", way=way)
    if above(edges, names, id) + logic.height(edges, id) >= rules.MOST_CHAIN:
        raise Invalid("logic", "must not stand in a row of more than {most} segments", most=rules.MOST_CHAIN)


def above(edges: Mapping[str, frozenset[str]], segments: Iterable[str], id: str) -> int:
    """How many segments follow one another at most until this one is named."""
    users: dict[str, frozenset[str]] = {}
    for each in segments:
        for need in edges.get(each, ()):
            users[need] = users.get(need, frozenset()) | {each}
    return logic.height(users, id)


def users(edges: Mapping[str, frozenset[str]], ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """Who names each of the segments, by itself or through others: ids of toggles and segments."""
    return {id: logic.dependants(edges, id) for id in ids}
