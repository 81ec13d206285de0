"""What somebody may do with a thing that they have just made."""

from hyway.domain.identity.access import deciding
from hyway.domain.identity.records import Caller
from hyway.domain.identity.store import access as store
from hyway.domain.identity.store import owning
from hyway.kernel import clock
from hyway.kernel.db import Ref, Write


def own(w: Write, by: Caller, thing: str, role: str) -> None:
    """Gives the role on a thing to its maker, unless the roles that they have cover it: no one else gives it to them.

    The server's own command, which is no member, needs none.
    """
    holder = owning.holder(w, by.organization, by.member) if by.member else None
    if holder is None or deciding.covers(by, role, thing):
        return
    made = store.add(w, by.organization, thing, *holder, (role,), clock.now())
    told = {"id": made, "entity": thing, "assignment": by.member, "roles": [role]}
    w.announce(by, "access.created", "access", made, told, [Ref("Access", made, told)])
