"""The books as they were, asked from the command line: what was shown then is shown again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.adapters.cli.conftest import Billing

QUESTIONS = (
    ("customers",), ("invoices",), ("invoices", "--state", "open"), ("suspensions", "--on", "2026-03-30"),
    ("account", "show", "1"), ("account", "show", "2"), ("invoice", "show", "1000000001"),
)  # fmt: skip


def answers(billing: Billing, *options: str) -> list[Any]:
    return [billing(*question, *options, "--json").json for question in QUESTIONS]


def newest(billing: Billing) -> tuple[str, int]:
    ((recorded_at, position),) = billing.select(
        "SELECT recorded_at, position FROM billing.events ORDER BY position DESC LIMIT 1"
    )
    return recorded_at.isoformat(), position


@pytest.fixture
def changed(billed: Billing) -> tuple[Billing, list[Any], str, int]:
    """What was shown before a payment and a correction arrived, and when that was."""
    shown = answers(billed)
    instant, position = newest(billed)
    row = "bank,P9,2026-02-05,48.00,EUR,1000000003,Anna Kalniņa"
    assert billed("payments", "import", billed.bank_file(row, name="late.csv")).code == 0
    charge = "main/fee/2026-01-01/2026-02-01/0"
    assert billed("do", "waive-charge", "account=2", f"charge={charge}", "reason=goodwill").code == 0
    return billed, shown, instant, position


@pytest.mark.parametrize("kind", ["--recorded", "--position"])
def test_what_was_shown_before_a_payment_and_a_correction_arrived_is_shown_again(changed: Any, kind: str):
    billing, shown, instant, position = changed
    moment = instant if kind == "--recorded" else str(position)

    built = billing("asof", "spring", kind, moment, "--json").json

    assert (built["name"], built["kind"], built["position"]) == ("spring", kind.removeprefix("--"), position)
    assert answers(billing, "--asof", "spring") == shown
    now = answers(billing)
    assert [old == new for old, new in zip(shown, now, strict=True)] == [False] * 6 + [True]


def test_a_payment_that_arrived_late_counts_from_the_day_it_came_in(changed: Any):
    billing, _, _, _ = changed
    for name, on in (("before", "2026-02-04"), ("after", "2026-02-05")):
        assert billing("asof", name, "--effective", on).code == 0

    balances = {
        name: billing("account", "show", "1", "--asof", name, "--json").json["balance"]["amount"]
        for name in ("before", "after")
    }
    assert balances == {"before": "-24.00", "after": "24.00"}
    listed = billing("customers", "--asof", "after", "--json").json["customers"]
    assert [(row["customer"]["number"], row["accounts"][0]["balance"]["amount"]) for row in listed] == [
        ("1", "24.00"), ("2", "-72.00"),
    ]  # fmt: skip


def test_the_suspension_list_is_for_the_day_it_was_built_for_unless_said(changed: Any):
    billing, _, _, _ = changed
    assert billing("asof", "spring", "--effective", "2026-03-10").code == 0

    shown = billing("suspensions", "--asof", "spring", "--json").json

    assert shown["on"] == "2026-03-10"
    assert [(row["account"], row["overdue"]["amount"]) for row in shown["suspensions"]] == [
        ("2", "72.00"), ("3", "14.00")
    ]  # fmt: skip
    later = billing("suspensions", "--asof", "spring", "--on", "2026-01-23", "--json").json
    assert [row["overdue"]["amount"] for row in later["suspensions"]] == ["36.00"]


def test_an_answer_for_the_past_does_not_touch_the_live_read_models(changed: Any):
    billing, _, _, position = changed
    assert billing("asof", "spring", "--position", str(position)).code == 0
    billing.execute("UPDATE billing.checkpoints SET version = 0 WHERE schema_name = 'live'")
    assert billing("invoices", "--asof", "spring").code == 0
    assert billing("invoices").code != 0


def test_they_are_listed_and_dropped(changed: Any):
    billing, _, instant, position = changed
    assert "No read models were built" in billing("asof", "list").output
    assert "Built by_n" in billing("asof", "build", "by_n", "--position", "7").output
    assert billing("asof", "by_instant", "--recorded", instant).code == 0

    listed = billing("asof", "list", "--json").json["asof"]
    assert [(each["name"], each["kind"], each["position"]) for each in listed] == [
        ("by_instant", "recorded", position), ("by_n", "position", 7)
    ]  # fmt: skip
    assert datetime.fromisoformat(listed[0]["value"]) == datetime.fromisoformat(instant)
    assert "position 7" in billing("asof", "list").output

    assert "Dropped by_n." in billing("asof", "drop", "by_n").output
    assert [each["name"] for each in billing("asof", "list", "--json").json["asof"]] == ["by_instant"]
    assert billing.select("SELECT FROM pg_namespace WHERE nspname = 'asof_by_n'") == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_name_that_was_never_built_is_told(billed: Billing, question: tuple[str, ...]):
    ended = billed(*question, "--asof", "winter")
    assert ended.code == 1
    assert "'winter'" in ended.complaint and "billing asof list" in ended.complaint


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("x",), 2, "name one moment"),
        (("x", "--position", "1", "--effective", "2026-01-01"), 2, "name one moment"),
        (("x", "--recorded", "2026-01-01"), 2, "not an instant"),
        (("x", "--recorded", "soon after lunch"), 2, "not an instant"),
        (("x", "--effective", "2026-02-30"), 2, "2026-02-30"),
        (("x", "--recorded", "2999-01-01T00:00"), 1, "lies in the future"),
        (("x", "--position", "999999"), 1, "the end of the log"),
        (("X-1", "--position", "1"), 1, "begin with a letter"),
        (("drop", "x"), 1, "no read models of this name"),
    ],
)
def test_what_cannot_be_built_or_dropped_is_told(opened: Billing, arguments: tuple[str, ...], code: int, told: str):
    ended = opened("asof", *arguments)
    assert ended.code == code
    assert told in ended.errors
