"""Identifiers, each in the form that its wire shows."""

import secrets
from uuid import UUID

import uuid_utils

from hyway.kernel.faults import Invalid


def uuid7() -> str:
    """A time-ordered UUID (RFC 9562, version 7) in canonical text; later calls in one process sort later."""
    return str(uuid_utils.uuid7())


def prefixed(prefix: str) -> str:
    """`prefix_` and 24 hex digits, as the Hyphen wire shows its ids."""
    return f"{prefix}_{secrets.token_hex(12)}"


def uuid(field: str, value: str) -> str:
    """The canonical lower-case text of any UUID; Invalid for anything else."""
    if len(value) == 36:
        try:
            return str(UUID(value))
        except ValueError:
            pass  # falls through to the one refusal below
    raise Invalid(field, "must be a UUID")
