"""The command about collabs that wait for the server's owner: list, approve, reject."""

from collections.abc import Callable
from typing import Annotated

from cyclopts import App, Parameter

from hyway.commands import shared
from hyway.commands.shared import Data, words
from hyway.domain import creators, identity
from hyway.kernel import sqid
from hyway.kernel.db import Write
from hyway.kernel.faults import Missing

Id = Annotated[str, Parameter(help="The collab's id, as `hyway collab list` prints it.")]
collab = App(name="collab", help="Collabs that wait for review: list, approve, reject.")


@collab.command(name="list")
def list_(*, data: Data = None) -> int:
    """Print the collabs that were submitted and wait, oldest first: id, organization, name, website."""
    with shared.opened(data) as db:
        found = db.read_now(creators.collabs.to_review)
        named = db.read_now(identity.organizations_named, {each.organization for each in found})
    for each in found:
        shared.tell(sqid.text(each.seq), named[each.organization].name, each.name, each.website or "")
    if not found:
        words.print("no collab waits for review")
    return 0


@collab.command
def approve(id: Id, *, data: Data = None) -> int:
    """Publish a collab that was submitted: creators can see it and apply."""
    return _decide(id, data, creators.collabs.approve, "is published")


@collab.command
def reject(
    id: Id,
    *,
    reason: Annotated[str, Parameter(help="What its admins are told.")] = "",
    data: Data = None,
) -> int:
    """Give a collab that was submitted back as a draft."""
    return _decide(id, data, creators.collabs.reject, "is a draft again", reason)


def _decide(id: str, data: Data, verb: Callable[..., creators.collabs.Collab], what: str, *args: str) -> int:
    def decide(w: Write) -> creators.collabs.Collab:
        seq = sqid.number(id)
        found = creators.collabs.named(w, {seq}).get(seq) if seq else None
        if found is None:
            raise Missing("there is no collab {id}", id=id)
        organization = identity.organizations_named(w, [found.organization])[found.organization]
        return verb(w, identity.command_line(organization), found.seq, *args)

    with shared.opened(data) as db:
        decided = db.write_now(decide)
    words.print(f"{decided.name!r} {what}")
    return 0


def register(app: App) -> None:
    app.command(collab)


__all__ = ["register"]
