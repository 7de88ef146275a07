"""How a month is closed and opened again, and what differs afterwards, by figures worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import BillingError
from billing_core.reports.closings import (
    MOST_FROZEN_ROWS,
    FrozenColumn,
    FrozenFigures,
    FrozenTotals,
    ReportMonthReopened,
    apply_month,
    close,
    hash_of_figures,
    month_after,
    month_of,
    reopen,
    require_ended,
)
from billing_core.reports.differences import differences, missing_columns

MAY, JUNE_2 = date(2026, 5, 1), date(2026, 6, 2)
COLUMNS = (
    FrozenColumn("method", "Way of payment", "text"),
    FrozenColumn("payments", "Payments", "count", total=True),
    FrozenColumn("income", "Income", "money", total=True),
    FrozenColumn("currency", "Currency", "text"),
    FrozenColumn("share", "Share", "share"),
)


def figures(*rows: tuple[str, int, str, str], has_rows: bool = True) -> FrozenFigures:
    """Rows of way of payment, number, income and currency, with their totals."""
    currencies = sorted({row[3] for row in rows})
    totals = tuple(
        FrozenTotals(code, sum(row[3] == code for row in rows), {
            "payments": Decimal(sum(row[1] for row in rows if row[3] == code)),
            "income": sum((Decimal(row[2]) for row in rows if row[3] == code), Decimal(0)),
        })
        for code in currencies
    )  # fmt: skip
    frozen = tuple((method, str(count), income, code, "0.5") for method, count, income, code in rows)
    return FrozenFigures(
        report="income-by-method", given={"from": "2026-05-01", "to": "2026-06-01"}, columns=COLUMNS, totals=totals,
        rows=frozen if has_rows else (), has_rows=has_rows,
    )  # fmt: skip


FROZEN = figures(("cash", 10, "1000.00", "EUR"))


def found(before: FrozenFigures, after: FrozenFigures) -> list[tuple[tuple[str, ...], str, str, Decimal]]:
    return [(each.row, each.column, each.currency, each.difference) for each in differences(before, after)]


def test_the_example_of_the_rule():
    now = figures(("cash", 11, "1020.00", "EUR"), ("card", 1, "5.00", "EUR"))

    assert found(FROZEN, now) == [
        ((), "payments", "EUR", Decimal(2)), ((), "income", "EUR", Decimal("25.00")),
        (("card", "EUR"), "payments", "EUR", Decimal(1)), (("card", "EUR"), "income", "EUR", Decimal("5.00")),
        (("cash", "EUR"), "payments", "EUR", Decimal(1)), (("cash", "EUR"), "income", "EUR", Decimal("20.00")),
    ]  # fmt: skip


def test_a_row_that_moved_is_shown_although_the_totals_agree():
    now = figures(("cash", 9, "980.00", "EUR"), ("card", 1, "20.00", "EUR"))

    assert [(row, column) for row, column, _, _ in found(FROZEN, now)] == [
        (("card", "EUR"), "payments"), (("card", "EUR"), "income"), (("cash", "EUR"), "payments"),
        (("cash", "EUR"), "income"),
    ]  # fmt: skip


def test_amounts_of_two_currencies_are_compared_apart():
    before = figures(("cash", 1, "10.00", "EUR"), ("cash", 1, "10.00", "CZK"))
    after = figures(("cash", 1, "20.00", "EUR"))

    totals = [(code, difference) for row, column, code, difference in found(before, after)
              if column == "income" and not row]  # fmt: skip

    assert totals == [("CZK", Decimal("-10.00")), ("EUR", Decimal("10.00"))]


def test_without_frozen_rows_the_totals_alone_are_compared():
    before = figures(("cash", 10, "1000.00", "EUR"), has_rows=False)

    assert {row for row, *_ in found(before, figures(("card", 1, "1.00", "EUR")))} == {()}


def test_a_column_that_the_report_has_no_more_is_named():
    now = msgspec.structs.replace(FROZEN, columns=COLUMNS[:2])

    assert missing_columns(FROZEN, now) == ["income"]
    assert differences(FROZEN, now) == []


rows = st.lists(
    st.tuples(
        st.sampled_from(["cash", "card"]), st.integers(0, 9), st.integers(-500, 500).map(lambda cents: f"{cents}.00"),
        st.sampled_from(["EUR", "CZK"]),
    ), max_size=6,
)  # fmt: skip


@given(rows, rows)
def test_differences_of_rows_add_up_to_those_of_totals_and_turn_round(before, after):
    one, other = figures(*before), figures(*after)
    forth, back = differences(one, other), differences(other, one)

    assert [(each.row, each.column, -each.difference) for each in forth] == [
        (each.row, each.column, each.difference) for each in back
    ]
    for code in ("EUR", "CZK"):
        for column in ("payments", "income"):
            of = [each for each in forth if (each.currency, each.column) == (code, column)]
            total = sum((each.difference for each in of if not each.row), Decimal(0))
            assert sum((each.difference for each in of if each.row), Decimal(0)) == total


def test_a_month_has_ended_on_the_first_day_of_the_next_one():
    require_ended(MAY, date(2026, 6, 1))
    with pytest.raises(BillingError, match="has not ended: today is 2026-05-31"):
        require_ended(MAY, date(2026, 5, 31))
    assert month_after(date(2026, 12, 1)) == date(2027, 1, 1)


@pytest.mark.parametrize("text", ["2026-13", "2026-5", "202605", "2026-05-01", "may", "", "2026-00", "२०२६-०५"])
def test_what_is_no_month_is_refused(text: str):
    with pytest.raises(BillingError, match="must be a month such as 2026-05"):
        month_of(text)


def test_a_closed_month_is_closed_once_until_it_is_opened_again():
    (closed,) = close(None, "north", MAY, (FROZEN,), JUNE_2)
    state = apply_month(None, closed)
    with pytest.raises(BillingError, match="closed already"):
        close(state, "north", MAY, (FROZEN,), JUNE_2)

    opened = ReportMonthReopened(effective_on=JUNE_2, seller="north", month=MAY, reason="a file was missing")
    state = apply_month(state, *reopen(state, opened))

    with pytest.raises(BillingError, match="is not closed"):
        reopen(state, opened)
    assert len(close(state, "north", MAY, (FROZEN,), JUNE_2)) == 1


def test_a_month_is_not_opened_without_a_reason():
    state = apply_month(None, *close(None, "north", MAY, (FROZEN,), JUNE_2))

    with pytest.raises(BillingError, match="reason"):
        reopen(state, ReportMonthReopened(effective_on=JUNE_2, seller="north", month=MAY, reason=" "))


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ((), "at least one report"),
        ((FROZEN, FROZEN), "is frozen once"),
        ((msgspec.structs.replace(FROZEN, rows=(("cash",),)),), "has 1 values for 5 columns"),
        ((msgspec.structs.replace(FROZEN, rows=FROZEN.rows * (MOST_FROZEN_ROWS + 1)),), "at most 2,000 rows"),
    ],
)  # fmt: skip
def test_figures_that_are_not_whole_are_refused(wrong: tuple[FrozenFigures, ...], reason: str):
    with pytest.raises(BillingError, match=reason):
        close(None, "north", MAY, wrong, JUNE_2)


def test_the_hash_is_of_the_figures_and_not_of_the_place_in_the_log():
    later = msgspec.structs.replace(FROZEN, log_position=99)
    other = figures(("cash", 10, "1000.01", "EUR"))

    assert hash_of_figures(FROZEN) == hash_of_figures(later) != hash_of_figures(other)
