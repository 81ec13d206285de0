"""What every change of a toggle or a segment leaves behind: its past, word to who remembers, and a fact."""

from collections.abc import Mapping
from typing import Any, Literal

from hyway.domain import projects
from hyway.domain.identity import Caller
from hyway.domain.projects import Project
from hyway.domain.toggles.records import Past
from hyway.domain.toggles.store import pasts
from hyway.kernel.clock import Instant
from hyway.kernel.db import Ref, Write

TOPIC = "toggles"
"""Word of a change to what toggles of a project are decided by; the key is the project's number."""
KEY_TOPIC = "public_key"
"""Word that a public key came or went; the key is its digest."""

Verb = Literal["created", "changed", "reverted", "deleted"]


def told(
    w: Write,
    by: Caller,
    verb: Verb,
    of: Project,
    ref: Ref,
    version: int,
    at: Instant,
    state: Mapping[str, Any],
    changed: list[str] | None = None,
) -> None:
    """`ref` is the toggle or the segment, `changed` the names of the fields that are not as before."""
    pasts.add(w, of, ref.id, Past(version, at, by.member, by.actor_name, verb, state))
    w.changed(TOPIC, str(of.seq))
    noun = ref.kind.lower()
    data = {**ref.view, "version": version, **({"changed": changed} if changed else {})}
    w.announce(by, f"{noun}.{verb}", noun, ref.id, data, [ref, projects.ref(of)])
