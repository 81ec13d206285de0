"""The statement that finds who an access is given to, when that is who asks."""

from sqlalchemy import select

from hyway.domain.identity.store.access_tables import API_KEYS
from hyway.domain.identity.store.tables import MEMBERSHIPS
from hyway.kernel.db import Read


def holder(r: Read, organization: int, member: str) -> tuple[str, int] | None:
    """What kind of holder of access the member with this id is, and its number there."""
    person = select(MEMBERSHIPS.c.seq).where(
        MEMBERSHIPS.c.organization == organization, MEMBERSHIPS.c.wire_id == member
    )
    found = r.run(person).scalar_one_or_none()
    if found is not None:
        return "member", found
    key = select(API_KEYS.c.seq).where(
        API_KEYS.c.organization == organization, API_KEYS.c.member_id == member
    )
    found = r.run(key).scalar_one_or_none()
    return None if found is None else ("api_key", found)
