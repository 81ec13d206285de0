"""What people are told of their social accounts."""

from typing import Final, Literal

from hyway.domain import notices
from hyway.domain.creators.social import platforms
from hyway.domain.creators.social.records import Account
from hyway.kernel import sqid
from hyway.kernel.db import Write

LATE: Final = "The code was not in the profile's description within a day."
VANISHED: Final = "The profile was not found three times in a row."
ANOTHERS: Final = "Somebody else has proved that the profile is theirs."


def verified(w: Write, of: Account) -> None:
    _tell(w, of, "Verified")


def failed(w: Write, of: Account, reason: str) -> None:
    """`reason` is a sentence."""
    _tell(w, of, "Failed", reason=reason)


def _tell(w: Write, of: Account, what: Literal["Verified", "Failed"], **params: str) -> None:
    said = {"account": of.handle or of.account_url, "platform_name": platforms.name(of.platform_id), **params}
    type, link = f"SocialAccount::{what}Notifier", f"/me/social_accounts/{sqid.text(of.seq)}"
    notices.tell(w, notices.Telling(of.person, type, said, "SocialAccount", of.seq, link))
