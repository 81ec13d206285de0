"""Identifiers, each in the form that its wire shows."""

import re
import secrets

import uuid_utils

from hyway.kernel.faults import Invalid

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def uuid7() -> str:
    """A time-ordered UUID (RFC 9562, version 7) in canonical text; later calls in one process sort later."""
    return str(uuid_utils.uuid7())


def uuid4() -> str:
    """A random UUID in canonical text, as the HyperTrack wire shows its ids."""
    return str(uuid_utils.uuid4())


def prefixed(prefix: str) -> str:
    """`prefix_` and 24 hex digits, as the Hyphen wire shows its ids."""
    return f"{prefix}_{secrets.token_hex(12)}"


def uuid(field: str, value: str) -> str:
    """The canonical lower-case text of any UUID; Invalid for anything else."""
    if not _UUID.fullmatch(value):
        raise Invalid(field, "must be a UUID")
    return value.lower()
