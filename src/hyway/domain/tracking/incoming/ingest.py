"""Taking in what devices send: many batches in one transaction, each item judged by itself.

Whatever is sent twice, late or out of order leaves the same positions, trips, stops and live state behind as if it had
come once and in its order.
"""

import hashlib
import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts
from hyway.domain.tracking.incoming.intake import Intake
from hyway.domain.tracking.incoming.receiving import Batch, Once, Refusal, Verdict
from hyway.domain.tracking.records import Account
from hyway.domain.tracking.store import answers, tracks
from hyway.kernel import clock
from hyway.kernel.clock import DAY
from hyway.kernel.db import Read, Write

_REMEMBERED = DAY
_Pair = tuple[Batch, Verdict]


def take(w: Write, batches: Sequence[Batch]) -> list[Verdict]:
    """Stores what is new in the batches and tells what became of each; `duplicates` are what was there before."""
    verdicts = [Verdict(refused=list(batch.refused)) for batch in batches]
    order = sorted(
        range(len(batches)), key=lambda at: _whose(batches[at])
    )  # stable: each account's as they came
    for _, places in groupby(order, key=lambda at: _whose(batches[at])):
        mine = [(batches[at], verdicts[at]) for at in places]
        _take(w, accounts.of(w, mine[0][0].by), mine)
    return verdicts


def _whose(batch: Batch) -> tuple[int, str]:
    return batch.by.organization, batch.by.environment


def _take(w: Write, account: Account, mine: Sequence[_Pair]) -> None:
    new: list[_Pair] = []
    twins: list[_Pair] = []
    keys: set[str] = set()
    for batch, verdict in mine:
        if batch.once is None:
            new.append((batch, verdict))
        elif batch.once.key in keys:  # sent again within this very commit
            twins.append((batch, verdict))
        elif not _recall(w, account, batch.once, verdict):
            keys.add(batch.once.key)
            new.append((batch, verdict))
    Intake(w, account).take(new)
    for batch, verdict in new:
        verdict.refused.sort()
        if batch.once is not None and verdict.standing == "taken":
            answers.keep(w, account.seq, *batch.once, _written(verdict), clock.now())
    for batch, verdict in twins:
        if batch.once is not None:
            _recall(w, account, batch.once, verdict)


def once(key: str, sent: bytes) -> Once:
    """The name of a request whose answer is to be remembered for a day."""
    return Once(key, hashlib.sha256(sent).hexdigest())


def _recall(w: Write, account: Account, once: Once, verdict: Verdict) -> bool:
    """Whether the request was answered before: then as it was, or that its name belongs to another one."""
    found = answers.find(w, account.seq, once.key, clock.now() - _REMEMBERED)
    if found is None:
        return False
    digest, answer = found
    if digest != once.digest:
        verdict.standing = "reused"
        return True
    said: dict[str, Any] = json.loads(answer)
    verdict.accepted, verdict.duplicates = said["accepted"], said["duplicates"]
    verdict.refused = [Refusal(*each) for each in said["refused"]]
    return True


def _written(verdict: Verdict) -> str:
    return json.dumps(
        {"accepted": verdict.accepted, "duplicates": verdict.duplicates, "refused": verdict.refused}
    )


def whose(r: Read, by: Caller, names: Sequence[str]) -> str | None:
    """The id of the first user that goes by one of these names: an id of the owner's, or our own."""
    account = accounts.of(r, by)
    for name in names:
        found = tracks.named(r, account.seq, name) or tracks.identified(r, account.seq, name)
        if found is not None:
            return found
    return None


__all__ = ["once", "take", "whose"]
