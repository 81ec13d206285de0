"""Statements about what an organization still has."""

from sqlalchemy import bindparam, exists, select

from hyway.domain.creators.store.tables import CAMPAIGNS, COLLABS
from hyway.kernel.db import Read

_HAS = {
    kind: select(exists().where(table.c.organization == bindparam("of")))
    for kind, table in (("campaigns", CAMPAIGNS), ("collabs", COLLABS))
}


def kinds(r: Read, organization: int) -> list[str]:
    """Of campaigns and collabs, what there is any of."""
    return [kind for kind, has in _HAS.items() if r.run(has, {"of": organization}).scalar_one()]
