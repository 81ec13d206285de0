"""Rules of toggles and segments, in JsonLogic: read, compiled, asked.

`read` refuses what is no rule, `segments` tells what it depends on, `compile` makes it quick, `holds` and `choose` ask
it; `cycle`, `dependants` and `height` look at what segments make of one another. Beside the public operators there are
ours: segment, rollout, semver, before, after, now (see ours.py).
"""

from hyway.domain.toggles.logic.compiled import Group, Rule, choose, compile, group, holds, member
from hyway.domain.toggles.logic.graph import cycle, dependants, height
from hyway.domain.toggles.logic.ours import bucket
from hyway.domain.toggles.logic.steps import Segment, weight
from hyway.domain.toggles.logic.tree import Tree, read, segments
from hyway.domain.toggles.logic.work import ALTOGETHER, NOW, TOGGLE, Failure, Pass

__all__ = [
    "ALTOGETHER",
    "NOW",
    "TOGGLE",
    "Failure",
    "Group",
    "Pass",
    "Rule",
    "Segment",
    "Tree",
    "bucket",
    "choose",
    "compile",
    "cycle",
    "dependants",
    "group",
    "height",
    "holds",
    "member",
    "read",
    "segments",
    "weight",
]
