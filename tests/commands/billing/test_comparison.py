"""A previewed run against the last bills of its accounts, and a run that is confirmed as it was previewed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from commands.billing.comparison import BillComparison, ChangedBill, Comparison, compared
from commands.billing.previewed import OtherThanPreviewed, require_as_previewed
from commands.billing.run_ports import RunTotals
from commands.services import ChangeQuantity, TerminateSubscription
from tests.operators import Operator, eur, silent

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
UNTIL = date(2026, 2, 2)


def preview(operator: Operator) -> dict[str, Comparison]:
    operator.application.runner.catch_up()
    comparison = BillComparison(operator.application.models(), Decimal(20))
    with operator.application.billing_run(UNTIL) as run:
        totals = run.preview(UNTIL, FEBRUARY, silent, None, comparison.add)
    return comparison.compared(FEBRUARY, UNTIL, totals.parked)


def test_every_account_is_in_the_group_of_its_last_bill(operator: Operator):
    """24.00 each in January. In February one is as before, one has two units, one is new and one has ended."""
    operator.subscribers(3, since=JANUARY)
    operator.bill(date(2026, 1, 2), today=JANUARY)
    operator.tell(ChangeQuantity(account="A0002", subscription="main", quantity=Decimal(2), on=FEBRUARY), today=JANUARY)
    operator.tell(
        TerminateSubscription(account="A0003", subscription="main", on=FEBRUARY, reason="moved"), today=JANUARY
    )
    operator.subscriber("A0004", since=FEBRUARY)

    found = preview(operator)["EUR"]

    sums = {group: (each.accounts, each.before, each.now) for group, each in found.groups.items()}
    assert sums == {
        "same": (1, eur("24.00"), eur("24.00")),
        "much": (1, eur("24.00"), eur("48.00")),
        "new": (1, eur("0.00"), eur("24.00")),
        "gone": (1, eur("24.00"), eur("0.00")),
    }
    assert {(each.account, each.group) for each in found.most} == {
        ("A0002", "much"), ("A0004", "new"), ("A0003", "gone")
    }  # fmt: skip
    assert (found.every.accounts, found.every.before, found.every.now) == (4, eur("72.00"), eur("96.00"))


@pytest.mark.parametrize(
    ("now", "group"), [("100.00", "same"), ("120.00", "little"), ("120.01", "much"), ("80.00", "little"), ("0", "much")]
)
def test_a_change_is_little_up_to_the_limit(now: str, group: str):
    assert compared("7", eur("100.00"), eur(now), Decimal(20)) == ChangedBill("7", group, eur("100.00"), eur(now))  # type: ignore[arg-type]


def test_a_run_is_made_only_as_it_was_previewed():
    previewed = RunTotals(bills=2, invoices=2, invoiced={"EUR": eur("48.00")}, parked={"A3": "price-missing: x"})
    require_as_previewed(previewed, previewed)
    now = RunTotals(bills=2, invoices=2, invoiced={"EUR": eur("50.40")})
    with pytest.raises(OtherThanPreviewed, match=r"50\.40 EUR invoiced instead of 48\.00 EUR; other accounts .*: A3"):
        require_as_previewed(now, previewed)
