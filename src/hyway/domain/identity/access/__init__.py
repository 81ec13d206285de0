"""Who may do what in an organization: the table of roles, what follows from it, and the access that is given."""

from hyway.domain.identity.access import memory
from hyway.domain.identity.access.deciding import (
    Rule,
    covers,
    granted,
    may,
    may_somewhere,
    require,
    require_somewhere,
    rules,
    visible,
)
from hyway.domain.identity.access.entering import Place, enter, of_membership
from hyway.domain.identity.access.giving import (
    Access,
    Holder,
    change,
    create,
    drop,
    find,
    fitting,
    lends,
    own,
    page,
)
from hyway.domain.identity.access.roles import ROLES, SUBJECTS, Level, Role, actions_on, of_kind, powers

__all__ = [
    "ROLES",
    "SUBJECTS",
    "Access",
    "Holder",
    "Level",
    "Place",
    "Role",
    "Rule",
    "actions_on",
    "change",
    "covers",
    "create",
    "drop",
    "enter",
    "find",
    "fitting",
    "granted",
    "lends",
    "may",
    "may_somewhere",
    "memory",
    "of_kind",
    "of_membership",
    "own",
    "page",
    "powers",
    "require",
    "require_somewhere",
    "rules",
    "visible",
]
