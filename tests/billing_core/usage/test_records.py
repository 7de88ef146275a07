"""Quantities that were used: what can be recorded, and what can be withdrawn."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.usage.records import UsageEntry, UsageWithdrawn, require_come, withdraw_usage, without_entry

RECORDED = [
    UsageEntry(date(2026, 4, 10), "data", Decimal(10)),
    UsageEntry(date(2026, 4, 10), "data", Decimal("2.5")),
    UsageEntry(date(2026, 4, 20), "data", Decimal(3)),
]


def withdrawn(
    quantity: str = "10", on: str = "2026-04-10", component: str = "data", reason: str = "metered twice"
) -> UsageWithdrawn:
    return UsageWithdrawn(
        effective_on=date.fromisoformat(on), subscription="S1", component=component, quantity=Decimal(quantity),
        reason=reason,
    )  # fmt: skip


def test_what_is_recorded_can_be_withdrawn():
    assert withdraw_usage(RECORDED, withdrawn("10.00")) == [withdrawn("10")]


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        (withdrawn("11"), "quantity '11': is not recorded of data on 2026-04-10; recorded on this day: 10, 2.5"),
        (
            withdrawn("10", "2026-04-11"),
            "quantity '10': is not recorded of data on 2026-04-11; "
            "the nearest days with usage are 2026-04-10, 2026-04-20",
        ),
        (
            withdrawn("10", component="voice"),
            "quantity '10': is not recorded of voice on 2026-04-10; usage is recorded of data",
        ),
    ],
)
def test_what_is_not_recorded_cannot_be_withdrawn(fact: UsageWithdrawn, told: str):
    with pytest.raises(RuleViolation) as refused:
        withdraw_usage(RECORDED, fact)
    assert str(refused.value) == told


def test_without_any_usage_nothing_can_be_withdrawn():
    with pytest.raises(RuleViolation, match="no usage of the subscription is recorded"):
        withdraw_usage([], withdrawn())


def test_a_withdrawal_says_why():
    with pytest.raises(InvalidValue, match="reason"):
        withdraw_usage(RECORDED, withdrawn(reason=" "))


@pytest.mark.parametrize(
    ("quantity", "left"),
    [
        ("10", ["2.5", "3"]),  # the entry of just this quantity
        ("2", ["10", "0.5", "3"]),  # a part of the least entry that holds it
        ("9", ["1", "2.5", "3"]),
        ("0", ["10", "2.5", "3"]),
    ],
)
def test_a_part_of_what_is_recorded_of_a_day_can_be_withdrawn(quantity: str, left: list[str]):
    (fact,) = withdraw_usage(RECORDED, withdrawn(quantity))
    usage = without_entry({"S1": RECORDED, "S2": RECORDED}, fact)

    assert [f"{entry.quantity:f}" for entry in usage["S1"]] == left
    assert usage["S2"] == RECORDED


def test_a_subscription_without_usage_has_no_entries():
    assert without_entry({"S1": RECORDED[2:]}, withdrawn("3", "2026-04-20")) == {}


@pytest.mark.parametrize("on", [date(2026, 1, 1), date(2026, 6, 1), date(2026, 6, 2)])
def test_usage_may_be_of_any_day_up_to_tomorrow(on: date):
    require_come(on, date(2026, 6, 1))


def test_usage_of_a_day_to_come_is_refused():
    with pytest.raises(InvalidValue, match="on '2026-06-03': is after today, 2026-06-01"):
        require_come(date(2026, 6, 3), date(2026, 6, 1))
