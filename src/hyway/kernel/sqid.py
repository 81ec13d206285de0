"""Short ids made of inner numbers, as Hypemarket shows them: six letters or more, no order to be read from them."""

from string import ascii_letters

from sqids import Sqids

_ALPHABET = ascii_letters  # a-z, then A-Z
_SHORTEST, _LONGEST = 6, 20
_sqids = Sqids(alphabet=_ALPHABET, min_length=_SHORTEST)


def text(number: int) -> str:
    """The id of a number: 1 is `qTFruf`."""
    return _sqids.encode([number])


def owner(text_: str) -> int | None:
    """The number of an organization or a person: they are counted in 32 bits, and a larger one breaks a statement."""
    found = number(text_)
    return found if found is not None and found < 2**31 else None


def number(text_: str) -> int | None:
    """The number of an id; None unless it is spelled just as `text` spells it."""
    if not _SHORTEST <= len(text_) <= _LONGEST:
        return None
    found = _sqids.decode(text_)
    return found[0] if len(found) == 1 and found[0] < 2**63 and _sqids.encode(found) == text_ else None
