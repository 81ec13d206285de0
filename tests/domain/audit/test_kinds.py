"""Types of events: NOUN.VERB, for every action that the source announces."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from hyway.domain import audit
from hyway.domain.audit import kinds
from hyway.domain.creators.campaigns import records as campaigns
from hyway.domain.creators.collabs import records as collabs
from hyway.domain.creators.money import records as money
from hyway.domain.tracking import records as tracking

DOMAIN = Path(__file__).parents[3] / "src" / "hyway" / "domain"
ACTION, VERB = re.compile(r"[a-z_]+\.[a-z_]*[a-z]"), re.compile(r"[a-z_]+")
# How far something has come, which is told as it is: they are no deeds.
STATES = {
    "active", "draft", "payable", "paying", "overdue", "ready", "tracking", "awaiting_shipment", "in_production",
}  # fmt: skip
STATUSES = {
    "application": campaigns.ApplicationStatus,
    "submission": campaigns.SubmissionStatus,
    "collab_submission": collabs.Status,
    "earning": money.Stage,
    "tracking": tracking.Status,
}
"""What becomes of these is announced by the name of what they are then."""


@cache
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text()) for path in sorted(DOMAIN.rglob("*.py"))}


def functions() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path, tree in trees().items():
        yield from ((path, node) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def texts(node: ast.AST, form: re.Pattern[str]) -> set[str]:
    said = (
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    )
    return {each for each in said if form.fullmatch(each)}


def called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


@cache
def given_to() -> dict[tuple[str, str], set[str]]:
    """Every word that is handed to functions of a name anywhere in a context, but to a transaction itself."""
    words: dict[tuple[str, str], set[str]] = {}
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(getattr(node.func, "value", None), "id", "") != "w":
                mine = words.setdefault((path.relative_to(DOMAIN).parts[0], called(node)), set())
                for each in node.args:
                    mine |= texts(each, VERB) if isinstance(each, ast.Constant | ast.IfExp) else set()
    return words


@cache
def actions() -> frozenset[str]:
    """Every action that is written out, and every one that is put together of a noun and a word handed in."""
    found: set[str] = set()
    for path, function in functions():
        told = [node for node in ast.walk(function) if called(node) == "announce"]
        for node in told:
            found |= {word for each in node.args for word in texts(each, ACTION)}  # type: ignore[attr-defined]
        nouns = {noun for node in told for each in ast.walk(node) if (noun := begun(each))}
        words = given_to().get((path.relative_to(DOMAIN).parts[0], function.name), set())
        found |= {noun + word for noun in nouns for word in words}
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "action":
                found |= texts(node.value, ACTION)
    of_statuses = {f"{noun}.{word}" for noun, words in STATUSES.items() for word in get_args(words)}
    return frozenset(found | of_statuses)


def begun(node: ast.AST) -> str:
    """What an action begins with whose verb is handed in: `link.` of f"link.{verb}"."""
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        said = str(node.values[0].value)
        return said if "." in said else ""
    return ""


def test_the_search_for_actions_finds_them() -> None:
    assert len(actions()) > 150
    assert {
        "organization.created", "dotenv.pushed", "campaign.finished", "collab_submission.spark_code_expired",
        "address.changed", "member.left", "payout.retried", "social_account.verified", "earning.accrued",
    } <= actions()  # fmt: skip


def test_every_announced_action_has_a_type() -> None:
    odd = {each for each in actions() if not kinds.is_known(each) and each.split(".")[1] not in STATES}
    assert not odd, f"no imperative for {sorted(odd)}: put their verbs into hyway.domain.audit.kinds"
    assert all(re.fullmatch(r"[A-Z_]+\.[A-Z_]+", audit.type_of(each)) for each in actions())


def test_every_type_leads_back_to_its_actions() -> None:
    for each in actions():
        assert each in audit.actions_in([audit.type_of(each)], actions())
        assert each in audit.actions_in([audit.noun_of(each)], actions())
    assert audit.actions_in(["ORGANIZATION.UPDATE"], sorted(actions())) == [
        "organization.changed", "organization.renamed",
    ]  # fmt: skip
    assert audit.actions_in(["DATABASE", "organization."], actions()) == []


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("organization.created", "ORGANIZATION.CREATE"),
        ("dotenv.pushed", "DOTENV.PUSH"),
        ("dotenv.pulled", "DOTENV.PULL"),
        ("dotenv.denied", "DOTENV.DENY"),
        ("toggle.changed", "TOGGLE.UPDATE"),
        ("link.updated", "LINK.UPDATE"),
        ("organization.renamed", "ORGANIZATION.UPDATE"),
        ("webhook.removed", "WEBHOOK.DELETE"),
        ("member.role_changed", "MEMBER.ROLE_UPDATE"),
        ("person.signed_in", "PERSON.SIGN_IN"),
        ("tracking.user_deleted", "TRACKING_USER.DELETE"),
        ("tracking.actions_assigned", "TRACKING_ACTION.ASSIGN"),
        ("earning.payable", "EARNING.PAYABLE"),
        ("collab_submission.spark_code_expired", "COLLAB_SUBMISSION.SPARK_CODE_EXPIRE"),
    ],
)
def test_types(action: str, told: str) -> None:
    assert audit.type_of(action) == told
