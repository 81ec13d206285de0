"""Every refusal that Hoko may voice has its Arabic, with the same facts."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hyway.apis.hoko import arabic
from hyway.apis.hoko.style import voice
from hyway.domain.billing import FEATURES
from hyway.kernel.faults import Invalid, Missing, Refused, Spent, Unknown

SOURCE = Path(__file__).parents[3] / "src" / "hyway"
# Where Hoko's requests lead. `identity.service` is the console's and the command's.
REACHED = ["kernel", "domain/links", "domain/attribution", "domain/billing", "apis/kit", "apis/hoko"]
# The edge draws QR codes, and says in its own voice what it cannot draw; who pays is asked by another family.
ELSEWHERE = {
    "domain/billing/accounts.py",
    "domain/billing/cards.py",
    "domain/billing/invoices.py",
    "domain/billing/owners.py",
    "domain/billing/paying.py",
    "domain/billing/price_list.py",
    "domain/billing/promos.py",
    "domain/billing/rules.py",
    "domain/billing/subscriptions.py",
    "domain/billing/usage.py",
    "domain/links/domain_rules.py",
    "domain/links/domains.py",
    "domain/links/kept_qr.py",
    "domain/links/qr.py",
    "domain/links/short_codes.py",
    "domain/links/tagging.py",
}
FIRST = {"Unknown", "Refused", "Missing", "Spent", "Gone"}
SECOND = {"Invalid", "Taken"}
BRACE = re.compile(r"\{(\w+)\}")


def raised() -> Iterator[tuple[str, ast.expr]]:
    """Where a Fault is made, and its template as it stands there."""
    paths = [path for folder in REACHED for path in sorted((SOURCE / folder).rglob("*.py"))]
    paths.append(SOURCE / "domain/identity/rules.py")
    for path in paths:
        short = str(path.relative_to(SOURCE))
        if short in ELSEWHERE or short == "kernel/faults.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
                continue
            if node.func.id in FIRST:
                yield f"{short}:{node.lineno}", node.args[0]
            if node.func.id in SECOND:
                yield f"{short}:{node.lineno}", node.args[1]


# Said of passwords, names and scopes of the console; Hoko has no operation that leads there.
NOT_HOKOS = {"knows no scope {scope}", "must be in the future"}


def test_every_template_is_a_literal_and_has_its_arabic() -> None:
    found = list(raised())
    assert len(found) > 50
    unclear = [place for place, template in found if not isinstance(template, ast.Constant)]
    assert not unclear, f"a template must be a literal where it is raised: {unclear}"
    templates = {template.value: place for place, template in found if isinstance(template, ast.Constant)}
    missing = {place: text for text, place in templates.items() if text not in arabic.TEXTS}
    assert not {k: v for k, v in missing.items() if v not in NOT_HOKOS}


def test_no_arabic_is_left_over() -> None:
    templates = {template.value for _, template in raised() if isinstance(template, ast.Constant)}
    # Said by the kit: of accidents, and of paths that are not there.
    assert set(arabic.TEXTS) - templates == {"Internal server error", "Not found"}


@pytest.mark.parametrize("english", arabic.TEXTS)
def test_arabic_has_the_same_facts(english: str) -> None:
    assert set(BRACE.findall(english)) == set(BRACE.findall(arabic.TEXTS[english]))
    assert re.search(r"[\u0621-\u064a]", arabic.TEXTS[english])


def test_words_of_ours_are_translated() -> None:
    assert set(arabic.WORDS["feature"]) == FEATURES
    said = voice(Refused("your plan does not include {feature}", feature="link cloaking")).body.decode()
    assert "إخفاء الروابط" in said
    assert "Your plan does not include link cloaking" in said
    # A value of the sender's own stays as it is, even where it is a word of ours.
    said = arabic.text("{value} is taken by another link", {"value": "link"})
    assert "link" in said


@pytest.mark.parametrize(
    ("fault", "status", "en"),
    [
        (Invalid("url", "must be an http or https URL", at=3), 400, "[3].url must be an http or https URL"),
        (Invalid("take", "must be a whole number"), 400, "take must be a whole number"),
        (Invalid("", "must be a UUID", at=0), 400, "[0] must be a UUID"),
        (Missing("there is none"), 400, "There is none"),
        (Unknown("Expired API key"), 401, "Expired API key"),
        (Spent("Rate limit exceeded", retry_after=7), 429, "Rate limit exceeded"),
    ],
)
def test_a_fault_has_one_voice(fault, status, en) -> None:
    import msgspec

    said = voice(fault)
    assert said.status == status
    assert msgspec.json.decode(said.body)["error"]["en"] == en
