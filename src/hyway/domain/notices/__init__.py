"""What an organization should know: notices in the console's inbox."""

from hyway.domain.notices.records import Notice
from hyway.domain.notices.service import count_unseen, hear, mark_seen, post, recent

__all__ = ["Notice", "count_unseen", "hear", "mark_seen", "post", "recent"]
