"""Which of a person's accounts a post is of: pure."""

from collections.abc import Sequence

from hyway.domain.creators.social import platforms
from hyway.domain.creators.social.records import Account


def order(accounts: Sequence[Account], platform_id: str, url: str) -> list[Account]:
    """The accounts of the platform in the order in which the post is looked for: first the one its address names."""
    there = [each for each in accounts if each.platform_id == platform_id]
    if platform_id == platforms.GENERIC:
        return _of_the_site(there, url)
    named = platforms.author(platform_id, url)
    return sorted(there, key=lambda each: (each.url_key != named, each.seq))


def _of_the_site(accounts: Sequence[Account], url: str) -> list[Account]:
    """Those whose own page is of the post's site, the nearest to the post first."""
    page = platforms.post_id(platforms.GENERIC, url) or ""
    there = [each for each in accounts if _host(each.handle) == _host(page)]
    return sorted(there, key=lambda each: (not page.startswith(each.handle), -len(each.handle), each.seq))


def _host(page: str) -> str:
    return page.partition("?")[0].partition("/")[0]


def following(ordered: Sequence[Account], seq: int | None) -> Account | None:
    """Whose post it may be, if it is not that one's; None after the last. Of one that is gone the first follows."""
    at = next((at for at, each in enumerate(ordered) if each.seq == seq), -1)
    return ordered[at + 1] if at + 1 < len(ordered) else None


def maker(accounts: Sequence[Account], author_uid: str | None) -> Account | None:
    """The one among them that the platform names as the author."""
    return next((each for each in accounts if author_uid is not None and each.uid == author_uid), None)


def is_anothers(accounts: Sequence[Account], author_uid: str | None) -> bool:
    """Whether the author is none of them. Of an account whose number is not known nobody can say that."""
    # A profile that was proved by its page has no other number than its name.
    open_ = any(each.uid in (None, each.handle) for each in accounts)
    return author_uid is not None and not open_ and maker(accounts, author_uid) is None
