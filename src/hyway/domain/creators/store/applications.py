"""Statements on applications: creators in campaigns."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update

from hyway.domain.creators.campaigns.records import Application
from hyway.domain.creators.store.tables import APPLICATIONS, CAMPAIGNS
from hyway.kernel.db import Read, Write

_A = APPLICATIONS.c
_SHOWN: Any = select(
    _A.seq, _A.organization, _A.campaign, CAMPAIGNS.c.name, _A.person, _A.status, _A.message, _A.partner_id,
    _A.link_id, _A.created_at, _A.updated_at, _A.decided_at, _A.decided_by,
).join(CAMPAIGNS, CAMPAIGNS.c.seq == _A.campaign)  # fmt: skip


def _one(r: Read, query: Any) -> Application | None:
    row: Any = r.run(query).first()
    return Application(*row) if row else None


def _many(r: Read, query: Any) -> list[Application]:
    rows: Sequence[Any] = r.run(query).all()
    return [Application(*row) for row in rows]


def find(r: Read, organization: int, seq: int, *, lock: bool = False) -> Application | None:
    found = _SHOWN.where(_A.organization == organization, _A.seq == seq)
    return _one(r, found.with_for_update(of=APPLICATIONS) if lock else found)


def of_person(r: Read, person: int, seq: int, *, lock: bool = False) -> Application | None:
    found = _SHOWN.where(_A.person == person, _A.seq == seq)
    return _one(r, found.with_for_update(of=APPLICATIONS) if lock else found)


def in_campaign(r: Read, campaign: int, person: int, *, lock: bool = False) -> Application | None:
    found = _SHOWN.where(_A.campaign == campaign, _A.person == person)
    return _one(r, found.with_for_update(of=APPLICATIONS) if lock else found)


def by_link(r: Read, organization: int, link_id: str) -> Application | None:
    return _one(r, _SHOWN.where(_A.organization == organization, _A.link_id == link_id))


def add(w: Write, row: Mapping[str, Any]) -> int:
    return int(w.run(APPLICATIONS.insert().returning(_A.seq), row).scalar_one())


def change(w: Write, seq: int, values: Mapping[str, Any]) -> None:
    w.run(update(APPLICATIONS).where(_A.seq == seq).values(**values))


def page(
    r: Read,
    *,
    organization: int | None = None,
    campaign: int | None = None,
    person: int | None = None,
    status: str | None = None,
    offset: int,
    limit: int,
) -> tuple[list[Application], int]:
    """By number, those that have all that is given, and how many there are."""
    asked = {"organization": organization, "campaign": campaign, "person": person, "status": status}
    where = [_A[name] == value for name, value in asked.items() if value is not None]
    rows = _many(r, _SHOWN.where(*where).order_by(_A.seq).limit(limit).offset(offset))
    total = r.run(select(func.count()).select_from(APPLICATIONS).where(*where)).scalar_one()
    return rows, int(total)


def links_of(r: Read, campaign: int) -> list[str]:
    """The short links of the creators in a campaign."""
    found = select(_A.link_id).where(_A.campaign == campaign, _A.link_id.is_not(None))
    return list(r.run(found.order_by(_A.seq)).scalars())


def links_by_seqs(r: Read, seqs: Sequence[int]) -> dict[int, str | None]:
    rows: Sequence[Any] = r.run(select(_A.seq, _A.link_id).where(_A.seq.in_(sorted(set(seqs))))).all()
    return {row[0]: row[1] for row in rows}
