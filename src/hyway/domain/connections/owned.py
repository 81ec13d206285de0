"""The accounts that members turn out to have at vendors: they are the members' connected accounts from then on."""

from hyway.domain import identity
from hyway.domain.connections.providing import Made
from hyway.domain.connections.records import Connection
from hyway.domain.identity import Account
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid, Missing, Taken


def keep(w: Write, of: Connection, made: Made) -> None:
    """The account that was found for a member; one that they have already, and one of a type that members have no
    connected accounts of, leave everything as it is."""
    if of.type not in ("Account", "User") or of.entity.kind != "Member":
        return
    told = {name: value for name, value in made.config.items() if isinstance(value, str) and value}
    account = Account(
        of.integration_type,
        told.get("identifier", made.remote),
        email=told.get("email"),
        profile_url=told.get("profileUrl"),
    )
    server = identity.server(of.organization)
    try:
        identity.accounts.connect(w, server, of.entity.id, account)
    except (Invalid, Missing, Taken):
        return  # whoever is gone by now needs none
