"""The one event log under all APIs: append-only, every change with actor, subject, time and what it speaks of."""

from hyway.domain.audit.kinds import actions_in, noun_of, type_of
from hyway.domain.audit.records import Event, Found, Reference, Wanted
from hyway.domain.audit.rules import shown, wire_id
from hyway.domain.audit.searching import LONGEST_PAGE, done_there, search
from hyway.domain.audit.service import recent, record

__all__ = [
    "LONGEST_PAGE",
    "Event",
    "Found",
    "Reference",
    "Wanted",
    "actions_in",
    "done_there",
    "noun_of",
    "recent",
    "record",
    "search",
    "shown",
    "type_of",
    "wire_id",
]
