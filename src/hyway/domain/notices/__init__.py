"""Who should know of what: the inbox of an organization's console, and each person's inbox, mail and devices."""

from hyway.domain.notices.hearing import hear
from hyway.domain.notices.mails import letters, mailbox
from hyway.domain.notices.pushing import push_key
from hyway.domain.notices.records import Mail, Notice, Notification, Preferences, Telling
from hyway.domain.notices.service import count_unseen, mark_seen, post, recent
from hyway.domain.notices.subscribing import subscribe, unsubscribe
from hyway.domain.notices.telling import (
    inbox,
    mark_inbox_seen,
    mark_messages_seen,
    mark_read,
    prefer,
    preferences,
    tell,
    tell_admins,
    unseen,
)

__all__ = [
    "Mail",
    "Notice",
    "Notification",
    "Preferences",
    "Telling",
    "count_unseen",
    "hear",
    "inbox",
    "letters",
    "mailbox",
    "mark_inbox_seen",
    "mark_messages_seen",
    "mark_read",
    "mark_seen",
    "post",
    "prefer",
    "preferences",
    "push_key",
    "recent",
    "subscribe",
    "tell",
    "tell_admins",
    "unseen",
    "unsubscribe",
]
