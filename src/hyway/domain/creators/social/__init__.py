"""Profiles that people say are theirs: how they are proved, and how their figures are kept up to date."""

from hyway.domain.creators.social import accounts, platforms

__all__ = ["accounts", "platforms"]
