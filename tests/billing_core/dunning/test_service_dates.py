"""Due on, warned from, cut at: with a policy and without one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from billing_core.dunning.ladder import Debtor, Ladder
from billing_core.dunning.policies import DaysFromDue, DunningPolicy, DunningStep, Suspend
from billing_core.dunning.service_dates import ServiceDates, Tolerance, service_dates
from billing_core.dunning.state import FOLDS, Dunning, Stop
from billing_core.kernel.money import Money
from billing_core.payments.ledger import OpenItem
from billing_core.time.due_dates import WITHOUT_HOLIDAYS

DUE_ON, TODAY = date(2026, 3, 31), date(2026, 4, 1)
POLICY = DunningPolicy(
    code="home", name="Households", currency="EUR",
    steps=(
        DunningStep(code="reminder", when=DaysFromDue(days=7), message="overdue"),
        DunningStep(code="suspend", when=DaysFromDue(days=14), actions=(Suspend(),)),
    ),
)  # fmt: skip


def debtor(*stops: Stop, due_on: date = DUE_ON) -> Debtor:
    hundred = Money(Decimal("100.00"), "EUR")
    return Debtor({"1": OpenItem(due_on, hundred)}, Dunning(stops={"1": stops}), hundred)


def dates(policy: DunningPolicy | None, found: Debtor, tolerance: Tolerance, today: date = TODAY) -> ServiceDates:
    return service_dates(policy, found, tolerance, today, WITHOUT_HOLIDAYS)


def test_without_a_policy_a_service_is_cut_the_day_after_what_is_tolerated() -> None:
    assert dates(None, debtor(), Tolerance(20, 5)) == ServiceDates(DUE_ON, date(2026, 4, 16), date(2026, 4, 21))


def test_the_later_of_the_step_that_suspends_and_the_tolerance_cuts() -> None:
    assert dates(POLICY, debtor(), Tolerance(3)).cut_on == date(2026, 4, 14)
    assert dates(POLICY, debtor(), Tolerance(20)).cut_on == date(2026, 4, 21)


def test_a_policy_that_comes_late_keeps_the_days_between_its_steps() -> None:
    assert dates(POLICY, debtor(), Tolerance(0), date(2026, 5, 4)).cut_on == date(2026, 5, 11)


def test_the_day_on_which_the_step_was_taken_stays() -> None:
    found = debtor()
    for today in (date(2026, 4, 7), date(2026, 4, 15)):
        for fact in Ladder(POLICY, WITHOUT_HOLIDAYS).due_steps(found, today):
            FOLDS[type(fact)](found.dunning, fact)
    assert dates(POLICY, found, Tolerance(0), date(2026, 5, 4)).cut_on == date(2026, 4, 15)


def test_nothing_is_cut_for_what_does_not_count_or_by_a_policy_that_does_not_suspend() -> None:
    disputed = Stop(DUE_ON, None, "disputed", "wrong amount")
    assert dates(POLICY, debtor(disputed), Tolerance(0)) == ServiceDates()
    reminds_only = msgspec.structs.replace(POLICY, steps=POLICY.steps[:1])
    assert dates(reminds_only, debtor(), Tolerance(0)) == ServiceDates(DUE_ON)
