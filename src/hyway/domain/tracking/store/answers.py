"""Answers that were given to requests with an Idempotency-Key."""

from sqlalchemy import bindparam

from hyway.domain.tracking.store.tables import ANSWERS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import Prepared

_N = ANSWERS.c
_FIND = Prepared(
    ANSWERS.select()
    .with_only_columns(_N.digest, _N.answer)
    .where(_N.account == bindparam("account"), _N.key == bindparam("key"), _N.at > bindparam("since")),
    ["account", "key", "since"],
)
_DROP = Prepared(
    ANSWERS.delete().where(_N.account == bindparam("account"), _N.key == bindparam("key")),
    ["account", "key"],
)
_NAMES = ["account", "key", "digest", "answer", "at"]


def find(r: Read, account: int, key: str, since: Instant) -> tuple[str, str] | None:
    """Digest of the request and the answer that it was given later than `since`."""
    rows = r.rows(_FIND, account, key, since)
    return (rows[0][0], rows[0][1]) if rows else None


def keep(w: Write, account: int, key: str, digest: str, answer: str, at: Instant) -> None:
    """In the place of an older one under the same name."""
    w.rows(_DROP, account, key)
    w.run(ANSWERS.insert(), dict(zip(_NAMES, (account, key, digest, answer, at), strict=True)))
