"""/api/v1/users/<id>/assign_actions/ and the like: what a user is to do; and a user's end."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hypertrack.actions import Results
from hyway.apis.hypertrack.fields import Fix, Ref, Uuids
from hyway.apis.hypertrack.inputs import operation
from hyway.apis.hypertrack.shapes import Body, User
from hyway.apis.hypertrack.style import APP, SECRET
from hyway.apis.hypertrack.users import body
from hyway.apis.kit.operations import Ask, Reply
from hyway.domain import tracking
from hyway.domain.identity import Caller
from hyway.domain.tracking import Action, Location
from hyway.kernel import clock
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid

Many = dict[str, list[Body]]


class AssignIn(Struct, kw_only=True):
    action_ids: Annotated[Uuids, Meta(description="In the order in which they are to be done.")]
    current_location: Fix | UnsetType | None = UNSET


class MatchQuery(Struct, kw_only=True):
    """Which of the user's actions are meant."""

    action_lookup_id: Ref | None = None
    action_collection_id: Ref | None = None


def _assign(w: Write, by: Caller, id: str, ids: tuple[str, ...], here: Location | None) -> Body:
    return body(w, by, tracking.actions.assign(w, by, id, ids, here))


def _cancel(w: Write, by: Caller, id: str) -> Body:
    return body(w, by, tracking.actions.cancel_all(w, by, id))


def _cancel_some(w: Write, by: Caller, id: str, lookup_id: str | None, collection_id: str | None) -> Many:
    found = tracking.actions.cancel_matching(w, by, id, lookup_id=lookup_id, collection_id=collection_id)
    return _results(w, by, found)


def _complete_some(w: Write, by: Caller, id: str, lookup_id: str | None, collection_id: str | None) -> Many:
    found = tracking.actions.complete_matching(w, by, id, lookup_id=lookup_id, collection_id=collection_id)
    return _results(w, by, found)


def _results(r: Read, by: Caller, found: list[Action]) -> Many:
    account, now = tracking.accounts.of(r, by), clock.now()
    return {"results": [tracking.payloads.action(each, account, now, r.home) for each in found]}


@operation("POST", "/api/v1/users/{id}/assign_actions/", scope=APP, takes=AssignIn, gives=User)
async def assign(ask: Ask, sent: AssignIn) -> Body:
    """Assign actions.

    They join the user's queue in the order given; those of another user move. An unknown id, or an action that has
    ended, refuses all of them.
    """
    here = sent.current_location or None
    return await ask.db.write(_assign, ask.by, ask.path["id"], tuple(sent.action_ids), here)


@operation("POST", "/api/v1/users/{id}/cancel_actions/", scope=APP, query=MatchQuery, gives=User | Results)
async def cancel(ask: Ask, query: MatchQuery) -> Body | Many:
    """Cancel actions.

    All that the user has still to do: the answer is the user. With `action_lookup_id` or `action_collection_id` those
    that match: the answer is these actions.
    """
    if query.action_lookup_id or query.action_collection_id:
        named = query.action_lookup_id, query.action_collection_id
        return await ask.db.write(_cancel_some, ask.by, ask.path["id"], *named)
    return await ask.db.write(_cancel, ask.by, ask.path["id"])


@operation("POST", "/api/v1/users/{id}/complete_actions/", scope=APP, query=MatchQuery, gives=Results)
async def complete(ask: Ask, query: MatchQuery) -> Many:
    """Complete actions.

    Those of the user that match `action_lookup_id` or `action_collection_id`.
    """
    if not (query.action_lookup_id or query.action_collection_id):
        raise Invalid("", "One of action_lookup_id and action_collection_id is required.")
    named = query.action_lookup_id, query.action_collection_id
    return await ask.db.write(_complete_some, ask.by, ask.path["id"], *named)


@operation("DELETE", "/api/v1/users/{id}/", scope=SECRET, gives=None, status=204)
async def remove(ask: Ask) -> Reply:
    """Delete a user.

    He is gone at once, and soon after all positions, trips, stops and events of his. Pending actions are canceled;
    those that have ended stay, without him and without their ways.
    """
    await ask.db.write(tracking.leaving.remove, ask.by, ask.path["id"])
    return Reply(b"", 204)


OPERATIONS = (assign, cancel, complete, remove)
