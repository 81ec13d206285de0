"""Leads and sales: whose click they are, whose customer, and once."""

import threading
from typing import Any

import pytest

from hyway.domain import attribution, links
from hyway.domain.attribution import (
    Click,
    Conversion,
    CustomerQuery,
    CustomerWish,
    NewLead,
    NewSale,
)
from hyway.kernel import clock, ids
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid, Taken
from hyway.kernel.patch import UNSET
from tests.make.world import World

JOE = CustomerWish("joe", "Joe")


def lead(
    world: World, click_id: str = "", name: str = "Sign up", who: CustomerWish = JOE, **more: Any
) -> Conversion:
    return world.db.write_now(attribution.track_lead, world.by, NewLead(click_id, name, who, **more))


def sale(world: World, who: CustomerWish = JOE, amount: int = 100, **more: Any) -> Conversion:
    return world.db.write_now(attribution.track_sale, world.by, NewSale(who, amount, **more))


def customers(world: World, **query: Any) -> list[attribution.Customer]:
    return world.db.read_now(attribution.customers, world.by, CustomerQuery(**query))


def conversions(world: World) -> list[Conversion]:
    return world.db.read_now(attribution.recent_conversions, world.by, None, 1000)


@pytest.fixture
def clicks(world: World) -> list[Click]:
    """Three clicks, each on a link of its own."""
    return [world.click(world.link(title=f"link {i}")) for i in range(3)]


def test_a_lead_is_the_clicks(world: World, clicks: list[Click]):
    made = lead(world, clicks[0].id, metadata={"plan": "pro", "n": [1, None]})
    assert (made.click_id, made.link.id, made.event_name) == (clicks[0].id, clicks[0].link_id, "Sign up")
    assert (made.amount, made.currency, made.metadata) == (None, None, {"plan": "pro", "n": [1, None]})
    assert made.customer == customers(world)[0]
    assert conversions(world) == [made]


def test_a_deferred_lead_follows_the_latest_one(world: World, clicks: list[Click]):
    lead(world, clicks[0].id)
    lead(world, clicks[1].id, "Trial")
    assert lead(world, "", "Activated").click_id == clicks[1].id


def test_a_sale_goes_to_the_named_lead_first(world: World, clicks: list[Click]):
    lead(world, clicks[0].id, "Sign up")
    lead(world, clicks[1].id, "Trial")
    found = sale(world, lead_event_name="Sign up", click_id=clicks[2].id)
    assert (found.click_id, found.link.id) == (clicks[0].id, clicks[0].link_id)


def test_the_latest_of_the_leads_of_that_name(world: World, clicks: list[Click]):
    lead(world, clicks[0].id, "Sign up")
    lead(world, clicks[1].id, "Sign up")
    lead(world, clicks[2].id, "Trial")
    assert sale(world, lead_event_name="Sign up").click_id == clicks[1].id


def test_then_to_the_click_that_is_named(world: World, clicks: list[Click]):
    lead(world, clicks[0].id)
    assert sale(world, click_id=clicks[2].id).click_id == clicks[2].id
    assert sale(world, lead_event_name="No such", click_id=clicks[2].id).click_id == clicks[2].id


def test_then_to_the_latest_lead_which_no_sale_is(world: World, clicks: list[Click]):
    lead(world, clicks[0].id)
    sale(world, click_id=clicks[2].id)
    assert sale(world).click_id == clicks[0].id
    assert sale(world, lead_event_name="No such").click_id == clicks[0].id


def test_another_customers_leads_do_not_count(world: World, clicks: list[Click]):
    lead(world, clicks[0].id, who=CustomerWish("ann", "Ann"))
    with pytest.raises(Invalid):
        sale(world)


def test_a_sale_is_kept_to_the_cent(world: World, clicks: list[Click]):
    made = sale(world, amount=2**53 + 1, currency="jpy", event_name="Invoice", click_id=clicks[0].id)
    assert (made.amount, made.currency, made.event_name) == (2**53 + 1, "jpy", "Invoice")
    assert conversions(world) == [made]
    assert sale(world, amount=0, click_id=clicks[0].id).amount == 0


FAILURES = {
    "no such click": lambda w: lead(w, ids.uuid7()),
    "no click id at all": lambda w: lead(w, "not an id {x}"),
    "deferred with no lead before": lambda w: lead(w, ""),
    "nothing to go by": lambda w: sale(w),
    "only the name of a lead": lambda w: sale(w, lead_event_name="Sign up"),
    "a sale of no such click": lambda w: sale(w, click_id=ids.uuid7()),
}


@pytest.mark.parametrize("what", FAILURES)
def test_a_failure_burns_nothing(world: World, clicks: list[Click], what: str):
    with pytest.raises(Invalid) as refused:
        FAILURES[what](world)
    assert refused.value.message
    assert customers(world) == []
    assert conversions(world) == []
    assert lead(world, clicks[0].id).customer.external_id == "joe"


def test_a_failed_sale_changes_no_customer(world: World, clicks: list[Click]):
    before = lead(world, clicks[0].id).customer
    with pytest.raises(Invalid):
        sale(world, CustomerWish("joe", "Joseph"), click_id=ids.uuid7())
    assert customers(world) == [before]


def test_a_customer_is_upserted(world: World, clicks: list[Click]):
    full = CustomerWish("joe", "Joe", "joe@example.com", "https://example.com/a.png", "123")
    first = lead(world, clicks[0].id, who=full).customer
    assert (first.email, first.avatar, first.phone) == ("joe@example.com", "https://example.com/a.png", "123")
    kept = sale(world, CustomerWish("joe", "Joseph")).customer
    assert (kept.id, kept.name, kept.email, kept.created_at) == (
        first.id,
        "Joseph",
        first.email,
        first.created_at,
    )
    cleared = sale(world, CustomerWish("joe", "Joe", None, UNSET, "456")).customer
    assert (cleared.email, cleared.avatar, cleared.phone) == (None, first.avatar, "456")
    assert customers(world) == [cleared]


def test_strangers_share_nothing(world: World, clicks: list[Click]):
    stranger = world.stranger()
    with pytest.raises(Invalid):
        lead(stranger, clicks[0].id)
    with pytest.raises(Invalid):
        sale(stranger, click_id=clicks[0].id)
    mine = lead(world, clicks[0].id)
    theirs = lead(stranger, stranger.click(stranger.link()).id, who=CustomerWish("joe", "Their Joe"))
    assert mine.customer.id != theirs.customer.id
    assert customers(world) == [mine.customer]
    assert customers(stranger, id=mine.customer.id) == []
    assert world.db.read_now(attribution.customer_history, stranger.by, mine.customer.id) == []
    assert world.db.read_now(attribution.recent_conversions, stranger.by, clicks[0].link_id) == []
    assert conversions(stranger) == [theirs]


def test_pages_of_customers(world: World, clicks: list[Click]):
    made = [lead(world, clicks[0].id, who=CustomerWish(f"c{i}", f"Name {i}")).customer for i in range(4)]
    assert customers(world) == made[::-1]
    assert customers(world, ascending=True, take=2, skip=1) == made[1:3]
    assert customers(world, external_id="c1", id=made[3].id) == [made[3], made[1]]
    assert customers(world, external_id="nobody") == []
    assert customers(world, search="NAME 2") == [made[2]]
    assert world.db.read_now(attribution.count_customers, world.by, CustomerQuery(search="name")) == 4


def test_the_history_of_a_customer_newest_first_deleted_links_too(world: World, clicks: list[Click]):
    first, second = lead(world, clicks[0].id), sale(world, click_id=clicks[1].id)
    world.db.write_now(links.drop, world.by, [clicks[0].link_id])
    found = world.db.read_now(attribution.customer_history, world.by, first.customer.id)
    assert [each.id for each in found] == [second.id, first.id]
    assert found[1].link.id == clicks[0].link_id
    assert lead(world, "").click_id == clicks[0].id


def once(w: Write, world: World, key: str, new: NewSale, digest: str = "d") -> str:
    """What an API does under an idempotency key."""
    answer = attribution.remembered(w, world.by, "sale", key, digest)
    if answer is None:
        answer = attribution.track_sale(w, world.by, new).id
        attribution.remember(w, world.by, "sale", key, answer)
    return answer


def test_the_same_key_gives_the_same_answer(world: World, clicks: list[Click], later):
    new = NewSale(JOE, 100, click_id=clicks[0].id)
    first = world.db.write_now(once, world, "k", new)
    assert world.db.write_now(once, world, "k", new) == first
    assert world.db.write_now(once, world, "other", new) != first
    with pytest.raises(Taken) as taken:
        world.db.write_now(once, world, "k", new, "another request")
    assert taken.value.field == "Idempotency-Key"
    stranger = world.stranger()
    theirs = NewSale(JOE, 100, click_id=stranger.click(stranger.link()).id)
    assert stranger.db.write_now(once, stranger, "k", theirs) != first
    later(29 * clock.DAY)
    world.db.write_now(attribution.tidy)
    assert world.db.write_now(once, world, "k", new) == first
    later(2 * clock.DAY)
    world.db.write_now(attribution.tidy)
    assert world.db.write_now(once, world, "k", new) != first


def test_a_failure_does_not_burn_the_key(world: World, clicks: list[Click]):
    with pytest.raises(Invalid):
        world.db.write_now(once, world, "k", NewSale(JOE, 100, click_id=ids.uuid7()), "wrong")
    assert world.db.write_now(once, world, "k", NewSale(JOE, 100, click_id=clicks[0].id), "right")


def test_retries_at_the_same_time_make_one_sale(world: World, clicks: list[Click]):
    new, gate = NewSale(JOE, 100, click_id=clicks[0].id), threading.Barrier(6)
    answers: list[str] = []

    def run() -> None:
        gate.wait()
        answers.append(world.db.write_now(once, world, "k", new))

    threads = [threading.Thread(target=run) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(answers) == 6
    assert [each.id for each in conversions(world)] == [answers[0]] == list(set(answers))


def test_a_customer_that_many_requests_make_at_once_is_one(world: World, clicks: list[Click]):
    gate = threading.Barrier(5)

    def run() -> None:
        gate.wait()
        sale(world, click_id=clicks[0].id)

    threads = [threading.Thread(target=run) for _ in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(customers(world)) == 1
    assert len(conversions(world)) == 5


def test_old_visits_are_forgotten_without_a_change_in_what_is_said(world: World, later):
    link = world.link()
    assert world.click(link, visitor_id="visitor-1").first
    world.db.write_now(attribution.tidy)
    assert not world.click(link, visitor_id="visitor-1").first
    later(3 * clock.HOUR)
    world.db.write_now(attribution.tidy)
    assert world.click(link, visitor_id="visitor-1").first
