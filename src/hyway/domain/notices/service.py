"""Verbs of what an organization is told, in the inbox of its console."""

from hyway.domain.identity import Caller
from hyway.domain.notices.records import Notice
from hyway.domain.notices.store import board as store
from hyway.kernel import clock, ids
from hyway.kernel.db import Read, Write


def post(w: Write, organization: int, kind: str, title: str, body: str, link: str = "") -> None:
    """Tells an organization something; `kind` is the action that it is about."""
    row = {"id": ids.uuid7(), "organization": organization, "kind": kind, "title": title, "body": body}
    store.add(w, {**row, "link": link, "created_at": clock.now()})


def recent(r: Read, by: Caller, *, before: int | None = None, most: int = 20) -> list[Notice]:
    """Newest first, those before notice number `before`."""
    return store.recent(r, by.organization, before, most)


def mark_seen(w: Write, by: Caller, up_to: int) -> None:
    """Notice number `up_to` and all older ones have been seen, by anyone of the organization."""
    store.see(w, by.organization, up_to, clock.now())


def count_unseen(r: Read, by: Caller) -> int:
    return store.unseen(r, by.organization)
