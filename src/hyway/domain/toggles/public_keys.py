"""Verbs of public keys: what programs on people's machines ask with, so they open a project's toggles and no more."""

import base64
import binascii
import secrets
import string

from hyway.domain import identity, projects
from hyway.domain.identity import Caller
from hyway.domain.projects import Project
from hyway.domain.toggles import rules, toggles
from hyway.domain.toggles.records import Asker, PublicKey
from hyway.domain.toggles.store import public_keys as store
from hyway.domain.toggles.telling import KEY_TOPIC
from hyway.kernel import clock, ids, seal
from hyway.kernel.db import Read, Ref, Write
from hyway.kernel.faults import Missing, Taken

PREFIX = "public_"
_SUBJECT = "PublicKey"
_LONGEST = 500
_SECRET = 20


def page(
    r: Read, by: Caller, project: str | None, offset: int = 0, limit: int = 100
) -> tuple[list[PublicKey], int]:
    """Those of the project, or all that the caller may read, oldest first; and how many they are."""
    of = toggles.among(r, by, project, _SUBJECT)
    rows, total = store.page(r, by.organization, of, offset, limit)
    owners = projects.these(r, by, {row.project_id for row in rows})
    return [store.public_key(row, owners[row.project_id]) for row in rows if row.project_id in owners], total


def find(r: Read, by: Caller, id: str) -> PublicKey:
    """By its id, or the key itself."""
    column, text = _called(id)
    row = store.find(r, by.organization, column, text) if column else None
    if row is None:
        raise Missing("Public key not found", id=_told(id))
    identity.access.require(by, "read", _SUBJECT, row.project_id)
    of = projects.these(r, by, [row.project_id]).get(row.project_id)
    if of is None:
        raise Missing("Public key not found", id=_told(id))
    return store.public_key(row, of)


def create(w: Write, by: Caller, project: str, name: str) -> PublicKey:
    """A new key: `public_` and the Base64 of organization, project and 20 characters, as clients take it apart."""
    of = projects.find(w, by, project)
    identity.access.require(by, "create", _SUBJECT, of.id)
    clean = rules.name(name)
    projects.hold(w, of)
    if store.count(w, of) >= rules.MOST_KEYS:
        raise Taken("", "A project must not have more than {most} public keys", most=rules.MOST_KEYS)
    key = _text(of)
    digest = seal.digest(key)
    row = {
        "id": ids.prefixed("pkey"),
        "key": key,
        "key_hash": digest,
        "name": clean,
        "created_at": clock.now(),
        "created_by": by.member,
    }
    made = store.add(w, of, row)
    w.changed(KEY_TOPIC, digest)
    w.announce(by, "public_key.created", "public_key", made.id, {"name": clean}, _refs(made))
    return made


def drop(w: Write, by: Caller, id: str) -> None:
    """Refused from the next request on, in every process."""
    old = find(w, by, id)
    identity.access.require(by, "delete", _SUBJECT, old.project.id)
    if not store.drop(w, by.organization, old.seq):
        raise Missing("Public key not found", id=_told(id))
    w.changed(KEY_TOPIC, seal.digest(old.key))
    w.announce(by, "public_key.deleted", "public_key", old.id, {"name": old.name}, _refs(old))


def drop_all(w: Write, organization: int) -> None:
    """The keys of an organization that is closed."""
    for key_hash in store.drop_all(w, organization):
        w.changed(KEY_TOPIC, key_hash)


def whose(r: Read, id: str) -> str | None:
    """The id of the organization whose key it is (`org_…`), for those who are to be judged there."""
    column, text = _called(id)
    found = store.key_of(r, column, text) if column else None
    return None if found is None else _parts(found)[0]


def asker(r: Read, key: str) -> Asker | None:
    """Whose toggles the key opens; the answer may be remembered until word of its digest comes (KEY_TOPIC)."""
    if len(key) > _LONGEST or not key.startswith(PREFIX) or not key.isascii():
        return None
    found = store.asking(r, seal.digest(key))
    if found is None:
        return None
    organization, project, seq = found
    return Asker(organization, _parts(key)[0], project, seq)


def _text(of: Project) -> str:
    letters = string.ascii_letters + string.digits
    secret = "".join(secrets.choice(letters) for _ in range(_SECRET))
    told = f"{of.organization.id}:{of.id}:{secret}"
    return PREFIX + base64.b64encode(told.encode()).decode()


def _parts(key: str) -> list[str]:
    try:
        return base64.b64decode(key.removeprefix(PREFIX), validate=True).decode("ascii", "replace").split(":")
    except binascii.Error:
        return [""]


def _called(id: str) -> tuple[str | None, str]:
    """The column to look in and the text to look for."""
    if id.startswith(PREFIX) and len(id) <= _LONGEST:
        return "key_hash", seal.digest(id)
    return ("id" if rules.known_as("pkey", id) == "id" else None), id


def _told(id: str) -> str:
    """A key is said in no refusal."""
    return f"{PREFIX}…" if id.startswith(PREFIX) else id


def _refs(of: PublicKey) -> list[Ref]:
    return [Ref("PublicKey", of.id, {"id": of.id, "name": of.name}), projects.ref(of.project)]
