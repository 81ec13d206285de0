"""The words of these pages: what a status is called, how it looks, sums of money as they are typed."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import get_currency_precision

from hyway.console import form
from hyway.console.form import Form
from hyway.domain import creators
from hyway.domain.netinfo import country_name
from hyway.kernel import sqid
from hyway.kernel.faults import Fault, Invalid, Several

Listing = creators.campaigns.Listing
Collab = creators.collabs.Collab
Submission = creators.collabs.Submission

PLATFORMS = {
    "youtube": "YouTube",
    "tiktok": "TikTok",
    "instagram": "Instagram",
    "twitter": "X",
    "facebook": "Facebook",
    "twitch": "Twitch",
    "linkedin": "LinkedIn",
    "snapchat": "Snapchat",
    "pinterest": "Pinterest",
    "website": "Website",
}
PRIVACY = {
    "public": ("Public", "Everybody sees it, and whoever wants to joins at once."),
    "restricted": ("On request", "Everybody sees it and may ask to join; admins decide."),
    "private": ("Private", "Nobody learns of it; only who is invited joins."),
}
# What each status is called, and the look of its chip.
_STATUS: dict[str, tuple[str, str]] = {
    # of campaigns and collabs
    "draft": ("Draft", ""),
    "active": ("Active", "accent"),
    "paused": ("Paused", "sale"),
    "finished": ("Finished", ""),
    "submitted_for_review": ("In review", "sale"),
    "published": ("Published", "accent"),
    # of applications and invitations
    "pending": ("Waiting", "sale"),
    "accepted": ("Accepted", "accent"),
    "declined": ("Declined", "warn"),
    "withdrawn": ("Withdrawn", ""),
    # of posts in campaigns
    "submitted": ("In review", "sale"),
    "flagged": ("Needs a look", "warn"),
    "approved": ("Approved", "accent"),
    "tracking": ("Counting views", "accent"),
    "locked": ("Views final", "accent"),
    "held": ("On hold", "lead"),
    "payable": ("To be paid", "lead"),
    "paid": ("Paid", "accent"),
    "rejected": ("Rejected", "warn"),
    "reversed": ("Taken back", "warn"),
    # of work in collabs
    "applied": ("Applied", "sale"),
    "awaiting_shipment": ("Sample to be sent", "sale"),
    "shipped": ("Sample on its way", "lead"),
    "delivered": ("Sample arrived", "lead"),
    "in_production": ("In the making", "lead"),
    "content_submitted": ("Content to review", "sale"),
    "revision_requested": ("Changes wanted", "warn"),
    "content_approved": ("Content approved", "accent"),
    "posted": ("Posted", "accent"),
    "spark_code_submitted": ("Spark code in", "accent"),
    "completed": ("Completed", "accent"),
    "canceled": ("Canceled", ""),
    # of money
    "accrued": ("Growing", "sale"),
    "paying": ("Being paid", "lead"),
    "processing": ("Under way", "sale"),
    "sent": ("Sent", "lead"),
    "failed": ("Failed", "warn"),
    "succeeded": ("Arrived", "accent"),
    "partially_refunded": ("Partly refunded", "lead"),
    "refunded": ("Refunded", ""),
    # of accounts
    "verified": ("Verified", "accent"),
}
_LABELS = {
    "ugc": "Made for the product",
    "clipping": "Clips of what there is",
    "review": "Review",
    "app": "App",
}
REASONS = {
    "didNotMeetCriteria": "It does not do what the brief asks",
    "invalidProof": "It cannot be seen, or is not theirs",
    "duplicateSubmission": "It was handed in before",
    "outOfTimeWindow": "It was posted too early or too late",
    "other": "Another reason",
}
FLAGS = {
    "unseen": "It could not be looked at in time",
    "author": "Posted by another account than theirs",
    "too_early": "Posted before the campaign began",
    "views_dropped": "It has fewer views than before",
    "views_odd": "Its views do not look like people",
    "post_gone": "It is not there any more",
}
CHECKS = {
    "found": "It is there, on their account",
    "other_author": "Posted by another account than theirs",
    "gone": "There is no such post on their account",
}
_ENTRIES = {
    "fund": "Funded",
    "refund": "Taken back",
    "earn": "Earned",
    "hold": "On hold",
    "release": "Released",
    "mature": "Payable",
    "pay": "Paid",
    "return": "Came back",
}
_AMOUNT = re.compile(r"-?\d{1,12}([.,]\d{1,4})?")


def status(name: str) -> str:
    """What a status is called."""
    return _STATUS[name][0] if name in _STATUS else name.replace("_", " ").capitalize()


def look(name: str) -> str:
    """How its chip looks."""
    return _STATUS[name][1] if name in _STATUS else ""


def platform(id: str) -> str:
    return PLATFORMS.get(id, id.capitalize())


def typed(minor: int | None, currency: str) -> str:
    """An amount as a form has it: `5.00`; nothing for nothing."""
    if minor is None:
        return ""
    digits = get_currency_precision(currency.upper())
    return f"{Decimal(minor).scaleb(-digits):.{digits}f}"


def minor(sent: Form, name: str, currency: str) -> int | None:
    """Minor units of what was typed in major ones, by a point or a comma; None where nothing was."""
    text = sent.text(name).replace(" ", "")
    if not text:
        return None
    if not _AMOUNT.fullmatch(text):
        raise Invalid(name, "is not a number")
    digits = get_currency_precision(currency.upper())
    try:
        value = Decimal(text.replace(",", ".")).scaleb(digits)
    except InvalidOperation:
        raise Invalid(name, "is not a number") from None
    if value != value.to_integral_value():
        raise Invalid(name, "has more decimals than {currency} knows", currency=currency.upper())
    return int(value)


def percent(hundredths: int) -> str:
    """Hundredths of a percent as a form has them: `7.5`; nothing for nothing."""
    return f"{Decimal(hundredths) / 100:f}" if hundredths else ""


def hundredths(sent: Form, name: str) -> int | None:
    """The same back."""
    text = sent.text(name).replace("%", "").strip()
    if not text:
        return None
    if not _AMOUNT.fullmatch(text):
        raise Invalid(name, "is not a number")
    value = Decimal(text.replace(",", ".")) * 100
    if value != value.to_integral_value():
        raise Invalid(name, "has more than two decimals")
    return int(value)


def whole(sent: Form, name: str) -> int:
    text = sent.text(name)
    if not re.fullmatch(r"-?\d{1,12}", text):
        raise Invalid(name, "is not a number")
    return int(text)


def label(id: str) -> str:
    """A choice of a list as people read it."""
    return _LABELS.get(id) or id.replace("_", " ").capitalize()


def country(code: str) -> str:
    return country_name(code) or code


def errors(fault: Fault, fields: tuple[str, ...] = ()) -> dict[str, str]:
    """What is wrong by field; what the form has no field for is told with its name."""
    told: dict[str, str] = {}
    for each in fault.faults if isinstance(fault, Several) else (fault,):
        known = each.field in fields
        name, said = (each.field, form.sentence(each)) if known else ("", _named(each))
        told[name] = f"{told[name]} {said}" if name in told else said
    return told


def told(fault: Fault) -> str:
    """All that is wrong, as one text for a page that has no fields."""
    return " ".join(_named(each) for each in (fault.faults if isinstance(fault, Several) else (fault,)))


def _named(fault: Fault) -> str:
    """With the field's name in front, as the sentence is made for."""
    if fault.field in ("", "base"):
        return form.sentence(fault)
    name = fault.field.replace("_ids", "s").replace("_", " ").capitalize()
    return f"{name} {fault.message.rstrip('.')}."


_WAY: tuple[tuple[str, str], ...] = (
    ("applied", "Applied"),
    ("accepted", "Accepted"),
    ("shipped", "Sample sent"),
    ("delivered", "Sample there"),
    ("content_submitted", "Content"),
    ("content_approved", "Approved"),
    ("posted", "Posted"),
    ("spark_code_submitted", "Spark code"),
    ("completed", "Completed"),
    ("paid", "Paid"),
)
_STANDS = {
    "awaiting_shipment": "accepted",
    "in_production": "delivered",
    "revision_requested": "content_submitted",
}


def way(of: Submission, it: Collab | Listing) -> list[tuple[str, str]]:
    """The steps of a submission to a collab, each `done`, `here` or `ahead`; one that ended early stands alone."""
    if of.status in ("declined", "withdrawn", "canceled"):
        return [("Applied", "done"), (status(of.status), "here")]
    if of.status == "reversed":
        return [("Applied", "done"), ("Accepted", "done"), (status(of.status), "here")]
    without = set() if it.requires_product_shipment else {"shipped", "delivered"}
    without |= set() if it.require_spark_ads else {"spark_code_submitted"}
    steps = [each for each in _WAY if each[0] not in without]
    stands = _STANDS.get(of.status, of.status)
    if stands in without:
        stands = "accepted"
    at = [name for name, _ in steps].index(stands)
    return [(name, "done" if i < at else "here" if i == at else "ahead") for i, (_, name) in enumerate(steps)]


FILTERS: dict[str, Any] = {
    "sqid": sqid.text,
    "status": status,
    "look": look,
    "platform": platform,
    "typed": typed,
    "label": label,
    "percent": percent,
    "country": country,
    "entry_kind": lambda kind: _ENTRIES.get(kind, status(kind)),
}
GLOBALS: dict[str, Any] = {
    "privacies": PRIVACY,
    "platforms": PLATFORMS,
    "flag_words": FLAGS,
    "check_words": CHECKS,
    "reason_words": REASONS,
    "work_steps": way,
}
