"""Letters: written in the transaction of what they tell, sent after it, read by their reader alone.

A letter may carry a link that is a key (to an account, to an address). So a person's mailbox shows their own letters
and nobody else's, whatever their role: an organization's owner is not the server's. Letters to somebody who has no
account yet are shown by the command `hyway mails`, to whoever can read the server's data anyhow.
"""

import random
from dataclasses import dataclass
from html import escape

from hyway.domain import identity
from hyway.domain.identity import NOBODYS, Caller, Person, person_of
from hyway.domain.notices.records import Mail
from hyway.domain.notices.store import mails as store
from hyway.kernel import clock, ids, outbox
from hyway.kernel.db import Read, Write

TOPIC = "notices.mail"
LEASE = 3 * clock.MINUTE
"""How long a try that was begun may take before it is taken for lost; over any time-out."""
KEPT = 90 * clock.DAY
_WAITS = (1, 5, 30, 120, 360, 720)
"""Minutes between a try and the next; after the last one the letter has failed."""
_AT_ONCE, _ERROR = 100, 500


@dataclass(frozen=True, slots=True)
class Letter:
    """`link` is absolute, `action` the words on it, `why` says why it comes."""

    subject: str
    body: str
    link: str
    action: str
    why: str


def write(w: Write, address: str, letter: Letter, person: Person | None = None) -> None:
    """Leaves a letter to be sent; it is only kept where no mail can be sent, or the address may be another's."""
    leaves = identity.signing_up.by_mail(w) and (person is None or person.is_confirmed)
    now, id = clock.now(), ids.uuid7()
    row = {
        "id": id,
        "person": person.seq if person else None,
        "address": address,
        "subject": " ".join(letter.subject.split()),
        "text": _text(letter),
        "html": _html(letter),
        "state": "waiting" if leaves else "kept",
        "tries": 0,
        "error": "",
        "created_at": now,
        "next_at": now + LEASE,
    }
    store.add(w, row)
    if leaves:
        outbox.later(w, TOPIC, NOBODYS, {"mail": id, "tries": 0})


def _text(letter: Letter) -> str:
    return f"{letter.body}\n\n{letter.action}: {letter.link}\n\n-- \n{letter.why}\n"


def _html(letter: Letter) -> str:
    return (
        '<!doctype html><html lang="en"><body style="font-family:sans-serif;line-height:1.5;max-width:36em">'
        f"<p>{escape(letter.body)}</p>"
        f'<p><a href="{escape(letter.link)}">{escape(letter.action)}</a></p>'
        f'<p style="color:#666;font-size:smaller">{escape(letter.why)}</p></body></html>'
    )


def mailbox(r: Read, by: Caller, offset: int = 0, limit: int = 20) -> tuple[list[Mail], int]:
    """The caller's own letters, newest first, and how many there are."""
    person = person_of(by)
    return store.page(r, person, offset, limit), store.count(r, person)


def letters(r: Read, address: str | None = None, most: int = 20) -> list[Mail]:
    """Everybody's, or those to one address, newest first: for the server's own command and nothing else."""
    return store.latest(r, address, most)


def begin(w: Write, id: str, tries: int) -> Mail | None:
    """Claims a try; None when it is another's, or was made."""
    return store.claim(w, id, tries, clock.now() + LEASE)


def sent(w: Write, mail: Mail) -> None:
    store.finish(w, mail.seq, state="sent", sent_at=clock.now(), error="")


def unsent(w: Write, mail: Mail, error: str, for_good: bool) -> None:
    """Tried again later, at longer and longer intervals; failed when it can never be sent, or after seven tries."""
    # PostgreSQL stores no NUL.
    why = error.replace("\0", "\ufffd")[:_ERROR]
    if for_good or mail.tries > len(_WAITS):
        store.finish(w, mail.seq, state="failed", error=why)
        return
    wait = _WAITS[mail.tries - 1] * clock.MINUTE
    spread = random.randrange(wait // 10)  # noqa: S311
    store.finish(w, mail.seq, error=why, next_at=clock.now() + wait + spread)


def any_due(r: Read) -> bool:
    return bool(store.due(r, clock.now(), 1))


def start_due(w: Write) -> None:
    """Leaves an errand for each letter whose time has come."""
    now = clock.now()
    found = store.due(w, now, _AT_ONCE)
    if found:
        store.lease(w, [seq for seq, _, _ in found], now + LEASE)
    for _, id, tries in found:
        outbox.later(w, TOPIC, NOBODYS, {"mail": id, "tries": tries})


def purge(w: Write) -> int:
    """Forgets a thousand letters older than 90 days; how many there were."""
    return store.purge(w, clock.now() - KEPT, 1_000)
