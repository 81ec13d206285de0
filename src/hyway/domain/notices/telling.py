"""Verbs of what people are told: into their inbox, and from there to their mail and their devices."""

from dataclasses import replace

from hyway.domain import identity
from hyway.domain.identity import Caller
from hyway.domain.notices import mails
from hyway.domain.notices.records import Notification, Preferences, Telling
from hyway.domain.notices.store import inbox as store
from hyway.domain.notices.store import subscriptions
from hyway.domain.notices.texts import words
from hyway.kernel import clock, outbox
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Missing
from hyway.kernel.patch import UNSET, Unset, given

PUSH = "notices.push"
_SETTINGS = "/me/notification_settings"


def tell(w: Write, telling: Telling) -> int:
    """Into the person's inbox, and after the commit to their mail and devices if they wish; its number.

    Of a chat's messages only the first that is unseen comes by mail.
    """
    said = words(telling.type, telling.params)
    push, mail = store.wishes(w, telling.person)
    again = telling.is_message and store.any_message_unseen(
        w, telling.person, telling.record_type, telling.record
    )
    seq = store.add(w, telling, clock.now())
    if push:
        for each in subscriptions.numbers(w, telling.person):
            wanted = {"notification": seq, "subscription": each}
            outbox.later(w, PUSH, telling.organization or identity.NOBODYS, wanted)
    if mail and not again:
        person = identity.named(w, [telling.person])[telling.person]
        why = f"You receive this because mail is on in your settings: {w.home}{_SETTINGS}"
        to = telling.link or "/me/notifications"
        letter = mails.Letter(said.title, said.body, w.home + to, "Open", why)
        mails.write(w, person.email, letter, person)
    return seq


def tell_admins(w: Write, organization: int, telling: Telling, but: int | None = None) -> None:
    """Every owner and admin of the organization, whatever `telling.person` says; not the person `but`."""
    for person in identity.members.admins(w, organization):
        if person.seq != but:
            tell(w, replace(telling, person=person.seq, organization=organization))


def inbox(r: Read, by: Caller, offset: int = 0, limit: int = 20) -> tuple[list[Notification], int]:
    """The caller's own, newest first, without messages of chats; and how many there are. It marks nothing."""
    person = identity.person_of(by)
    return store.page(r, person, offset, limit), store.count(r, person)


def unseen(r: Read, by: Caller) -> int:
    """How many of the inbox the caller has not seen."""
    return store.unseen(r, identity.person_of(by))


def mark_inbox_seen(w: Write, by: Caller, up_to: int) -> None:
    """The caller has seen number `up_to` of their inbox and all older ones."""
    store.see(w, identity.person_of(by), up_to, clock.now())


def mark_read(w: Write, by: Caller, seq: int) -> Notification:
    """The caller has opened one; Missing for another's."""
    if not store.read(w, identity.person_of(by), seq, clock.now()):
        raise Missing("")
    found = store.find(w, seq)
    if found is None:  # it was written in this transaction
        raise Missing("")
    return found[0]


def mark_messages_seen(w: Write, by: Caller, record_type: str, record: int) -> None:
    """The caller has opened the chat of a record: its messages are seen, the next one may come by mail again."""
    store.see_messages(w, identity.person_of(by), record_type, record, clock.now())


def preferences(r: Read, by: Caller) -> Preferences:
    """What reaches the caller outside the inbox: all of it until they say otherwise."""
    person = identity.person_of(by)
    push, mail = store.wishes(r, person)
    return Preferences(push, mail, subscriptions.count(r, person))


def prefer(w: Write, by: Caller, push: bool | Unset = UNSET, mail: bool | Unset = UNSET) -> Preferences:
    """What is mentioned changes; browsers stay subscribed while push is off."""
    old = preferences(w, by)
    wanted = (push if given(push) else old.push, mail if given(mail) else old.mail)
    if wanted != (old.push, old.mail):
        store.wish(w, identity.person_of(by), *wanted, clock.now())
        told = {"push": wanted[0], "mail": wanted[1]}
        w.announce(by, "notification_settings.changed", "person", by.actor_id, told)
    return preferences(w, by)
