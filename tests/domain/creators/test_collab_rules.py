"""The way of a submission to a collab, without a database."""

from datetime import UTC, datetime

import pytest

from hyway.domain.creators.collabs import rules, steps
from hyway.kernel import clock
from hyway.kernel.faults import Invalid, Several

HOSTS = frozenset({"go.example"})


def test_every_arrow_leads_somewhere_and_nothing_comes_back_to_the_start():
    reached = set().union(*steps.ARROWS.values())
    assert reached | {"applied"} == set(steps.ARROWS)
    assert "applied" not in reached
    assert [each for each in steps.ARROWS if "paid" in steps.ARROWS[each]] == ["completed"]


@pytest.mark.parametrize(
    ("was", "to"), [("shipped", "canceled"), ("applied", "completed"), ("paid", "applied")]
)
def test_no_other_step_can_be_taken(was, to):
    with pytest.raises(Invalid, match="cannot become"):
        steps.check(was, to)


@pytest.mark.parametrize(
    ("from_", "due"),
    [
        ("2026-05-04 10:00", "2026-05-07 10:00"),  # Monday
        ("2026-05-06 23:59", "2026-05-11 23:59"),  # Wednesday
        ("2026-05-08 00:00", "2026-05-13 00:00"),  # Friday
        ("2026-05-09 12:00", "2026-05-13 12:00"),  # Saturday
        ("2026-05-10 12:00", "2026-05-13 12:00"),  # Sunday
    ],
)
def test_three_business_days(from_, due):
    at = lambda text: clock.instant(datetime.fromisoformat(text).replace(tzinfo=UTC))  # noqa: E731
    assert steps.review_due(at(from_)) == at(due)


@pytest.mark.parametrize(
    "url", ["", "  ", "ftp://a.example/", "//a.example", "https://", "javascript:alert(1)", "http://a b.example",
            "https://a.example/" + "x" * 2_000, "http://[::1", "http://a.example/\x01"],
)  # fmt: skip
def test_what_is_no_web_address(url):
    with pytest.raises(Invalid):
        steps.web_address("url", url)


def test_what_is_wrong_is_told_all_at_once_and_in_order():
    fields = {
        "brief": "x" * 300_000,
        "usage_days": 0,
        "reward_amount": -1,
        "countries": ["FR", "ZZ"],
        "currency": "xxx",
        "website": "https://go.example/l",
        "name": " ",
        "sale_share": 10_001,
    }
    with pytest.raises(Several) as caught:
        rules.columns(fields, HOSTS)
    assert [(each.field, each.message) for each in caught.value.faults] == [
        ("name", "can't be blank"),
        ("website", "is invalid"),
        ("currency", "is not included in the list"),
        ("countries", "is not included in the list"),
        ("brief", "is too long (maximum is 50000 characters)"),
        ("reward_amount", "must be greater than or equal to 0"),
        ("sale_share", "must be less than or equal to 10000"),
        ("usage_days", "must be greater than 0"),
    ]


def test_what_is_stored():
    found = rules.columns(
        {
            "name": " Lip\x00stick ",
            "countries": ["FR", "DE", "FR"],
            "website": " https://a.example/ ",
            "brief": "<p onclick=x>Hi",
        },
        HOSTS,
    )
    assert found == {
        "name": "Lip stick",
        "countries": "FR DE",
        "website": "https://a.example/",
        "brief": "<p>Hi</p>",
    }


def test_what_creators_must_be_told():
    with pytest.raises(Several) as caught:
        rules.showable({"name": "x", "website": None, "countries": (), "brief": "<p> </p>"})
    assert [each.field for each in caught.value.faults] == ["website", "countries", "brief"]
