"""What follows from sales through a creator's link in a collab."""

import pytest

from hyway.domain import attribution
from hyway.domain.creators import collabs, money
from tests.domain.creators.campaign_stage import stage as stage
from tests.make.campaigns import Stage
from tests.make.world import World


def sale(stage: Stage, link_id: str | None, amount: int, currency: str = "usd") -> None:
    world = World(stage.db, stage.by, None)  # type: ignore[arg-type]
    click = world.click(stage.link(link_id))
    new = attribution.NewSale(
        attribution.CustomerWish("c1", "A customer"), amount, currency, click_id=click.id
    )
    stage.db.write_now(attribution.track_sale, stage.by, new)


@pytest.mark.parametrize(
    ("sale_share", "sales", "shared"),
    [
        (1_500, [(1_000, "usd"), (333, "usd")], 150 + 49),
        (1_500, [(1_000, "eur")], 0),
        (0, [(1_000, "usd")], 0),
        (10_000, [(4_000, "usd"), (4_000, "usd")], 5_000),  # all that the budget has
    ],
)
def test_a_share_of_sales_in_a_collab(
    stage: Stage, sale_share: int, sales: list[tuple[int, str]], shared: int
) -> None:
    fields = {"name": "Gloss", "website": "https://e.com/x", "brief": "<p>Hi</p>", "sale_share": sale_share}
    of = stage.db.write_now(collabs.create, stage.by, fields)
    stage.db.write_now(money.fund, stage.by, "collab", of.seq, "usd", 5_000)
    stage.db.write_now(collabs.submit, stage.by, of.seq)
    asked = stage.db.write_now(collabs.work.apply, stage.creator("Kim"), of.seq)
    taken = stage.db.write_now(collabs.work.accept, stage.by, asked.seq)
    for amount, currency in sales:
        sale(stage, taken.link_id, amount, currency)
    found = stage.db.read_now(collabs.work.of_submission, taken.seq)
    assert found is not None
    assert found.share_amount == shared
    assert stage.db.read_now(collabs.find, stage.by, of.seq).used_amount == shared
