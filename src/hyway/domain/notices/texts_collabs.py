"""What the two sides of a collab are told: each of what the other did, both of what happened by itself.

Of each kind the title and the body; `Collab::` and `Notifier` go around its name.
"""

from typing import Final

_COLLABS: Final[dict[str, tuple[str, str]]] = {
    "Published": (
        "{collab_name} is published",
        "Creators can see {collab_name} now and apply to it.",
    ),
    "Rejected": (
        "{collab_name} was not published",
        "{collab_name} is a draft again. {reason}",
    ),
    "SubmissionReceived": (
        "{user_name} applied to {collab_name}",
        "{user_name} would like to take part in {collab_name}. You can accept or decline.",
    ),
    "SubmissionWithdrawn": (
        "{user_name} withdrew from {collab_name}",
        "{user_name} has taken back the application to {collab_name}.",
    ),
    "SubmissionAccepted": (
        "You are in: {collab_name}",
        "{organization_name} has accepted you for {collab_name}.",
    ),
    "SubmissionDeclined": (
        "Your application to {collab_name} was declined",
        "{organization_name} has chosen others for {collab_name}.",
    ),
    "SubmissionCanceled": (
        "{collab_name} was canceled for you",
        "{organization_name} has canceled your part in {collab_name}.",
    ),
    "SubmissionCanceledByCreator": (
        "{user_name} left {collab_name}",
        "{user_name} has canceled. What was set aside for them is in the budget of {collab_name} again.",
    ),
    "SubmissionReversed": (
        "{collab_name} has ended for you",
        "{organization_name} has waited for your content and ended your part. There is no reward for it.",
    ),
    "AddressNeeded": (
        "{organization_name} needs your address",
        "A product is sent to you for {collab_name}. Please save the address where you want it.",
    ),
    "ShipmentDue": (
        "Send the product to {user_name}",
        "The address of {user_name} is known now. Please send the product for {collab_name} within two days.",
    ),
    "SubmissionShipped": (
        "Your product is on its way",
        "{organization_name} has sent you the product for {collab_name}, by {carrier}.",
    ),
    "SubmissionDelivered": (
        "The product for {collab_name} has arrived",
        "From now on there are five days to make the content.",
    ),
    "ContentSubmitted": (
        "{user_name} shows content for {collab_name}",
        "You have three business days to look at it; after that it counts as approved.",
    ),
    "RevisionRequested": (
        "{organization_name} asks for changes",
        "For {collab_name}: {note}",
    ),
    "ContentApproved": (
        "Your content for {collab_name} is approved",
        "{organization_name} may use it from now on. Please post it and tell where.",
    ),
    "ContentApprovedAutomatically": (
        "The content of {user_name} counts as approved",
        "Nobody had looked at it for three business days. {user_name} can post it for {collab_name}.",
    ),
    "ContentPosted": (
        "{user_name} has posted for {collab_name}",
        "You can look at the post, and complete the collab if all is well.",
    ),
    "SparkCodeSubmitted": (
        "{user_name} gives you a Spark code",
        "You can advertise with the post for {collab_name}, and complete the collab if all is well.",
    ),
    "SparkCodeExpired": (
        "A Spark code for {collab_name} has expired",
        "The post cannot be advertised with any more. TikTok takes no code twice.",
    ),
    "SubmissionCompleted": (
        "You have completed {collab_name}",
        "{organization_name} has all that was agreed. Your reward, if there is one, is held for three days.",
    ),
    "SubmissionPaid": (
        "You are paid for {collab_name}",
        "{organization_name} has paid your reward for {collab_name}.",
    ),
    "UsageRightsExtended": (
        "{user_name} extends your rights",
        "You may use the content for {collab_name} for {days} days more.",
    ),
    "UsageRightsExpired": (
        "The rights to the content for {collab_name} have ended",
        "The content may not be used any more, unless its creator agrees again.",
    ),
    "ShipmentOverdue": (
        "A product for {collab_name} is late",
        "It should have been sent within two days.",
    ),
    "ContentOverdue": (
        "Content for {collab_name} is late",
        "Its time is over. The two of you may want to write to each other.",
    ),
}
TEXTS: Final[dict[str, tuple[str, str]]] = {
    **{f"Collab::{name}Notifier": words for name, words in _COLLABS.items()},
    "Submission::MessageNotifier": ("{user_name} writes about {programme_name}", "{excerpt}"),
}
