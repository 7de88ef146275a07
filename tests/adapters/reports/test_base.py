"""Growth, churn, cohorts and life times of a small base, worked out by hand, and what becomes of them later."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from commands.corrections.account import CorrectAccount, Correction
from commands.services import (
    CancelChange,
    ChangeTariff,
    ResumeSubscription,
    SuspendSubscription,
    TerminateSubscription,
)
from tests.adapters.reports.asked import answer, only
from tests.adapters.reports.base_books import make_base
from tests.operators import Operator

TODAY = date(2026, 4, 10)
SPRING = {"from": "2026-01-01", "to": "2026-05-01"}
JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))


@pytest.fixture
def base(operator: Operator) -> Operator:
    """Four services: one stays, one ends after 59 days, one on the last day of February, one changes its tariff.

    A0001   10 January to ever                 A0002   20 January to 20 March, because of a move
    A0003   31 January to 28 February          A0004   5 February on; from 1 March on `fast`, 10 to 15 March suspended
    """
    operator.publish("fast", "30.00")
    begins = {
        "A0001": date(2026, 1, 10), "A0002": date(2026, 1, 20), "A0003": date(2026, 1, 31), "A0004": date(2026, 2, 5)
    }  # fmt: skip
    for account, since in begins.items():
        operator.subscriber(account, since=since)
    end(operator, "A0003", date(2026, 2, 28), "too dear")
    end(operator, "A0002", date(2026, 3, 20), "moving")
    of_fourth: dict[str, Any] = {"account": "A0004", "subscription": "main"}
    operator.tell(ChangeTariff(**of_fourth, tariff="fast", on=MARCH), today=MARCH, actor="berta")
    for command, on in (
        (SuspendSubscription(**of_fourth, reason="operator", on=date(2026, 3, 10)), date(2026, 3, 10)),
        (ResumeSubscription(**of_fourth, on=date(2026, 3, 15)), date(2026, 3, 15)),
    ):
        operator.tell(command, today=on)
    return operator


def end(operator: Operator, account: str, on: date, reason: str) -> None:
    operator.tell(TerminateSubscription(account=account, subscription="main", on=on, reason=reason), today=on)


def test_the_base_grows_and_shrinks_month_by_month(base: Operator):
    rows = answer(base, "net-growth", TODAY, SPRING)

    assert only(rows, "month", "new", "ended", "growth", "services") == [
        (JANUARY, 3, 0, 3, 3), (FEBRUARY, 1, 1, 0, 3), (MARCH, 0, 1, -1, 2), (APRIL, 0, 0, 0, 2),
    ]  # fmt: skip
    on_last_days = answer(base, "services-by-month", TODAY, SPRING)
    assert only(on_last_days, "month", "services") == only(rows, "month", "services")


def test_churn_is_what_ended_of_what_was_there_as_the_month_began(base: Operator):
    third = Decimal("0.3333")

    rows = answer(base, "churn-by-month", TODAY, SPRING)

    assert only(rows, "month", "at_begin", "ended", "rate", "new") == [
        (JANUARY, 0, 0, None, 3), (FEBRUARY, 3, 1, third, 1), (MARCH, 3, 1, third, 0), (APRIL, 2, 0, 0, 0),
    ]  # fmt: skip
    assert only(answer(base, "churn-by-reason", TODAY, SPRING), "reason", "services", "days") == [
        ("moving", 1, 59), ("too dear", 1, 28)
    ]  # fmt: skip


def test_a_cohort_loses_those_who_have_ended_by_the_same_day_months_later(base: Operator):
    rows = answer(base, "cohorts", TODAY, SPRING)

    # Of 31 January one month has passed on 28 February, the first day without the service.
    assert only(rows, "cohort", "months", "services", "left_over", "share") == [
        (JANUARY, 0, 3, 3, 1), (JANUARY, 1, 3, 2, Decimal("0.6667")), (JANUARY, 2, 3, 1, Decimal("0.3333")),
        (FEBRUARY, 0, 1, 1, 1), (FEBRUARY, 1, 1, 1, 1),
    ]  # fmt: skip


def test_life_times_are_counted_in_days_of_service(base: Operator):
    (row,) = answer(base, "service-lifetimes", TODAY, SPRING)

    assert (row["services"], row["average_days"], row["median_days"]) == (2, Decimal("43.5"), Decimal("43.5"))
    assert (row["shortest_days"], row["longest_days"]) == (28, 59)


def test_a_day_in_the_past_has_the_tariffs_and_states_of_that_day(base: Operator):
    tariffs = answer(base, "services-by-tariff", TODAY, {"on": "2026-03-05"})
    suspended = answer(base, "suspended-by-reason-and-age", TODAY, {"on": "2026-03-12"})

    assert only(tariffs, "tariff", "services") == [("net", 2), ("fast", 1)]
    assert only(suspended, "reason", "age", "services") == [("operator", "0 to 7", 1)]
    assert answer(base, "suspended-by-reason-and-age", TODAY, {"on": "2026-03-15"}) == []


def test_a_change_of_tariff_is_named_with_who_recorded_it(base: Operator):
    (row,) = answer(base, "changed-tariffs", TODAY, SPRING)

    assert (row["account"], row["tariff_before"], row["tariff_after"]) == ("A0004", "net", "fast")
    assert row["operator"] == "berta"
    assert only(answer(base, "tariff-balance", TODAY, SPRING), "tariff", "new", "came", "left_it", "ended") == [
        ("fast", 0, 1, 0, 0), ("net", 4, 0, 1, 2)
    ]  # fmt: skip


def test_an_end_that_is_cancelled_was_never_churn(base: Operator):
    base.tell(
        CancelChange(account="A0002", subscription="main", kind="terminate", on=date(2026, 3, 20), reason="stays"),
        today=TODAY,
    )

    churn = answer(base, "churn-by-month", TODAY, SPRING)
    cohorts = answer(base, "cohorts", TODAY, SPRING)

    assert only(churn, "month", "ended")[2] == (MARCH, 0)
    assert only(cohorts, "cohort", "months", "left_over")[2] == (JANUARY, 2, 2)
    assert base.findings() == []


def test_a_corrected_past_stands_in_the_months_in_which_it_was(base: Operator):
    correct(base, "A0001", Correction(subscription="main", activated_on=date(2026, 2, 15)))
    correct(base, "A0004", Correction(subscription="main", from_on=date(2026, 2, 10), to_on=date(2026, 2, 20),
                                      tariff="fast"))  # fmt: skip

    growth = answer(base, "net-growth", TODAY, SPRING)
    changed = answer(base, "changed-tariffs", TODAY, SPRING)

    assert only(growth, "month", "new")[:2] == [(JANUARY, 2), (FEBRUARY, 2)]
    assert only(changed, "changed_on", "tariff_before", "tariff_after") == [
        (MARCH, "net", "fast"), (date(2026, 2, 20), "fast", "net"), (date(2026, 2, 10), "net", "fast")
    ]  # fmt: skip
    assert base.findings() == []


def test_connections_are_counted_by_place_product_speed_and_kind_for_the_regulator(operator: Operator):
    """A0005 is on hold, A0003 suspended, A0006 has ended; A0002 has two, one of which was moved to it."""
    make_base(operator)

    rows = answer(operator, "connections-for-regulator", TODAY, {"on": "2026-04-10"})

    assert only(rows, "city", "district", "product", "speed", "kind", "connections", "active", "customers") == [
        ("-", "-", "-", "-", "person", 1, 1, 1),
        ("Ogre", "Ogre centre", "-", "-", "person", 1, 0, 1),
        ("Ogre", "Ogre centre", "internet", "100 Mbit/s", "person", 2, 2, 1),
        ("Riga", "Riga centre", "-", "-", "company", 1, 1, 1),
        ("Riga", "Riga centre", "-", "-", "person", 2, 1, 2),
    ]
    before = answer(operator, "connections-for-regulator", TODAY, {"on": "2026-02-10", "product": "internet"})
    assert before == [], "nothing was fast then"


def correct(operator: Operator, account: str, correction: Correction) -> None:
    operator.tell(CorrectAccount(account=account, corrections=(correction,), reason="late paper"), today=TODAY)
