"""What a campaign must be: every message, in the order of the fields."""

from typing import Any

import pytest

from hyway.domain.creators.campaigns import rules
from hyway.kernel.faults import Invalid
from tests.make.people import faults

NOW = 1_000_000


def checked(**said: Any) -> dict[str, Any]:
    return rules.checked(said, None, NOW, frozenset({"go.example"}))


def refused(**said: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        checked(**said)
    return faults(refusal.value)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "can't be blank"),
        ("name", None, "can't be blank"),
        ("name", " \t ", "can't be blank"),
        ("name", "n" * 256, "is too long (maximum is 255 characters)"),
        ("currency", "xxx", "is not included in the list"),
        ("currency", "USD", "is not included in the list"),
        ("currency", None, "is not included in the list"),
        ("countries", ["US", "ZZ"], "is not included in the list"),
        ("platform_ids", ["myspace"], "is not included in the list"),
        ("content_type", "essay", "is not included in the list"),
        ("category", None, "is not included in the list"),
        ("cpm_amount", None, "is not a number"),
        ("cpm_amount", "12abc", "is not a number"),
        ("cpm_amount", True, "is not a number"),
        ("cpm_amount", "nan", "is not a number"),
        ("min_payout_amount", "1.5", "must be an integer"),
        ("max_payout_amount", 0.5, "must be an integer"),
        ("base_reward_amount", -1, "must be greater than or equal to 0"),
        ("base_reward_amount", "1e13", "must be less than or equal to 1000000000000"),
        ("website", "shop.example.com", "is invalid"),
        ("website", "javascript:alert(1)", "is invalid"),
        ("website", "https://go.example/abc", "is invalid"),
        ("website", "https://e.com/" + "a" * 2000, "is too long (maximum is 2000 characters)"),
        ("tiktok_music_id", "seven", "is invalid"),
        ("sale_share", 10_001, "must be less than or equal to 10000"),
        ("ends_at", NOW, "must be in the future"),
        ("ends_at", "tomorrow", "is invalid"),
        ("brief", "x" * 50_001, "is too long (maximum is 50000 characters)"),
    ],
)
def test_what_is_wrong_with_one_field(field: str, value: Any, message: str) -> None:
    assert refused(**{field: value}) == [(field, message)]


def test_all_that_is_wrong_comes_in_the_order_of_the_fields() -> None:
    found = refused(
        brief="x" * 50_001, sale_share=-1, website="no", base_reward_amount="x", cpm_amount=-5, category="?",
        content_type="?", platform_ids=["?"], countries=["?"], currency="?", name="", ends_at=0,
        tiktok_music_id="?", min_payout_amount=9, max_payout_amount=8,
    )  # fmt: skip
    assert [field for field, _ in found] == [
        "name", "currency", "countries", "platform_ids", "content_type", "category", "cpm_amount",
        "base_reward_amount", "max_payout_amount", "website", "tiktok_music_id", "sale_share", "ends_at", "brief",
    ]  # fmt: skip
    assert ("max_payout_amount", "must be greater than or equal to 9") in found


def test_what_is_fine_is_stored_in_one_form() -> None:
    found = checked(
        name="  Two\nlines ", countries=["US", "", "US", "GB"], platform_ids=["tiktok"], cpm_amount="500",
        website="", tiktok_music_id=" 7038475063498387456 ", max_payout_amount=0, min_payout_amount=5,
        brief="<p onclick=alert(1)>Hi</p>", ends_at=None, approves=1,
    )  # fmt: skip
    assert found == {
        "name": "Two lines", "countries": ("US", "GB"), "platform_ids": ("tiktok",), "cpm_amount": 500,
        "min_payout_amount": 5, "max_payout_amount": 0, "website": None, "ends_at": None, "approves": True,
        "tiktok_music_id": "7038475063498387456", "brief": "<p>Hi</p>",
    }  # fmt: skip
