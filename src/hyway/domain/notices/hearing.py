"""Facts that somebody should know of, turned into notices: a hearer of the database."""

from collections.abc import Callable, Sequence

from hyway.domain import identity
from hyway.domain.notices import mails, texts_billing
from hyway.domain.notices.records import Telling
from hyway.domain.notices.service import post
from hyway.domain.notices.store import subscriptions
from hyway.domain.notices.telling import tell, tell_admins
from hyway.kernel import sqid
from hyway.kernel.db import Fact, Write

_REQUEST, _INVITATION, _MEMBERSHIP = "Membership::JoinRequest", "Membership::Invitation", "Membership"
_INBOX = "/me/notifications"


def hear(w: Write, facts: Sequence[Fact]) -> None:
    """Tells whoever should know of the facts, in the transaction of what happened."""
    for fact in facts:
        heard = _HEARD.get(fact.action)
        if heard is not None:
            heard(w, fact)


def _webhook_disabled(w: Write, fact: Fact) -> None:
    title = "A webhook was switched off"
    what = "Mend it, switch it on again and replay what it missed."
    body = f"{fact.data['url']}: {fact.data['reason']}. {what}"
    post(w, fact.by.organization, fact.action, title, body, f"/console/webhooks/{fact.id}")


def _asked_to_join(w: Write, fact: Fact) -> None:
    tell_admins(
        w, fact.by.organization, _telling(fact, "JoinRequestReceived", _REQUEST, _at(fact, "/join_requests"))
    )


def _approved(w: Write, fact: Fact) -> None:
    tell(w, _telling(fact, "RequestAccepted", _REQUEST, _at(fact)))


def _rejected(w: Write, fact: Fact) -> None:
    tell(w, _telling(fact, "RequestRejected", _REQUEST, _INBOX))


def _invited(w: Write, fact: Fact) -> None:
    """Into the inbox of who is known here, by a letter to who is not."""
    person = identity.joining.invited(w, sqid.number(fact.id) or 0)
    if person is not None:
        known = {"user": sqid.text(person.seq), "user_name": person.name}
        return _to_inbox(w, fact._replace(data={**fact.data, **known}))
    name, email = fact.data["organization_name"], fact.data["email"]
    letter = mails.Letter(
        f"You are invited to {name}",
        f"{fact.by.actor_name} invites you to become a member of {name}. The link leads to an account of your own,"
        " where you can accept or decline.",
        identity.signing_up.link(w, email, identity.signing_up.INVITED_LIFE),
        "See the invitation",
        "If you do not know what this is about, do nothing: you will not be asked again.",
    )
    mails.write(w, email, letter)


def _added(w: Write, fact: Fact) -> None:
    """Into the inbox of who has shown that the address is theirs; the others find a way in in a letter."""
    number = sqid.owner(fact.data["user"]) or 0
    person = identity.named(w, [number]).get(number)
    if person is not None and person.is_confirmed:
        tell(w, _telling(fact, "Addition", _MEMBERSHIP, _at(fact), by=fact.by.actor_name))
        return
    name, email = fact.data["organization_name"], fact.data["email"]
    letter = mails.Letter(
        f"You are a member of {name}",
        f"{fact.by.actor_name} has made you a member of {name}. The link leads to an account of your own.",
        identity.signing_up.link(w, email, identity.signing_up.INVITED_LIFE),
        "Make your account",
        "If you do not know what this is about, do nothing.",
    )
    mails.write(w, email, letter)


def _to_inbox(w: Write, fact: Fact) -> None:
    tell(w, _telling(fact, "Invitation", _INVITATION, "/me/invitations"))


def _role_changed(w: Write, fact: Fact) -> None:
    role = "an admin" if fact.data["role"] == "admin" else "a member"
    tell(w, _telling(fact, "RoleChanged", _MEMBERSHIP, _at(fact), role=role))


def _removed(w: Write, fact: Fact) -> None:
    tell(w, _telling(fact, "Removal", _MEMBERSHIP, _INBOX))


def _closed(w: Write, fact: Fact) -> None:
    """Whoever belonged to it, but not who closed it."""
    said = {"user_name": fact.by.actor_name, "organization_name": fact.data["name"]}
    for person in map(sqid.number, fact.data["members"]):
        if person is not None:
            type = "Membership::OrganizationClosedNotifier"
            tell(w, Telling(person, type, said, "Organization", fact.by.organization, _INBOX))


def _telling(fact: Fact, type: str, record_type: str, link: str, **more: str) -> Telling:
    """Facts about members name the person by the short id of their number."""
    data = fact.data
    person, record = sqid.number(data["user"]), sqid.number(data.get("membership") or fact.id)
    if person is None:  # identity spells its own numbers
        raise ValueError(f"{fact.action} names nobody")
    params = {"user_name": data["user_name"], "organization_name": data["organization_name"], **more}
    type = f"Membership::{type}Notifier"
    return Telling(person, type, params, record_type, record, link, fact.by.organization)


def _at(fact: Fact, page: str = "") -> str:
    return f"/organizations/{sqid.text(fact.by.organization)}{page}"


def _sign_up_asked(w: Write, fact: Fact) -> None:
    email = fact.data["email"]
    letter = mails.Letter(
        "Confirm your address",
        "Follow the link within a day to make your account: then this address is known to be yours.",
        identity.signing_up.link(w, email),
        "Go on",
        "Somebody, most likely you, has given this address at the door. If it was not you, do nothing.",
    )
    mails.write(w, email, letter)


def _sign_up_repeated(w: Write, fact: Fact) -> None:
    letter = mails.Letter(
        "You have an account already",
        "An account with this address exists: sign in with its password. Whoever runs the server can give you a new"
        " one, if you have lost it.",
        f"{w.home}/console/sign-in",
        "Sign in",
        "Somebody, most likely you, has given this address at the door. If it was not you, do nothing.",
    )
    mails.write(w, fact.data["email"], letter)


def _invoice(w: Write, fact: Fact) -> None:
    """Whoever owned the account then, whether or not they belong to an organization that it pays for."""
    type, params = texts_billing.said(fact.action, fact.data)
    for person in map(sqid.number, fact.data["owners"]):
        if person is not None:
            tell(w, Telling(person, type, params, "BillingAccount", link=texts_billing.PAGE))


def _taken_over(w: Write, fact: Fact) -> None:
    """The browsers that are woken are somebody else's."""
    subscriptions.drop_all(w, identity.person_of(fact.by))


_HEARD: dict[str, Callable[[Write, Fact], None]] = {
    "webhook.disabled": _webhook_disabled,
    "person.taken_over": _taken_over,
    "join_request.created": _asked_to_join,
    "join_request.approved": _approved,
    "join_request.rejected": _rejected,
    "invitation.created": _invited,
    "member.created": _added,
    "member.role_changed": _role_changed,
    "member.removed": _removed,
    "organization.closed": _closed,
    "invoice.issued": _invoice,
    "invoice.chased": _invoice,
    "payment.failed": _invoice,
    "sign_up.asked": _sign_up_asked,
    "sign_up.repeated": _sign_up_repeated,
}
