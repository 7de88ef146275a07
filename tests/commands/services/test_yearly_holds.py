"""Holds that repeat every year by themselves, and holds on the conditions of the tariff, with a price per day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.catalogue.components import Recurring
from billing_core.catalogue.hold_terms import HoldTerms
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Tariff
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.spans import ONE_DAY
from billing_core.services.terms import in_force_on
from billing_core.services.yearly_holds import YearlyHoldEnded, YearlyHoldMade, YearlyHoldSkipped
from billing_core.time.period_rules import PeriodRule
from commands.catalogue import PublishTariff
from commands.services.status import HoldSubscription, TerminateSubscription
from commands.services.yearly_holds import EndYearlyHold, PlanYearlyHold
from tests.operators import Operator, bank_row, eur

A = "A0001"
FIRST = date(2026, 1, 1)
OCTOBER, APRIL = date(2026, 10, 1), date(2027, 4, 1)


def publish(operator: Operator, terms: HoldTerms) -> None:
    """30.00 a month, and 0.10 a day on hold, without VAT."""
    listed = {price: (Price(amount=Decimal(price), valid_from=date(2020, 1, 1)),) for price in ("30.00", "0.10")}
    fees = (
        Recurring(code="fee", name="Fee", vat_rate=Decimal(0), prices=listed["30.00"]),
        Recurring(code="pause", name="Pause", vat_rate=Decimal(0), prices=listed["0.10"], while_held=True,
                  period=PeriodRule(unit="day", charged_in="arrears")),
    )  # fmt: skip
    tariff = Tariff(code="cottage", name="Cottage", currency="EUR", components=fees, hold=terms)
    operator.tell(PublishTariff(tariff=tariff), today=date(2020, 1, 1))
    operator.subscriber(A, since=FIRST, tariff="cottage")


@pytest.fixture
def cottage(operator: Operator) -> Operator:
    publish(operator, HoldTerms(least_days=30, most_days=200, yearly=True, notice_days=14))
    return operator


def let_happen(operator: Operator, on: date) -> None:
    operator.let_happen(on)


def status(operator: Operator, on: date) -> str:
    return in_force_on(operator.account(A).subscriptions["main"], on).status


def plan(operator: Operator, today: date = date(2026, 9, 1), to_day: str = "03-31") -> None:
    season = PlanYearlyHold(account=A, subscription="main", from_day="10-01", to_day=to_day)
    operator.tell(season, today=today)


def ends(operator: Operator) -> list[object]:
    kinds = YearlyHoldMade | YearlyHoldSkipped | YearlyHoldEnded
    return [fact for fact in operator.facts(f"account/{A}") if isinstance(fact, kinds)]


def test_the_summer_house_is_on_hold_every_winter_by_itself(cottage: Operator):
    cottage.take_in([bank_row(1, "900.00", A, received_on=date(2026, 9, 1))], today=date(2026, 9, 1))
    plan(cottage)
    let_happen(cottage, date(2026, 9, 30))
    assert status(cottage, OCTOBER) == "active"

    let_happen(cottage, OCTOBER)
    let_happen(cottage, OCTOBER)

    assert [status(cottage, on) for on in (OCTOBER, APRIL - ONE_DAY, APRIL)] == ["held", "held", "active"]
    let_happen(cottage, date(2027, 10, 2))  # A day late: it is from the first day of the season all the same.
    assert [status(cottage, on) for on in (date(2027, 9, 30), date(2027, 10, 1), date(2028, 4, 1))] == [
        "active", "held", "active",
    ]  # fmt: skip
    assert [fact.next_on for fact in ends(cottage) if isinstance(fact, YearlyHoldMade)] == [
        date(2027, 10, 1), date(2028, 10, 1),
    ]  # fmt: skip
    assert cottage.findings() == []


def test_the_season_is_skipped_with_a_debt_and_the_next_one_is_not(cottage: Operator):
    cottage.bill(date(2026, 9, 2))
    plan(cottage)

    let_happen(cottage, OCTOBER)

    (skipped,) = ends(cottage)
    assert isinstance(skipped, YearlyHoldSkipped)
    assert (skipped.next_on, "is overdue" in skipped.reason) == (date(2027, 10, 1), True)
    assert status(cottage, OCTOBER) == "active"


def test_a_season_that_was_ended_makes_no_hold_and_one_of_a_service_that_ended_ends(cottage: Operator):
    plan(cottage)
    cottage.tell(EndYearlyHold(account=A, subscription="main"), today=date(2026, 9, 2))
    let_happen(cottage, OCTOBER)
    assert status(cottage, OCTOBER) == "active"
    plan(cottage, today=date(2026, 10, 2))
    terminated = TerminateSubscription(account=A, subscription="main", reason="sold", on=date(2027, 2, 1))
    cottage.tell(terminated, today=date(2026, 10, 3))

    let_happen(cottage, date(2027, 10, 1))

    assert [type(fact) for fact in ends(cottage)] == [YearlyHoldEnded, YearlyHoldEnded]


@pytest.mark.parametrize(
    ("to_day", "why"),
    [("10-10", "asks for at least 30"), ("06-01", "allows at most 200 at once")],
)
def test_a_season_is_as_long_as_a_hold_may_be(cottage: Operator, to_day: str, why: str):
    with pytest.raises(RuleViolation, match=why):
        plan(cottage, to_day=to_day)


def test_only_some_tariffs_repeat_a_hold(operator: Operator):
    publish(operator, HoldTerms())
    with pytest.raises(RuleViolation, match="not repeated every year"):
        plan(operator)


def held(operator: Operator, on: date, today: date, waive_conditions: bool = False) -> None:
    command = HoldSubscription(
        account=A, subscription="main", on=on, until=date(2026, 12, 1), waive_conditions=waive_conditions
    )
    operator.tell(command, today=today)


def test_a_hold_needs_notice_and_no_debt_unless_a_clerk_waives_them(cottage: Operator):
    with pytest.raises(RuleViolation, match="needs 14 days' notice; the first day is 2026-09-15"):
        held(cottage, date(2026, 9, 14), date(2026, 9, 1))
    cottage.bill(date(2026, 9, 2))
    cottage.bill(date(2026, 10, 2))
    with pytest.raises(RuleViolation, match="is overdue; it is to be paid"):
        held(cottage, date(2026, 11, 1), date(2026, 10, 1))
    held(cottage, date(2026, 10, 1), date(2026, 10, 1), waive_conditions=True)
    assert status(cottage, OCTOBER) == "held"


def test_who_paid_may_hold(cottage: Operator):
    cottage.bill(date(2026, 1, 2))
    cottage.take_in([bank_row(1, "30.00", A, received_on=date(2026, 1, 20))], today=date(2026, 1, 20))
    held(cottage, date(2026, 9, 15), date(2026, 9, 1))
    assert status(cottage, date(2026, 9, 15)) == "held"


def test_a_fee_while_held_is_charged_for_the_days_on_hold_only(cottage: Operator):
    cottage.bill(date(2026, 1, 2))
    command = HoldSubscription(
        account=A, subscription="main", on=date(2026, 2, 1), until=date(2026, 3, 6), waive_conditions=True
    )
    cottage.tell(command, today=date(2026, 1, 2))

    cottage.bill(date(2026, 3, 8), today=date(2026, 3, 7))

    rows = cottage.select("SELECT component, sum(amount) FROM live.charges WHERE account = %s GROUP BY 1 ORDER BY 1", A)
    # February is not charged, and 26 of 31 days of March: 25.16; 33 days on hold at 0.10.
    assert rows == [("fee", Decimal("55.16")), ("pause", Decimal("3.30"))]
    assert cottage.account(A).ledger.balance == eur("-58.46")
