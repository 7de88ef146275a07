"""Months that are closed: frozen figures stand, and what changes later is shown with its amount."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest

from adapters.bootstrap.jobs import Work
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.works import compare_closed_months
from adapters.jobs.reports.closing import CloseMonth, MonthClosing, close_month, figures_now
from adapters.views.query import Reading, queries
from adapters.views.reports.closings import CompareClosedMonth, ComparedMonth, ListClosedMonths
from billing_core.kernel.errors import BillingError, NotFound, RuleViolation
from billing_core.kernel.money import Money
from commands.payments.account import ReceivePayment
from commands.platform.bus import Bus
from commands.platform.timed_work import Task
from commands.reports.closings import CloseReportMonth, ReopenReportMonth
from projections.reports.closings import ClosedMonthEntry
from tests.operators import Operator, silent

MAY = CloseMonth(seller="north", month="2026-05")
JUNE = date(2026, 6, 2)


@pytest.fixture
def paid(operator: Operator) -> Operator:
    """An account that paid 1,000.00 in cash in May."""
    operator.subscriber()
    pay(operator, "1", "1000.00", date(2026, 5, 7))
    return operator


def pay(operator: Operator, reference: str, amount: str, on: date, account: str = "A0001") -> None:
    command = ReceivePayment(
        account=account, amount=Money(Decimal(amount), "EUR"), source="desk", reference=reference, method="cash",
        received_on=on,
    )  # fmt: skip
    operator.tell(command, today=max(on, JUNE))


def work(operator: Operator, today: date = JUNE, *, again: bool = False, dry_run: bool = False) -> Work:
    origin = origin_of_process("eva", today)
    return Work(operator.application, origin, lambda *step: nullcontext(silent), origin.recorded_at,
                is_dry_run=dry_run, again=again)  # fmt: skip


def close(operator: Operator, **how: Any) -> MonthClosing:
    return close_month(MAY, work(operator, **how))


def compare(operator: Operator) -> ComparedMonth:
    return ask(operator, CompareClosedMonth(seller="north", month="2026-05"))


def listed(operator: Operator) -> list[ClosedMonthEntry]:
    return ask(operator, ListClosedMonths()).items


def ask(operator: Operator, query: Any) -> Any:
    app = operator.application
    app.runner.catch_up()
    return queries()[type(query)](query, Reading(app, app.queries, JUNE))


def changes(operator: Operator, report: str = "income-by-method") -> list[tuple[Any, ...]]:
    (found,) = [each for each in compare(operator).reports if each.report == report]
    return [(each.row, each.column, each.frozen, each.now, each.difference) for each in found.differences]


def income(closing: MonthClosing) -> str:
    """What came in by all ways of payment."""
    (found,) = [each for each in closing.reports if each.report == "income-by-method"]
    return found.totals["EUR"]["income"]


def test_a_payment_that_arrives_late_is_a_difference_and_the_frozen_figure_stands(paid: Operator):
    close(paid)
    assert compare(paid).agrees and not listed(paid)[0].differing

    pay(paid, "2", "20.00", date(2026, 5, 30))

    before, after = Decimal("1000.00"), Decimal("1020.00")
    assert changes(paid) == [
        ((), "payments", 1, 2, 1), ((), "came_in", before, after, 20), ((), "income", before, after, 20),
        (("cash", "EUR"), "payments", 1, 2, 1), (("cash", "EUR"), "came_in", before, after, 20),
        (("cash", "EUR"), "income", before, after, 20),
    ]  # fmt: skip
    assert not compare(paid).agrees


def test_every_night_the_closed_months_are_compared_and_what_has_changed_is_noted_once(paid: Operator):
    close(paid)
    assert night(paid) == "1 month compared"
    pay(paid, "2", "20.00", date(2026, 5, 30))

    assert night(paid) == "1 month compared; 2026-05 of north changed since"
    assert listed(paid)[0].differing >= 1
    noted = paid.facts("report-month/north/2026-05")
    night(paid)
    assert paid.facts("report-month/north/2026-05") == noted


def night(operator: Operator) -> str:
    return compare_closed_months(operator.application, Task(origin_of_process("worker", JUNE), silent))


def test_what_came_after_the_month_changes_nothing_in_it(paid: Operator):
    close(paid)

    pay(paid, "2", "20.00", date(2026, 6, 1))

    assert compare(paid).agrees


def test_bills_and_payments_of_the_next_month_leave_every_frozen_report_as_it_is(paid: Operator):
    paid.subscriber("A0002", since=date(2026, 4, 15))
    paid.bill_each_due_date(date(2026, 6, 1))
    close(paid)

    paid.bill_each_due_date(date(2026, 6, 3))
    owed = {"A0001": "24.00", "A0002": "36.80"}
    for account, amount in owed.items():
        pay(paid, f"june-{account}", amount, JUNE, account=account)

    assert [each.report for each in compare(paid).reports if each.differences] == []


def test_a_month_is_closed_on_the_first_day_of_the_next_one_and_not_before(paid: Operator):
    with pytest.raises(RuleViolation, match="has not ended: today is 2026-05-31"):
        close(paid, today=date(2026, 5, 31))

    assert income(close(paid, today=date(2026, 6, 1))) == "1000.00"


def test_a_closed_month_is_closed_again_only_after_it_was_opened_for_a_reason(paid: Operator):
    close(paid)
    pay(paid, "2", "20.00", date(2026, 5, 30))
    with pytest.raises(RuleViolation, match="is closed already; reopen it first"):
        close(paid)

    paid.tell(ReopenReportMonth(seller="north", month="2026-05", reason="a bank file was missing"), today=JUNE)
    assert listed(paid) == []
    with pytest.raises(NotFound, match="is not closed"):
        compare(paid)

    again = close(paid)
    assert income(again) == "1020.00"
    assert compare(paid).agrees


def test_of_two_who_close_at_once_one_is_refused_and_one_set_of_figures_stands(paid: Operator):
    barrier, refused = Barrier(2), list[BillingError]()

    def one() -> None:
        barrier.wait()
        try:
            close(paid)
        except BillingError as error:
            refused.append(error)

    threads = [Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [str(error) for error in refused] == ["month '2026-05': is closed already; reopen it first, with a reason"]
    assert len(paid.facts("report-month/north/2026-05")) == listed(paid)[0].reports


def test_a_job_that_was_cut_off_between_asking_and_recording_records_what_is_true_then(
    paid: Operator, monkeypatch: pytest.MonkeyPatch
):
    def cut_off(self: Bus, command: Any, origin: Any, seen: Any = None) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(Bus, "execute", cut_off)
        with pytest.raises(KeyboardInterrupt):
            close(paid)
    assert listed(paid) == []
    pay(paid, "2", "20.00", date(2026, 5, 30))

    closing = close(paid, again=True)

    assert income(closing) == "1020.00"
    assert compare(paid).agrees


def test_a_job_that_was_cut_off_after_recording_ends_with_what_is_recorded(paid: Operator):
    first = close(paid)
    pay(paid, "2", "20.00", date(2026, 5, 30))

    assert close(paid, again=True) == first


def test_a_dry_run_shows_the_figures_and_freezes_nothing(paid: Operator):
    assert income(close(paid, dry_run=True)) == "1000.00"

    assert listed(paid) == []


def test_figures_of_the_job_are_of_the_whole_log(paid: Operator):
    position = paid.application.runner.catch_up()
    figures = figures_now(MAY, work(paid), position)

    assert {each.log_position for each in figures} == {paid.application.log.newest_position()}
    paid.tell(CloseReportMonth(seller="north", month="2026-05", figures=figures), today=JUNE)
    assert compare(paid).agrees
