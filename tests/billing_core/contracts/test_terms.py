"""How long a contract lasts, and when it ends after a notice. Every day is counted on a calendar by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.contracts.terms import (
    NoticePeriod,
    Party,
    Term,
    bound_until,
    ends_by_itself,
    ends_on_by_notice,
    require_term,
    runs_out_on,
)
from billing_core.kernel.errors import InvalidValue

BEGINS_ON = date(2026, 5, 15)
NEXT_MONTH = NoticePeriod(months=1)
FROM_DAY = NoticePeriod(months=1, counted_from="day")


@pytest.mark.parametrize(
    ("notice", "given_on", "runs_out"),
    [
        (NEXT_MONTH, date(2026, 5, 14), date(2026, 7, 1)),
        (NEXT_MONTH, date(2026, 5, 31), date(2026, 7, 1)),
        (NEXT_MONTH, date(2026, 6, 1), date(2026, 8, 1)),
        (NEXT_MONTH, date(2026, 12, 31), date(2027, 2, 1)),
        (NoticePeriod(months=3), date(2026, 11, 2), date(2027, 3, 1)),
        (NoticePeriod(days=30), date(2026, 5, 14), date(2026, 7, 1)),
        (NoticePeriod(), date(2026, 5, 14), date(2026, 6, 1)),
        (FROM_DAY, date(2026, 5, 14), date(2026, 6, 15)),
        (FROM_DAY, date(2026, 1, 31), date(2026, 3, 1)),
        (FROM_DAY, date(2028, 1, 31), date(2028, 3, 1)),
        (NoticePeriod(days=30, counted_from="day"), date(2026, 5, 14), date(2026, 6, 14)),
        (NoticePeriod(counted_from="day"), date(2026, 5, 14), date(2026, 5, 15)),
    ],
)
def test_a_notice_period_runs_out_on_a_day(notice: NoticePeriod, given_on: date, runs_out: date):
    assert runs_out_on(given_on, notice) == runs_out


@pytest.mark.parametrize(
    ("term", "given_on", "by", "ends_on"),
    [
        # Indefinite: the period alone decides.
        (Term(), date(2026, 6, 20), "customer", date(2026, 8, 1)),
        # The customer is bound until 15 May 2027, the operator is not.
        (Term(minimum_months=12), date(2026, 6, 20), "customer", date(2027, 5, 15)),
        (Term(minimum_months=12), date(2026, 6, 20), "operator", date(2026, 8, 1)),
        # The minimum is over: 20 April and a month, from May, run out on 1 June 2027.
        (Term(minimum_months=12), date(2027, 4, 20), "customer", date(2027, 6, 1)),
        # A fixed term that goes on binds both until 15 May 2028.
        (Term(fixed_months=24, goes_on=True), date(2028, 2, 2), "customer", date(2028, 5, 15)),
        (Term(fixed_months=24, goes_on=True), date(2028, 2, 2), "operator", date(2028, 5, 15)),
        (Term(fixed_months=24, goes_on=True), date(2028, 4, 20), "customer", date(2028, 6, 1)),
        # One that ends by itself ends then at the latest.
        (Term(fixed_months=24), date(2028, 4, 20), "customer", date(2028, 5, 15)),
    ],
)
def test_a_contract_ends_when_the_notice_has_run_out_and_the_party_is_bound_no_more(
    term: Term, given_on: date, by: Party, ends_on: date
):
    assert ends_on_by_notice(BEGINS_ON, term, given_on, by) == ends_on


def test_a_fixed_term_ends_by_itself_unless_it_goes_on():
    assert ends_by_itself(BEGINS_ON, Term(fixed_months=24)) == date(2028, 5, 15)
    assert ends_by_itself(date(2026, 8, 31), Term(fixed_months=6)) == date(2027, 2, 28)
    assert ends_by_itself(BEGINS_ON, Term(fixed_months=24, goes_on=True)) is None
    assert ends_by_itself(BEGINS_ON, Term()) is None


@pytest.mark.parametrize(
    ("term", "field"),
    [
        (Term(fixed_months=121), "fixed months"),
        (Term(minimum_months=-1), "minimum months"),
        (Term(goes_on=True), "goes on"),
        (Term(notice=NoticePeriod(months=37)), "notice months"),
        (Term(notice=NoticePeriod(days=367)), "notice days"),
        (Term(notice=NoticePeriod(months=1, days=1)), "notice days"),
    ],
)
def test_a_term_that_cannot_be_meant_is_refused(term: Term, field: str):
    with pytest.raises(InvalidValue) as refused:
        require_term(term)
    assert refused.value.field == field


notices = st.builds(
    NoticePeriod, months=st.integers(0, 12), counted_from=st.sampled_from(["day", "next-month"])
) | st.builds(NoticePeriod, days=st.integers(0, 90), counted_from=st.sampled_from(["day", "next-month"]))
days = st.dates(date(2026, 1, 1), date(2035, 12, 31))


@given(days, days, notices, st.integers(0, 36), st.integers(0, 24), st.booleans())
def test_no_party_is_held_longer_than_its_notice_and_its_term(
    begins_on: date, given_on: date, notice: NoticePeriod, fixed: int, minimum: int, goes_on: bool
):
    term = Term(fixed_months=fixed, goes_on=goes_on and fixed > 0, minimum_months=minimum, notice=notice)
    for by in ("customer", "operator"):
        ends_on = ends_on_by_notice(begins_on, term, given_on, by)
        assert ends_on <= max(runs_out_on(given_on, notice), bound_until(begins_on, term, by))
    later = ends_on_by_notice(begins_on, term, given_on + timedelta(days=1), "customer")
    assert later >= ends_on_by_notice(begins_on, term, given_on, "customer")
