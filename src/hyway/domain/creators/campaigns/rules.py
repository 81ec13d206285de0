"""What a campaign must be: pure decisions, worded and in the order of Rails' validations."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from hyway.domain.creators import brief, places
from hyway.domain.creators.campaigns.records import PLATFORMS, Campaign
from hyway.domain.links import host_of, web_url
from hyway.kernel.clock import DAY, Instant
from hyway.kernel.faults import Invalid, Several

CONTENT_TYPES: Final = ("ugc", "clipping", "review", "other")
"""What posts are: made for the product, cut from what there is, or about it."""
CATEGORIES: Final = ("product", "app", "music", "entertainment", "gaming", "personal_brand", "other")
"""What the campaign is for."""
DEFAULTS: Final[dict[str, Any]] = {
    "name": "",
    "website": None,
    "currency": "usd",
    "countries": ["US"],
    "platform_ids": [],
    "content_type": "ugc",
    "category": "product",
    "cpm_amount": 0,
    "min_payout_amount": 0,
    "max_payout_amount": 0,
    "base_reward_amount": 0,
    "tiktok_music_id": None,
    "sale_share": 0,
    "ends_at": None,
    "approves": False,
    "brief": "",
    "banner": None,
}
FINANCIAL: Final = frozenset(
    {"currency", "cpm_amount", "min_payout_amount", "max_payout_amount", "base_reward_amount", "sale_share"}
)
"""What creators were promised: unchanged from the publication on."""
AMOUNTS: Final = ("cpm_amount", "min_payout_amount", "max_payout_amount", "base_reward_amount")
MOST: Final = 10**12
_WHOLE = 10_000
_FURTHEST = 36_500 * DAY  # on the last day of all calendars it may be tomorrow elsewhere
_LONGEST_NAME, _LONGEST_WEBSITE, _MOST_COUNTRIES = 255, 2_000, 300
_NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*", re.ASCII)
_MUSIC = re.compile(r"\d{1,30}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class _Check:
    """What is being checked: the values as they will be, and all that is wrong with them so far."""

    def __init__(self, said: Mapping[str, Any], old: Campaign | None, now: Instant, hosts: frozenset[str]):
        self.said, self.old, self.now, self.hosts = said, old, now, hosts
        self.clean: dict[str, Any] = {}
        self.wrong: list[Invalid] = []

    def add(self, field: str, text: str, **facts: Any) -> None:
        self.wrong.append(Invalid(field, text, **facts))

    def now_or_new(self, field: str) -> Any:
        """The new value of a field, else the one it has."""
        if field in self.clean:
            return self.clean[field]
        return getattr(self.old, field) if self.old else DEFAULTS[field]


def checked(
    said: Mapping[str, Any], old: Campaign | None, now: Instant, hosts: frozenset[str]
) -> dict[str, Any]:
    """What was said, as it is stored; Several with all that is wrong, in the order of the fields.

    `said` holds what was mentioned of the fields of DEFAULTS: whole numbers may come as text, to be judged here;
    `ends_at` is an instant. `hosts` are the server's own names, where no campaign may lead.
    """
    check = _Check(said, old, now, hosts)
    for field, rule in _RULES.items():
        if field in said:
            rule(check, field, said[field])
        if field == "base_reward_amount":
            _min_over_max(check)
    if check.wrong:
        raise check.wrong[0] if len(check.wrong) == 1 else Several(check.wrong)
    if "banner" in said:
        check.clean["banner"] = said["banner"]
    return check.clean


def _name(check: _Check, field: str, value: Any) -> None:
    clean = _CONTROL.sub(" ", str(value or "")).strip()
    if not clean:
        check.add(field, "can't be blank")
    if len(clean) > _LONGEST_NAME:
        check.add(field, "is too long (maximum is {most} characters)", most=_LONGEST_NAME)
    check.clean[field] = clean


def _among(known: Callable[[str], bool]) -> Callable[[_Check, str, Any], None]:
    def rule(check: _Check, field: str, value: Any) -> None:
        if not isinstance(value, str) or not known(value):
            check.add(field, "is not included in the list")
        check.clean[field] = value

    return rule


def _all_among(known: Callable[[str], bool], most: int) -> Callable[[_Check, str, Any], None]:
    def rule(check: _Check, field: str, value: Any) -> None:
        named = list(dict.fromkeys(each for each in value or () if each))
        if len(named) > most or not all(isinstance(each, str) and known(each) for each in named):
            check.add(field, "is not included in the list")
        check.clean[field] = tuple(named)

    return rule


def _whole(most: int) -> Callable[[_Check, str, Any], None]:
    def rule(check: _Check, field: str, value: Any) -> None:
        number = _number(value)
        if number is None:
            check.add(field, "is not a number")
        elif number != number.to_integral_value():
            check.add(field, "must be an integer")
        elif number < 0:
            check.add(field, "must be greater than or equal to 0")
        elif number > most:
            check.add(field, "must be less than or equal to {most}", most=most)
        else:
            check.clean[field] = int(number)

    return rule


def _number(value: Any) -> Decimal | None:
    """The number that a text or a number says; None for whatever says none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and number.adjusted() < 400 else None


def _min_over_max(check: _Check) -> None:
    if not {"min_payout_amount", "max_payout_amount"} & check.said.keys():
        return
    least, most = check.now_or_new("min_payout_amount"), check.now_or_new("max_payout_amount")
    if 0 < most < least:
        check.add("max_payout_amount", "must be greater than or equal to {least}", least=least)


def _website(check: _Check, field: str, value: Any) -> None:
    said = str(value or "").strip()
    check.clean[field] = said or None
    if not said:
        return
    if len(said) > _LONGEST_WEBSITE:
        check.add(field, "is too long (maximum is {most} characters)", most=_LONGEST_WEBSITE)
        return
    try:
        parts = web_url(field, said)
    except Invalid:
        check.add(field, "is invalid")
        return
    if host_of(parts) in check.hosts:
        check.add(field, "is invalid")


def _music(check: _Check, field: str, value: Any) -> None:
    said = str(value or "").strip()
    if said and not _MUSIC.fullmatch(said):
        check.add(field, "is invalid")
    check.clean[field] = said or None


def _ends_at(check: _Check, field: str, value: Any) -> None:
    was = check.old.ends_at if check.old else None
    if value is not None and not isinstance(value, int):
        check.add(field, "is invalid")
    elif value is not None and value != was and value <= check.now:
        check.add(field, "must be in the future")
    elif value is not None and value > check.now + _FURTHEST:
        check.add(field, "must be within 100 years")
    check.clean[field] = value


def _flag(check: _Check, field: str, value: Any) -> None:
    check.clean[field] = bool(value)


def _brief(check: _Check, field: str, value: Any) -> None:
    try:
        check.clean[field] = brief.clean(str(value or ""))
    except Invalid as fault:
        check.wrong.append(fault)


_RULES: Final[dict[str, Callable[[_Check, str, Any], None]]] = {
    "name": _name,
    "currency": _among(places.currency),
    "countries": _all_among(places.country, _MOST_COUNTRIES),
    "platform_ids": _all_among(PLATFORMS.__contains__, len(PLATFORMS)),
    "content_type": _among(CONTENT_TYPES.__contains__),
    "category": _among(CATEGORIES.__contains__),
    **{name: _whole(MOST) for name in AMOUNTS},
    "website": _website,
    "tiktok_music_id": _music,
    "sale_share": _whole(_WHOLE),
    "ends_at": _ends_at,
    "approves": _flag,
    "brief": _brief,
}
NEEDED: Final = ("name", "website", "brief", "platform_ids", "countries")
"""What creators must be told before they can be asked in."""


def told(of: Campaign) -> list[Invalid]:
    """What creators would miss, in order."""
    said = {name: getattr(of, name) for name in NEEDED} | {"brief": brief.text(of.brief)}
    return [Invalid(name, "can't be blank") for name in NEEDED if not said[name]]


def publishable(of: Campaign, now: Instant) -> None:
    """Several where something is missing before the campaign can begin."""
    wrong = told(of)
    if not (of.cpm_amount or of.base_reward_amount):
        wrong.append(Invalid("cpm_amount", "must be greater than 0"))
    if 0 < of.max_payout_amount < of.min_payout_amount:
        text = "must be greater than or equal to {least}"
        wrong.append(Invalid("max_payout_amount", text, least=of.min_payout_amount))
    if of.ends_at is not None and of.ends_at <= now:
        wrong.append(Invalid("ends_at", "must be in the future"))
    least = max(of.base_reward_amount, of.min_payout_amount, 1)
    if of.unused_amount < least:
        wrong.append(Invalid("base", "Unused budget must be at least {least} to publish.", least=least))
    if wrong:
        raise wrong[0] if len(wrong) == 1 else Several(wrong)
