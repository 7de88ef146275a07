"""The statement of an account for some days: opening, postings on their own days, closing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.accounts.account import Account
from billing_core.accounts.plans import BillingPlan
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import total, zero
from billing_core.payments.ledger import Ledger
from billing_core.time.periods import BillingDay
from projections.account_spans import span_of
from projections.statements import Posting, Statement
from tests.operators import eur

PLAN = BillingPlan(billing_day=1, due_days=14, tolerance_days=7)
ACCOUNT = Account("A1", "C1", "S1", "EUR", [BillingDay(date.min, 1)], PLAN, date(2026, 1, 1), Ledger(zero("EUR")))


def posting(number: int, on: date, amount: str) -> Posting:
    return Posting(number=number, on=on, kind="payment", reference=str(number), amount=eur(amount), balance=eur("0.00"))


def test_a_statement_begins_with_what_was_owed_and_ends_with_what_is():
    postings = [
        posting(1, date(2026, 3, 1), "-20.00"),
        posting(2, date(2026, 4, 1), "-20.00"),
        posting(3, date(2026, 3, 10), "15.00"),
    ]
    span = span_of(Statement(ACCOUNT, postings), date(2026, 3, 5), date(2026, 3, 31))

    assert (span.opening, span.closing, span.credited, span.charged) == (
        eur("-20.00"), eur("-5.00"), eur("15.00"), eur("0.00"),
    )  # fmt: skip
    assert [(row.on, row.amount, row.balance) for row in span.rows] == [(date(2026, 3, 10), eur("15.00"), eur("-5.00"))]
    with pytest.raises(InvalidValue):
        span_of(Statement(ACCOUNT, postings), date(2026, 3, 5), date(2026, 3, 4))


DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 31))


@given(st.lists(st.tuples(DAYS, st.integers(-9_999, 9_999).filter(bool)), max_size=12), DAYS, DAYS)
def test_spans_that_follow_each_other_agree_and_have_every_posting_once(
    entries: list[tuple[date, int]], one: date, other: date
):
    first, last = date(2026, 1, 1), max(one, other)
    middle = min(one, other)
    postings = [posting(number, on, f"{cents / 100:.2f}") for number, (on, cents) in enumerate(entries, start=1)]
    told = Statement(ACCOUNT, postings)
    before, whole = span_of(told, first, middle), span_of(told, first, last)
    after = span_of(told, middle, last)
    in_middle = total((each.amount for each in postings if each.on == middle), "EUR")

    assert after.opening == before.closing - in_middle
    assert whole.closing == after.closing == total((each.amount for each in postings if each.on <= last), "EUR")
    assert len(whole.rows) == sum(each.on <= last for each in postings)
    assert whole.opening == eur("0.00")
