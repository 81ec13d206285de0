"""Hyphen's API: who may do what, projects and their environments, .env files, as its pages and its clients describe it.

A resource is a file of operations, put into OPERATIONS here.
"""

import dataclasses
from collections.abc import Mapping

from hyway.apis.hyphen import (
    access,
    api_keys,
    apps,
    auth,
    azure_context,
    billing_accounts,
    billing_people,
    codes,
    codes_qr,
    codes_stats,
    connections,
    documents,
    domains,
    dot_envs,
    downloads,
    environments,
    events,
    execution_context,
    integrations,
    invites,
    me,
    members,
    net_info,
    organizations,
    projects,
    public_keys,
    segments,
    teams,
    toggles,
    usage,
    vault,
    zones,
)
from hyway.apis.hyphen.door import Door
from hyway.apis.hyphen.style import STYLE
from hyway.apis.hyphen.tally import Tally
from hyway.apis.hyphen.tools import Tools
from hyway.apis.kit.doorman import Kit
from hyway.apis.kit.family import Family
from hyway.domain import identity, netinfo
from hyway.domain.connections import Registry
from hyway.kernel.outgoing import Outgoing

OPERATIONS = (
    *access.OPERATIONS,
    *api_keys.OPERATIONS,
    *auth.OPERATIONS,
    *billing_accounts.OPERATIONS,
    *billing_people.OPERATIONS,
    *codes.OPERATIONS,
    *codes_stats.OPERATIONS,
    *codes_qr.OPERATIONS,
    *connections.OPERATIONS,
    *domains.OPERATIONS,
    *zones.OPERATIONS,
    *dot_envs.OPERATIONS,
    *downloads.OPERATIONS,
    *events.OPERATIONS,
    *execution_context.OPERATIONS,
    *integrations.OPERATIONS,
    *azure_context.OPERATIONS,
    *invites.OPERATIONS,
    *me.OPERATIONS,
    *members.OPERATIONS,
    *net_info.OPERATIONS,
    *organizations.OPERATIONS,
    *teams.OPERATIONS,
    *usage.OPERATIONS,
    *vault.OPERATIONS,
    *toggles.OPERATIONS,
    *segments.OPERATIONS,
    *public_keys.OPERATIONS,
    *projects.OPERATIONS,
    *apps.OPERATIONS,
    *environments.OPERATIONS,
)

# They are known without the slash at the end, which the door takes off.
_BARE = tuple(dataclasses.replace(each, path=each.path.removesuffix("/")) for each in OPERATIONS)


def app(
    kit: Kit,
    places: netinfo.Places,
    outgoing: Outgoing,
    services: Mapping[str, str],
    vendors: Registry | None = None,
) -> Door:
    """The ASGI app of the addresses; `await app.start()` and `await app.stop()` go with the server's life."""
    known = vendors or Registry(())
    entered = identity.access.memory.Entered(kit.db)
    tools = Tools(places, entered, outgoing, services, Tally(kit.db), known)
    return Door(Family(dataclasses.replace(kit, tools=tools), STYLE, _BARE), tools)


_manual = documents.manual(OPERATIONS)
openapi, page, markdown, llms_txt = _manual.openapi, _manual.page, _manual.markdown, _manual.llms_txt


__all__ = ["OPERATIONS", "Kit", "Tools", "app", "llms_txt", "markdown", "openapi", "page"]
