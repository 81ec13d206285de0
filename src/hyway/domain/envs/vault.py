"""Verbs of vaults: the key of a project, with which its clients encrypt .env files before they push them."""

import hmac

from hyway.domain import identity, projects
from hyway.domain.envs import rules
from hyway.domain.envs.records import KeptKey, VaultKey
from hyway.domain.envs.store import vault as store
from hyway.domain.identity import Caller
from hyway.domain.projects import Project
from hyway.kernel import clock
from hyway.kernel.db import Conflict, Read, Ref, Write
from hyway.kernel.faults import Invalid, Missing, Taken

_SUBJECT = "VaultKey"


def read(w: Write, by: Caller, project: str, secret_key_id: int | None = None) -> VaultKey:
    """The project's key; with `secret_key_id` that one of its keys, also one that was replaced since.

    Whoever reads a key is written down. Missing where there is none.
    """
    of = _project(w, by, "read", project)
    found = _newest(w, of) if secret_key_id is None else _numbered(w, of, secret_key_id)
    if found is None:
        raise Missing("Key not found")
    _announce(w, by, "vault_key.read", of, found)
    return found


def write(w: Write, by: Caller, project: str, new: VaultKey) -> VaultKey:
    """The key is the project's from now on; those before it stay readable by their numbers.

    The same key a second time changes nothing. Taken where the project has or had another key with that number, or
    where the key was replaced by a newer one: a late repetition must not undo a rotation.
    """
    of = _project(w, by, "create", project)
    rules.number("secret_key_id", new.secret_key_id)
    if not new.secret_key:
        raise Invalid("secret_key", "must NOT have fewer than 1 characters")
    rules.text("secret_key", new.secret_key, rules.LONGEST_SECRET)
    row = {
        "organization": by.organization,
        "project": of.id,
        "secret_key_id": new.secret_key_id,
        "content": w.seal.close(new.secret_key, _purpose(of)),
        "created_at": clock.now(),
        "member_id": by.member,
        "member_name": by.actor_name,
    }
    try:
        with w.attempt():
            store.add(w, row)
    except Conflict:
        return _again(w, of, new)
    _announce(w, by, "vault_key.written", of, new)
    return new


def _again(w: Write, of: Project, new: VaultKey) -> VaultKey:
    """What a number leads to that was used before."""
    known, newest = _numbered(w, of, new.secret_key_id), _newest(w, of)
    if known is None:
        raise Missing("Project not found")  # it has gone since it was found
    if not hmac.compare_digest(known.secret_key.encode(), new.secret_key.encode()):
        raise Taken("", "Secret key {id} is another key already", id=new.secret_key_id)
    if newest is None or newest.secret_key_id != new.secret_key_id:
        raise Taken("", "Secret key {id} has been replaced by a newer one", id=new.secret_key_id)
    return known


def history(r: Read, by: Caller, project: str) -> list[KeptKey]:
    """All keys that the project has had, newest first: their numbers, since when and from whom, never themselves."""
    return store.history(r, by.organization, _project(r, by, "read", project).id)


def _project(r: Read, by: Caller, action: str, project: str) -> Project:
    found = projects.find(r, by, project)
    identity.access.require(by, action, _SUBJECT, found.id)
    return found


def _newest(r: Read, of: Project) -> VaultKey | None:
    found = store.newest(r, of.organization.seq, of.id)
    return VaultKey(found[0], r.seal.open(found[1], _purpose(of))) if found else None


def _numbered(r: Read, of: Project, secret_key_id: int) -> VaultKey | None:
    number = rules.number("secretKeyId", secret_key_id)
    found = store.numbered(r, of.organization.seq, of.id, number)
    return VaultKey(number, r.seal.open(found, _purpose(of))) if found else None


def _purpose(of: Project) -> str:
    return f"vault:{of.organization.id}:{of.id}"


def _announce(w: Write, by: Caller, action: str, of: Project, key: VaultKey) -> None:
    told = {"id": of.id, "alternateId": of.alternate_id, "name": of.name}
    refs = [Ref("Project", of.id, told)]
    w.announce(by, action, "vault_key", of.id, {"secretKeyId": key.secret_key_id}, refs)
