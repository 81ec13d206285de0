"""Verbs of integrations: whom an organization works with.

A configuration is tried with the vendor before it is kept, outside any transaction: `draft` says what is to be tried,
`create` keeps it. Its secrets are sealed and only opened to ask the vendor.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hyway.domain import identity
from hyway.domain.connections import rules
from hyway.domain.connections.providing import Declined, Reach, Unclear
from hyway.domain.connections.records import Integration, Resource
from hyway.domain.connections.registry import Registry
from hyway.domain.connections.store import connections as connection_store
from hyway.domain.connections.store import integrations as store
from hyway.domain.connections.vendor import Vendor
from hyway.domain.identity import Caller
from hyway.kernel import clock, ids
from hyway.kernel.db import Conflict, Database, Read, Ref, Write
from hyway.kernel.faults import Invalid, Missing, Taken

CALLBACK = "/console/integrations/callback"
"""Where vendors send people back to that have let us in."""
_ENDING = (
    "What is connected is still being taken away at the vendor's: wait for it, or delete these connections"
)
_TAKEN = "Your organization has an integration of this type already"


class Bare(Invalid):
    """An integration lacks what its vendor is not asked without."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An integration that is to be tried: `config` is what may be shown, `secrets` are what may not."""

    type: str
    config: Mapping[str, str]
    secrets: Mapping[str, str]

    @property
    def whole(self) -> dict[str, str]:
        return {**self.config, **self.secrets}


def draft(r: Read, by: Caller, registry: Registry, type: str, config: Mapping[str, Any]) -> Draft:
    """Looked at by its form alone; Invalid for a type that is not in the catalogue."""
    identity.access.require(by, "create", "Integration")
    entry = registry.entry(type)
    if entry is None:
        raise Invalid("type", "must be equal to one of the allowed values")
    return Draft(type, *rules.config(entry, config))


def create(w: Write, by: Caller, new: Draft) -> Integration:
    """Keeps what was tried; Taken where the organization has one of the type."""
    identity.access.require(by, "create", "Integration")
    id = ids.prefixed("intg")
    row = {
        "id": id,
        "organization": by.organization,
        "type": new.type,
        "config": new.config,
        "sealed": w.seal.close(json.dumps(dict(new.secrets)), f"integration:{id}"),
        "created_at": clock.now(),
        "created_by": by.member or by.actor_id,
    }
    try:
        with w.attempt():
            made = store.add(w, row)
    except Conflict:
        raise Taken("", _TAKEN) from None
    w.announce(by, "integration.created", "integration", made.id, view(made), [ref(made)])
    return made


def page(r: Read, by: Caller, offset: int = 0, limit: int = 100) -> tuple[list[Integration], int]:
    """The organization's, oldest first, and how many they are."""
    identity.access.require(by, "read", "Integration")
    return store.page(r, by.organization, offset, limit)


def find(r: Read, by: Caller, id: str) -> Integration:
    identity.access.require(by, "read", "Integration")
    return _found(r, by, id)


def of_type(r: Read, by: Caller, type: str) -> Integration | None:
    identity.access.require(by, "read", "Integration")
    return store.of_type(r, by.organization, type)


def drop(w: Write, by: Caller, id: str) -> None:
    """It is no more, nor its connections; at the vendor's everything stays as it is.

    Taken while something is being taken away there, for which its credentials are needed.
    """
    identity.access.require(by, "delete", "Integration")
    gone = _found(w, by, id)
    if any(each.status == "Decommissioning" for each in connection_store.of_integration(w, gone.seq)):
        raise Taken("", _ENDING)
    end(w, by, gone)


def end(w: Write, by: Caller, gone: Integration) -> None:
    for each in connection_store.of_integration(w, gone.seq):
        told = {"id": each.id, "type": each.type, "integration": view(gone)}
        w.announce(by, "connection.deleted", "connection", each.id, told, [ref(gone)])
    store.drop(w, by.organization, gone.seq)
    w.announce(by, "integration.deleted", "integration", gone.id, view(gone), [ref(gone)])


def _found(r: Read, by: Caller, id: str) -> Integration:
    found = store.find(r, by.organization, id) if rules.is_id("intg", id) else None
    if found is None:
        raise Missing("There is no such integration", id=id)
    return found


def opened(r: Read, of: Integration) -> dict[str, Any]:
    """The whole configuration, for asking the vendor; Missing where the integration is gone by now."""
    sealed = store.sealed(r, of.seq)
    if sealed is None:
        raise Missing("There is no such integration", id=of.id)
    return {**of.config, **json.loads(r.seal.open(sealed, f"integration:{of.id}"))}


def vendor(r: Read, registry: Registry, of: Integration) -> Vendor:
    """The vendor as this integration may ask it; Missing where its provider is not installed any more, Bare where a
    setting is not there that the vendor is not asked without."""
    entry = registry.entry(of.type)
    if entry is None:
        raise Missing("There is no provider for this integration", id=of.id)
    config = opened(r, of)
    for each in entry.fields:
        if each.required and not config.get(each.name):
            text = "This integration has no {setting}: delete it, and set it up again"
            title = each.title if each.title[1:2].isupper() else each.title[:1].lower() + each.title[1:]
            raise Bare("", text, setting=title)
    return registry.vendor(of.type, config)


def reach(r: Read, registry: Registry, of: Integration) -> Reach:
    """The same for who calls the provider itself."""
    return registry.reach(of.type, opened(r, of))


def redirect(home: str) -> str:
    """The address that vendors are told to send people back to."""
    return f"{home}{CALLBACK}"


def view(of: Integration) -> dict[str, Any]:
    """What facts say of an integration."""
    return {"id": of.id, "type": of.type}


def ref(of: Integration) -> Ref:
    return Ref("Integration", of.id, view(of))


# What asks the vendor: `await` these from where requests are answered, outside of any transaction.


async def add(
    db: Database, registry: Registry, by: Caller, type: str, config: Mapping[str, Any]
) -> Integration:
    """A new integration, once the vendor has let us in; Invalid, and nothing kept, where it does not."""
    whole = await redeemed(db, registry, by, type, config)
    new = await db.read(draft, by, registry, type, whole)
    if await db.read(of_type, by, type) is not None:
        raise Taken("", _TAKEN)
    await _try(registry, new)
    return await db.write(create, by, new)


async def redeemed(
    db: Database, registry: Registry, by: Caller, type: str, config: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The configuration that an invitation's code stands for; what was given where it has no code."""
    inviting = registry.inviting(type)
    if inviting is None or not isinstance(config.get("code"), str):
        return config
    identity.access.require(by, "create", "Integration")
    if await db.read(of_type, by, type) is not None:
        raise Taken("", _TAKEN)
    vendor = registry.vendor(type, rules.sign_in(config))
    try:
        return await registry.ask(vendor.redeem, redirect(db.house.home))
    except (Declined, Unclear) as why:
        raise Invalid("config/code", "{why}", why=why) from why


async def test(db: Database, registry: Registry, by: Caller, type: str, config: Mapping[str, Any]) -> None:
    """Whether the vendor lets us in with this configuration; Invalid where it does not, nothing kept either way."""
    await _try(registry, await db.read(draft, by, registry, type, config))


async def _try(registry: Registry, new: Draft) -> None:
    try:
        await registry.ask(tried, registry, new)
    except Unclear as why:
        raise Invalid("", "{why}", why=why) from why


def tried(registry: Registry, new: Draft) -> None:
    """Asks the vendor; Invalid with the vendor's own words where it declines, or does not answer."""
    try:
        registry.vendor(new.type, new.whole).check()
    except (Declined, Unclear) as why:
        raise Invalid("", "{why}", why=why) from why


async def resources(
    db: Database, registry: Registry, by: Caller, id: str, type: str, parent: str = ""
) -> list[Resource]:
    """What the vendor has of a type; Invalid with its words where it does not say."""
    vendor = await db.read(_asked, by, registry, id, type, parent)
    try:
        return await registry.ask(vendor.resources, rules.connection_type(vendor.entry, type), parent)
    except (Declined, Unclear) as why:
        raise Invalid("", "{why}", why=why) from why


def _asked(r: Read, by: Caller, registry: Registry, id: str, type: str, parent: str) -> Vendor:
    of = find(r, by, id)
    found = vendor(r, registry, of)
    rules.offer(found.entry, type)
    if parent:
        rules.resource_id("parentId", parent)
    return found
