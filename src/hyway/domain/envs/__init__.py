"""Versions of .env files, sealed, and the keys of the vaults that open them."""

from hyway.domain.envs import looking, usage, vault, versions
from hyway.domain.envs.records import (
    AppUse,
    Denied,
    KeptKey,
    Kind,
    Last,
    NewVersion,
    ProjectUse,
    VaultKey,
    Version,
    Wanted,
)
from hyway.domain.envs.rules import LONGEST_DATA, LONGEST_SECRET, LONGEST_SIZE

__all__ = [
    "LONGEST_DATA",
    "LONGEST_SECRET",
    "LONGEST_SIZE",
    "AppUse",
    "Denied",
    "KeptKey",
    "Kind",
    "Last",
    "NewVersion",
    "ProjectUse",
    "VaultKey",
    "Version",
    "Wanted",
    "looking",
    "usage",
    "vault",
    "versions",
]
