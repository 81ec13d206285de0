"""The organization that somebody asks in, as records of this context name it."""

from hyway.domain import identity
from hyway.domain.identity import Caller, Organization
from hyway.domain.projects.records import OrganizationRef
from hyway.kernel.db import Read


def whose(r: Read, by: Caller) -> OrganizationRef:
    return ref(identity.organization(r, by))


def ref(of: Organization) -> OrganizationRef:
    return OrganizationRef(of.seq, of.wire_id, of.name)
