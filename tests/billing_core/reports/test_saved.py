"""How a report that was built is saved, changed and removed."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from billing_core.kernel.errors import BillingError
from billing_core.reports.saved import ReportRemoved, ReportSaved, SavedReport, apply_saved, remove, save
from billing_core.reports.trees import Condition, Figure, Group, ReportTree, require_tree

ON = date(2026, 6, 11)
TREE = ReportTree(view="income", columns=("amount", "currency"))


def saved(**words: Any) -> ReportSaved:
    usual = {"report": "own-cash", "title": "Cash", "subject": "money", "question": "How much?", "tree": TREE}
    return ReportSaved(**{"effective_on": ON, "maker": "eva", **usual, **words})


def known(**words: Any) -> SavedReport | None:
    return apply_saved(None, saved(**words))


def test_a_report_is_saved_changed_and_keeps_its_maker():
    assert save(None, saved()) == [saved()]
    assert save(known(), saved(maker="petr")) == []
    assert save(known(), saved(title="Cash desk", maker="petr")) == [saved(title="Cash desk")]


def test_a_private_report_of_somebody_else_is_not_replaced():
    with pytest.raises(BillingError, match="is the name of another report"):
        save(known(is_private=True), saved(maker="petr"))

    assert save(known(is_private=True), saved(title="Mine")) == [saved(title="Mine")]


def test_a_removed_report_may_be_saved_by_anybody():
    removed = ReportRemoved(effective_on=ON, report="own-cash", reason="nobody asks it")
    state = apply_saved(known(is_private=True), *remove(known(is_private=True), removed))

    assert save(state, saved(maker="petr")) == [saved(maker="petr")]
    with pytest.raises(BillingError, match="no such saved report"):
        remove(state, removed)


@pytest.mark.parametrize(
    "name", ["cash", "own-", "own", "own-Cash", "own--cash", "own-cash ", "own-a/b", "own-" + "a" * 60]
)
def test_a_name_begins_with_own_and_has_letters_and_digits(name: str):
    with pytest.raises(BillingError, match="must be `own-`"):
        save(None, saved(report=name))


COUNT = (Figure(kind="count"),)


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        (ReportTree(view="v"), "choose columns"),
        (ReportTree(view="v", groups=(Group(column="a"),)), "choose columns, or at least one figure"),
        (ReportTree(view="v", columns=("a",), figures=COUNT), "either columns, or groups and figures"),
        (ReportTree(view="v", columns=("a", "a")), "is named twice"),
        (ReportTree(view="v", groups=(Group(column="a"), Group(column="a")), figures=COUNT), "is named twice"),
        (ReportTree(view="v", figures=COUNT * 2), "is named twice"),
        (ReportTree(view="v", figures=COUNT, most=0), "must be 1 to 10,000 rows"),
        (ReportTree(view="v", figures=COUNT, most=10_001), "must be 1 to 10,000 rows"),
        (ReportTree(view="v", columns=tuple("abcdefghijklmnopqrstuvwxyz" + "ABCDEFGHIJKLMNO")), "at most 40 columns"),
    ],
)
def test_a_tree_that_no_view_can_answer_is_refused(tree: ReportTree, reason: str):
    with pytest.raises(BillingError, match=reason):
        require_tree(tree)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({}, "needs one value"),
        ({"values": ("x", "y")}, "needs one value"),
        ({"values": ("",)}, "compared by `empty`"),
        ({"values": ("a\x00b",)}, "control characters"),
        ({"values": ("a\nb",)}, "line breaks"),
        ({"comparison": "empty", "values": ("x",)}, "needs no value"),
        ({"comparison": "one of", "values": ("x",) * 101}, "at most 100 values"),
        ({"comparison": "one of", "asked": "x"}, "asked for as one value"),
        ({"values": ("x",), "asked": "x"}, "asked for as one value"),
        ({"asked": "today"}, "must be 1 to 30"),
        ({"asked": "x; DROP"}, "must be 1 to 30"),
        ({"asked": "fixed_a"}, "begins with"),
    ],
)
def test_a_condition_has_what_its_comparison_needs(words: dict[str, Any], reason: str):
    tree = msgspec.structs.replace(TREE, conditions=(Condition(column="kind", **words),))
    with pytest.raises(BillingError, match=reason):
        require_tree(tree)
