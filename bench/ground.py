"""A fresh data folder with an organization, a key, a collection, and links to measure with."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.server import environment
from hyway import main
from hyway.domain import identity, links
from hyway.domain.identity import NewKey
from hyway.domain.links import LinkChange
from hyway.kernel.db import Write
from hyway.settings import Settings


@dataclass(frozen=True, slots=True)
class Ground:
    """A prepared folder: the database file, the organization's inner number, a key with every scope."""

    data: Path
    organization: int
    key: str
    collection_id: str
    partner_ids: tuple[str, ...]
    links: tuple[links.Link, ...]

    @property
    def file(self) -> Path:
        return self.data / "hyway.db"

    @property
    def authorization(self) -> str:
        return f"Authorization: Bearer {self.key}"


def settings(data: Path) -> Settings:
    return Settings.read(environment(), data)


def prepare(data: Path, short_ids: Sequence[str] = (), partners: int = 0) -> Ground:
    """Migrates the folder and makes a link for each short id, those of partners in turn."""
    chosen = settings(data)
    main.prepare(chosen)
    db = main.open_database(chosen, threads=1)
    try:
        return db.write_now(_fill, data, short_ids, partners)
    finally:
        db.close()


def _fill(w: Write, data: Path, short_ids: Sequence[str], partners: int) -> Ground:
    by = identity.command_line(identity.found_organization(w, "Benchmark"))
    key = identity.issue_key(w, by, NewKey("hoko", "Benchmark"))
    shelf = links.put_on_shelf(w, by, links.COLLECTIONS, [{"name": "Links"}])[0]
    named = [{"name": f"Partner {i + 1}"} for i in range(partners)]
    people = [each.id for each in links.put_on_shelf(w, by, links.PARTNERS, named)] if named else []
    wishes = [
        LinkChange(
            short_id=short_id,
            url=f"https://shop.example/items/{at}?ref=mail#top",
            collection_id=shelf.id,
            partner_id=people[at % len(people)] if people else None,
            utm={"source": "newsletter", "medium": "email", "campaign": f"week-{at % 12}"},
        )
        for at, short_id in enumerate(short_ids)
    ]
    made = links.put(w, by, wishes) if wishes else []
    return Ground(data, by.organization, key.secret, shelf.id, tuple(people), tuple(made))
