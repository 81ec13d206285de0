"""The command about letters: what the server wrote, and whether it left."""

from typing import Annotated

from cyclopts import App, Parameter

from hyway.commands import shared
from hyway.commands.shared import Data, words
from hyway.domain import notices
from hyway.kernel import clock

_STATES = {
    "waiting": "waits to be sent",
    "sent": "sent",
    "failed": "could not be sent",
    "kept": "kept here: no mail server was named, or the address may be another's",
}


def mails(
    address: Annotated[str | None, Parameter(help="Whose letters; everybody's by default.")] = None,
    *,
    most: Annotated[int, Parameter(help="How many of the latest.")] = 5,
    data: Data = None,
) -> int:
    """Print the latest letters, newest first: links in them are for their reader alone.

    Without HYWAY_SMTP no letter leaves the server. People with an account read theirs at /mailbox; this shows those to
    people who have none yet, such as somebody who was invited.

    For example:

        hyway mails kim@example.com --most 1
    """
    with shared.opened(data) as db:
        found = db.read_now(notices.letters, address.strip().lower() if address else None, most)
    if not found:
        words.print("there are no letters" + (f" to {address}" if address else ""))
    for each in found:
        why = f" ({each.error})" if each.error else ""
        shared.tell(f"To: {each.address}\nDate: {clock.text(each.created_at)}\nSubject: {each.subject}")
        shared.tell(f"State: {_STATES[each.state]}{why}\n\n{each.text}")
    return 0


def register(app: App) -> None:
    app.command(mails)


__all__ = ["register"]
