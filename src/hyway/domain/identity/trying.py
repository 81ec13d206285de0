"""Whom criteria of a team would take in, before anybody has stored them."""

from collections.abc import Sequence
from typing import Any

from hyway.domain.identity import access, criteria
from hyway.domain.identity.records import Caller
from hyway.domain.identity.store import profiles
from hyway.kernel.db import Read


def who_fits(r: Read, by: Caller, given: Sequence[Any]) -> tuple[list[str], int]:
    """The names of the members for whom all the criteria hold, by age, and how many members there are.

    Invalid for what is no criterion, as when a team is made of it.
    """
    access.require(by, "read", "Member")
    text = criteria.stored(criteria.checked(given))
    found = profiles.profiles(r, by.organization)
    fit = [of for _, of in found if criteria.holds(text, of)]
    return [
        " ".join(part for part in (of.first_name, of.last_name) if part) or of.nickname for of in fit
    ], len(found)
