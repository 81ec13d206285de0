"""What the operator does about money."""

from pathlib import Path

import pytest

from hyway import main
from hyway.domain import billing, identity
from hyway.domain.billing.payments import Issued
from hyway.kernel import clock
from hyway.kernel.clock import DAY
from hyway.kernel.faults import Invalid
from hyway.settings import Settings
from tests.make.running import hyway


def test_promo_codes_plans_invoices_and_tax(tmp_path: Path) -> None:
    settings = Settings.read({}, tmp_path / "data")
    main.prepare(settings)
    db = main.open_database(settings)
    made = db.write_now(identity.found_organization, "Acme")
    account = db.read_now(billing.accounts.of, made.seq)

    def says(*words: str) -> list[list[str]]:
        said = hyway(*words, data=settings.data)
        assert said.returncode == 0, said.stderr
        return [line.split("\t") for line in said.stdout.splitlines()]

    assert says("promo", "add", "half", "--percent", "50", "--cycles", "3") == []
    assert says("promo", "add", "TEN", "--amount", "10", "--until", "2020-01-01") == []
    assert says("promo", "list") == [
        ["TEN", "10.00 USD", "all", "2020-01-01", "over"],
        ["HALF", "50 %", "3", "-", "open"],
    ]
    for wrong in (("--percent", "101"), ("--percent", "x"), (), ("--percent", "1", "--amount", "1")):
        assert hyway("promo", "add", "WRONG", *wrong, data=settings.data).returncode == 1
    says("promo", "withdraw", "half")
    assert says("promo", "list")[1][-1] == "over"

    says("org", "plan", "Acme", "pro")
    says("account", "tax", "Acme", "19")
    assert says("account", "list") == [[account.id, "Acme", "", "pro", "Active", "Offline", "19"]]

    later = clock.now() + 40 * DAY
    first = db.write_now(billing.closing.close, account.seq, later)
    assert first is not None
    assert says("invoice", "list")[0][:3] == ["-", first.id, "Draft"]
    db.write_now(billing.invoices.draft, first.seq, later)
    db.write_now(billing.invoices.issued, first.seq, Issued(first.id))
    (line,) = says("invoice", "list", "--status", "Open")
    assert line[1:5] == [first.id, "Open", f"{first.total / 100:.2f}", "USD"]
    says("invoice", "paid", line[0])
    assert says("invoice", "list", "--status", "Paid")[0][0] == line[0]
    assert hyway("invoice", "void", line[0], data=settings.data).returncode == 1
    db.close()


def test_a_file_with_prices(tmp_path: Path) -> None:
    path = tmp_path / "plans.toml"
    path.write_text('currency = "CHF"\n[pro]\nbase = 12.5\n')
    terms = Settings.read({"HYWAY_PLANS": str(path)}).terms
    assert (billing.plans.currency(terms), billing.plans.prices(terms)["pro"].base) == ("CHF", 1_250)
    for wrong in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(Invalid) as refused:
            Settings.read({"HYWAY_PLANS": str(wrong)})
        assert refused.value.field == "HYWAY_PLANS"
