"""Types of events as the wire of projects spells them: `toggle.changed` is TOGGLE.UPDATE there."""

from collections.abc import Collection, Iterable
from functools import cache

# The words of announced verbs, in the imperative: every verb that is announced anywhere has one here.
_WORDS = {
    "accepted": "ACCEPT", "accrued": "ACCRUE", "added": "ADD", "applied": "APPLY", "approved": "APPROVE",
    "asked": "ASK", "assigned": "ASSIGN", "canceled": "CANCEL", "changed": "UPDATE", "chased": "CHASE",
    "checked": "CHECK", "closed": "CLOSE", "completed": "COMPLETE", "confirmed": "CONFIRM", "connected": "CONNECT",
    "consented": "CONSENT", "created": "CREATE", "declined": "DECLINE", "deleted": "DELETE",
    "delivered": "DELIVER", "denied": "DENY", "disabled": "DISABLE", "disconnected": "DISCONNECT",
    "dropped": "DELETE", "enabled": "ENABLE", "ended": "END", "expired": "EXPIRE", "extended": "EXTEND",
    "failed": "FAIL", "finished": "FINISH", "flagged": "FLAG", "granted": "GRANT", "held": "HOLD", "issued": "ISSUE",
    "joined": "JOIN", "left": "LEAVE", "locked": "LOCK", "moved": "MOVE", "paid": "PAY", "paused": "PAUSE",
    "posted": "POST", "published": "PUBLISH", "pulled": "PULL", "pushed": "PUSH", "read": "READ",
    "refreshed": "REFRESH", "refunded": "REFUND", "refused": "REFUSE", "rejected": "REJECT",
    "released": "RELEASE", "removed": "DELETE", "renamed": "UPDATE", "renewed": "RENEW", "reopened": "REOPEN",
    "repeated": "REPEAT", "replaced": "REPLACE", "replayed": "REPLAY", "requested": "REQUEST",
    "reset": "RESET", "resumed": "RESUME", "retried": "RETRY", "reused": "REUSE", "reversed": "REVERSE",
    "reverted": "REVERT", "revoked": "REVOKE", "rotated": "ROTATE", "sent": "SEND", "settled": "SETTLE",
    "shared": "SHARE", "shipped": "SHIP", "signed": "SIGN", "started": "START", "stopped": "STOP",
    "submitted": "SUBMIT", "succeeded": "SUCCEED", "suspended": "SUSPEND", "taken": "TAKE", "unpaused": "UNPAUSE",
    "updated": "UPDATE", "verified": "VERIFY", "withdrawn": "WITHDRAW", "written": "WRITE",
}  # fmt: skip
# What location is about are several things, which its announcements name in the verb.
_SPREAD = "tracking"
_ONE = {"actions": "action", "users": "user"}


@cache
def type_of(action: str) -> str:
    """NOUN.VERB of an action: the verb in the imperative where it has one, and in capitals as it is where not."""
    noun, _, verb = action.partition(".")
    words = verb.split("_")
    if noun == _SPREAD and len(words) > 1:
        noun, words = f"{noun}_{_ONE.get(words[0], words[0])}", words[1:]
    told = "_".join(_WORDS.get(word, word.upper()) for word in words)
    return f"{noun.upper()}.{told}" if told else noun.upper()


def noun_of(action: str) -> str:
    """The first half of its type."""
    return type_of(action).partition(".")[0]


def actions_in(types: Collection[str], among: Iterable[str]) -> list[str]:
    """Those of the actions that any of the types means, which are whole ones or nouns; unknown ones mean none."""
    wanted = {each.strip().upper() for each in types}
    return [each for each in among if type_of(each) in wanted or noun_of(each) in wanted]


def is_known(action: str) -> bool:
    """Whether the verb has an imperative."""
    return any(word in _WORDS for word in action.partition(".")[2].split("_"))
