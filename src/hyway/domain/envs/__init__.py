"""Versions of .env files, sealed, and the keys of the vaults that open them."""

__all__: list[str] = []
