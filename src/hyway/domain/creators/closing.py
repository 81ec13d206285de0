"""Whether an organization may be closed."""

from hyway.domain.creators.store import standing as store
from hyway.domain.identity import Caller
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Several


def check(r: Read, by: Caller) -> None:
    """Several where it still has campaigns or collabs: what it promised to creators hangs on them."""
    text = "Cannot delete record because dependent {kind} exist"
    wrong = [Invalid("base", text, kind=kind) for kind in store.kinds(r, by.organization)]
    if wrong:
        raise Several(wrong)


__all__ = ["check"]
