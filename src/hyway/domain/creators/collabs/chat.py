"""What the creator and the organization say to each other about a submission, to a campaign or to a collab."""

from collections.abc import Sequence
from typing import Final

from hyway.domain import identity, notices
from hyway.domain.creators.collabs import steps, telling
from hyway.domain.creators.collabs.records import About, Kind, Message
from hyway.domain.creators.store import messages as store
from hyway.domain.identity import Caller
from hyway.domain.notices import Telling
from hyway.kernel import clock, sqid
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Missing

LONGEST: Final = 4_000
_EXCERPT: Final = 140
_TYPE: Final = "Submission::MessageNotifier"
_RECORDS: Final[dict[Kind, str]] = {"campaign": "Campaign::Submission", "collab": "Collab::Submission"}


def say(w: Write, by: Caller, kind: Kind, submission: int, text: str) -> Message:
    """A message by the creator, or by a member of the organization; the other side is told, its author has read it."""
    to = about(w, by, kind, submission)
    said = steps.words("text", text, LONGEST)
    person = identity.person_of(by)
    row = {
        "organization": to.organization,
        "kind": kind,
        "submission": submission,
        "person": person,
        "text": said,
        "created_at": clock.now(),
    }
    made = store.add(w, row, to.person)
    store.mark(w, kind, submission, person, made.seq)
    w.announce(
        identity.within(by, to.organization),
        "submission_message.created",
        "submission_message",
        sqid.text(made.seq),
        {"kind": kind, "submission": sqid.text(submission)},
    )
    _tell(w, to, made)
    return made


def page(
    r: Read, by: Caller, kind: Kind, submission: int, offset: int = 0, limit: int = 20
) -> tuple[list[Message], int]:
    """What was said, oldest first, and how many messages there are; Missing to who takes no part in it."""
    return store.page(r, kind, submission, about(r, by, kind, submission).person, offset, limit)


def read(w: Write, by: Caller, kind: Kind, submission: int, up_to: int | None = None) -> None:
    """The caller has read all up to that message, or all there is. What is read stays read."""
    about(w, by, kind, submission)
    last = store.newest(w, kind, submission)
    store.mark(w, kind, submission, identity.person_of(by), last if up_to is None else min(up_to, last))
    notices.mark_messages_seen(w, by, _RECORDS[kind], submission)


def unread(r: Read, by: Caller, kind: Kind, submissions: Sequence[int]) -> dict[int, int]:
    """How many messages of others the caller has not read, by submission, of those that the caller was shown."""
    return store.unread(r, kind, submissions, identity.person_of(by)) if submissions else {}


def about(r: Read, by: Caller, kind: Kind, submission: int) -> About:
    """What the chat is about; Missing to all but its creator and the members of its organization."""
    found = store.about(r, kind, submission)
    if found is not None and (
        found.organization == by.organization or (by.person is not None and found.person == by.person)
    ):
        return found
    raise Missing("Not authorized" if by.organization != identity.NOBODYS else "")


def _tell(w: Write, to: About, said: Message) -> None:
    params = {
        "user_name": telling.name_of(w, said.person),
        "programme_name": to.name,
        "excerpt": said.text if len(said.text) <= _EXCERPT else said.text[: _EXCERPT - 1] + "…",
    }
    told = Telling(
        person=to.person,
        type=_TYPE,
        params=params,
        record_type=_RECORDS[said.kind],
        record=said.submission,
        link=_link(to, said),
        organization=to.organization,
        is_message=True,
    )
    if said.by_creator:
        notices.tell_admins(w, to.organization, told)
    else:
        notices.tell(w, told)


def _link(to: About, said: Message) -> str:
    """Where the other side answers."""
    id = sqid.text(said.submission)
    mine = "collab_submissions" if said.kind == "collab" else "submissions"
    if not said.by_creator:
        return f"/me/{mine}/{id}"
    organization, programme = sqid.text(to.organization), sqid.text(to.programme)
    return f"/organizations/{organization}/{said.kind}s/{programme}/submissions/{id}"
