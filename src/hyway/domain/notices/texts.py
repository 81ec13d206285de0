"""What each kind of notification says: in the inbox, in a mail and on a device.

`title` and `body` are templates that the notification's params fill. Types are named as the vendor names them.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from hyway.domain.notices import texts_billing, texts_campaigns, texts_collabs, texts_social


class Words(NamedTuple):
    title: str
    body: str


TEXTS: dict[str, Words] = {
    "Membership::JoinRequestReceivedNotifier": Words(
        "{user_name} wants to join {organization_name}",
        "{user_name} asks to become a member of {organization_name}. An admin can approve or reject it.",
    ),
    "Membership::InvitationNotifier": Words(
        "You are invited to {organization_name}",
        "{organization_name} invites you to become a member. You can accept or decline.",
    ),
    "Membership::AdditionNotifier": Words(
        "You are now a member of {organization_name}",
        "{by} has made you a member of {organization_name}.",
    ),
    "Membership::RequestAcceptedNotifier": Words(
        "You are a member of {organization_name}",
        "Your request to join {organization_name} was approved.",
    ),
    "Membership::RequestRejectedNotifier": Words(
        "Your request to join {organization_name} was declined",
        "{organization_name} did not approve your request. You may ask again.",
    ),
    "Membership::RoleChangedNotifier": Words(
        "Your role in {organization_name} has changed",
        "You are now {role} of {organization_name}.",
    ),
    "Membership::RemovalNotifier": Words(
        "You are no longer a member of {organization_name}",
        "An admin has removed you from {organization_name}.",
    ),
    "Membership::OrganizationClosedNotifier": Words(
        "{organization_name} is closed",
        "{user_name} has closed {organization_name}. You are no longer a member, and its keys open nothing.",
    ),
}

for _of in (texts_billing, texts_campaigns, texts_collabs, texts_social):
    TEXTS |= {type: Words(*said) for type, said in _of.TEXTS.items()}


def words(type: str, params: Mapping[str, Any]) -> Words:
    """The sentences of a notification; KeyError for a type that has none, or for params that are not there."""
    found = TEXTS[type]
    return Words(found.title.format_map(params), found.body.format_map(params))
