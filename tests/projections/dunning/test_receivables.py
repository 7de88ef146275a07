"""The ages of receivables on any day, also one that is past."""

from __future__ import annotations

from datetime import date

from commands.payments.account import ReversePayment
from projections.dunning.receivables import Ages, receivables_of_accounts, receivables_totals
from tests.operators import Operator, bank_row, eur


def ages(**amounts: str) -> Ages:
    names = ("not_due", "days_1_to_30", "days_31_to_60", "days_61_to_90", "days_91_to_180", "older")
    return Ages(*(eur(amounts.get(name, "0.00")) for name in names))


def by_account(operator: Operator, on: date) -> dict[str, Ages]:
    return {row.account: row.ages for row in operator.ask(receivables_of_accounts, on, 100)}


def test_an_invoice_ages_from_the_day_after_it_was_due(operator: Operator):
    operator.subscriber("A1")
    operator.bill(date(2026, 1, 2))  # 24.00 issued on 1 January, due on 15 January
    found = {
        on: by_account(operator, on).get("A1")
        for on in (date(2025, 12, 31), date(2026, 1, 15), date(2026, 1, 16), date(2026, 2, 14), date(2026, 2, 15),
                   date(2026, 7, 14), date(2026, 7, 15))
    }  # fmt: skip
    assert found == {
        date(2025, 12, 31): None,
        date(2026, 1, 15): ages(not_due="24.00"),
        date(2026, 1, 16): ages(days_1_to_30="24.00"),
        date(2026, 2, 14): ages(days_1_to_30="24.00"),
        date(2026, 2, 15): ages(days_31_to_60="24.00"),
        date(2026, 7, 14): ages(days_91_to_180="24.00"),
        date(2026, 7, 15): ages(older="24.00"),
    }


def test_the_past_is_shown_as_it_was_before_a_payment_and_its_return(operator: Operator):
    operator.subscriber("A1")
    operator.bill(date(2026, 1, 2))
    operator.take_in([bank_row(20, "10.00", "A1")])
    operator.tell(ReversePayment(account="A1", payment="bank:R00020", reason="bounced"), today=date(2026, 1, 25))
    found = {day: by_account(operator, date(2026, 1, day))["A1"] for day in (19, 20, 24, 25)}
    assert found == {
        19: ages(days_1_to_30="24.00"), 20: ages(days_1_to_30="14.00"), 24: ages(days_1_to_30="14.00"),
        25: ages(days_1_to_30="24.00"),
    }  # fmt: skip
    totals = {day: operator.ask(receivables_totals, date(2026, 1, day))[0] for day in found}
    assert {day: (total.accounts, total.ages) for day, total in totals.items()} == {
        day: (1, of_account) for day, of_account in found.items()
    }


def test_an_account_that_has_paid_since_is_counted_among_those_that_owed(operator: Operator):
    operator.subscribers(3)
    operator.bill(date(2026, 1, 2))
    operator.take_in([bank_row(20, "24.00", "A0001"), bank_row(21, "10.00", "A0002")])
    found = [operator.ask(receivables_totals, date(2026, 1, day))[0] for day in (19, 20)]
    assert [(total.accounts, total.total) for total in found] == [(3, eur("72.00")), (2, eur("38.00"))]


def test_totals_are_those_of_all_accounts_of_a_seller_and_pages_go_on_by_number(operator: Operator):
    operator.subscribers(5)
    operator.bill(date(2026, 1, 2))
    on = date(2026, 1, 16)
    (total,) = operator.ask(receivables_totals, on)
    assert (total.seller, total.currency, total.accounts, total.total) == ("north", "EUR", 5, eur("120.00"))
    first = operator.ask(receivables_of_accounts, on, 2)
    rest = operator.ask(receivables_of_accounts, on, 10, first[-1].account)
    assert [row.account for row in (*first, *rest)] == ["A0001", "A0002", "A0003", "A0004", "A0005"]
    assert operator.ask(receivables_totals, on, "south") == []
