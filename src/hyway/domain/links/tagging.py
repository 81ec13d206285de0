"""Tags by their names, as a wire has them that knows no ids of tags."""

from collections.abc import Sequence

from hyway.domain.identity import Caller
from hyway.domain.links import rules, shelves
from hyway.domain.links.records import Link
from hyway.domain.links.store import tagging as store
from hyway.domain.links.store import turns
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid

MOST = 50


def names(r: Read, by: Caller) -> list[str]:
    """The names of all tags of the organization, each once, in the order of letters."""
    return store.every(r, by.organization)


def names_of(r: Read, by: Caller, links: Sequence[Link]) -> dict[str, str]:
    """The names of the links' tags, by id."""
    return store.names(r, by.organization, sorted({tag for link in links for tag in link.tag_ids}))


def ids_for(w: Write, by: Caller, wanted: Sequence[str]) -> list[str]:
    """The ids of the tags with these names; those that are missing are made. Of several of one name, the oldest's."""
    said = list(dict.fromkeys(_name(each, at) for at, each in enumerate(wanted)))
    if len(said) > MOST:
        raise Invalid("tags", "must NOT have more than {most} items", most=MOST)
    there = store.ids(w, by.organization, said)
    if len(there) < len(said):  # another request may be making them
        turns.take(w, by.organization)
        there = store.ids(w, by.organization, said)
    missing = [{"name": each} for each in said if each not in there]
    if missing:
        made = shelves.put(w, by, shelves.TAGS, missing)
        there |= {each.name: each.id for each in made}
    return [there[each] for each in said]


def _name(said: str, at: int) -> str:
    name = said.strip()
    if not name:
        raise Invalid(f"tags.{at}", "must NOT have fewer than 1 characters")
    try:
        return rules.text("name", name)
    except Invalid as fault:
        raise Invalid(f"tags.{at}", fault.text, **fault.facts) from None
