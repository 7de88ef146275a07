"""Credit limits of an account: its own, a temporary one, and what they make of the floor of a prepaid account."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.accounts.account import Account, apply_account
from billing_core.accounts.events import AccountOpened
from billing_core.accounts.plans import BillingPlan, Prepaid
from billing_core.billing.available_money import available_money
from billing_core.credit_limits import (
    Credit,
    CreditLimitSet,
    TemporaryCreditEnded,
    TemporaryCreditGranted,
    end_temporary,
    grant_temporary,
    set_limit,
)
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.promises import PromiseBroken, PromiseOpened

SECOND, FIFTH, NINTH, TENTH = date(2026, 3, 2), date(2026, 3, 5), date(2026, 3, 9), date(2026, 3, 10)


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def granted(amount: str = "10.00", until_on: date = NINTH) -> TemporaryCreditGranted:
    return TemporaryCreditGranted(effective_on=SECOND, amount=eur(amount), until_on=until_on, reason="wages are late")


def limited(amount: str | None) -> CreditLimitSet:
    return CreditLimitSet(effective_on=SECOND, limit=None if amount is None else eur(amount), reason="good payer")


def account(prepaid: Prepaid | None, *facts: Event) -> Account:
    plan = BillingPlan(billing_day=1, due_days=14, tolerance_days=7, prepaid=prepaid)
    opening = AccountOpened(
        effective_on=date(2026, 1, 1), account="A1", customer="C1", seller="north", currency="EUR", plan=plan
    )
    found = apply_account(None, opening)
    assert found is not None
    for fact in facts:
        found.apply(fact)
    return found


PREPAID = Prepaid(credit_limit=Decimal(5), resume_at=Decimal(20))


def test_the_floor_is_the_limit_the_temporary_credit_and_what_is_promised_while_they_last():
    promised = PromiseOpened(effective_on=SECOND, amount=eur("3.00"), until_on=FIFTH, breaks_on=date(2026, 3, 6))
    found = account(PREPAID, granted(), promised)

    assert [found.floor_on(on) for on in (date(2026, 3, 1), FIFTH, NINTH, TENTH)] == [-5, -18, -15, -5]
    assert [found.resume_at_on(on) for on in (FIFTH, TENTH)] == [7, 20]
    broken = PromiseBroken(effective_on=date(2026, 3, 6), missing=eur("3.00"))
    assert account(PREPAID, granted(), promised, broken).floor_on(FIFTH) == -15


def test_the_accounts_own_limit_holds_in_place_of_that_of_the_plan_until_it_is_lifted():
    assert account(PREPAID, limited("20.00")).floor_on(SECOND) == -20
    assert account(Prepaid(suspend_below=Decimal(2)), limited("0.00")).floor_on(SECOND) == 0
    assert account(PREPAID, limited("20.00"), limited(None)).floor_on(SECOND) == -5


def test_a_postpaid_account_has_limits_but_no_floor():
    found = account(None, limited("20.00"), granted())
    assert found.floor_on(SECOND) is None
    assert (found.credit.limit, found.credit.temporary_on(NINTH, "EUR")) == (eur("20.00"), eur("10.00"))


def test_what_a_postpaid_account_may_use_ahead_is_what_its_credit_leaves():
    assert available_money(account(None), SECOND) is None
    assert available_money(account(None, limited("20.00"), granted()), NINTH) == eur("30.00")
    assert available_money(account(None, limited("20.00"), granted()), TENTH) == eur("20.00")
    assert available_money(account(PREPAID, granted()), NINTH) == eur("15.00")


def test_a_later_credit_replaces_the_one_before_and_the_same_again_changes_nothing():
    known = account(None, granted()).credit
    assert grant_temporary(known, granted(), SECOND) == []
    more = granted("30.00", TENTH)
    assert grant_temporary(known, more, SECOND) == [more]
    assert account(None, granted(), more).credit.temporary_on(TENTH, "EUR") == eur("30.00")
    assert set_limit(account(None, limited("5.00")).credit, limited("5.00")) == []


@pytest.mark.parametrize(
    ("fact", "why"),
    [
        (granted("0.00"), "must be more than zero"),
        (granted(until_on=date(2026, 3, 1)), "is before today"),
        (granted(until_on=date(2027, 3, 4)), "set a credit limit instead"),
    ],
)
def test_a_credit_that_makes_no_sense_is_refused(fact: TemporaryCreditGranted, why: str):
    with pytest.raises(InvalidValue, match=why):
        grant_temporary(Credit(), fact, SECOND)
    with pytest.raises(InvalidValue, match="must not be negative"):
        set_limit(Credit(), limited("-0.01"))


def test_a_credit_ends_by_itself_after_its_last_day_and_before_for_a_reason_only():
    known = account(None, granted()).credit
    alone, moved = (TemporaryCreditEnded(effective_on=TENTH, reason=reason) for reason in ("", "moves away"))
    assert end_temporary(known, alone, NINTH) == []
    assert end_temporary(known, alone, TENTH) == [alone]
    assert end_temporary(known, moved, NINTH) == [moved]
    assert end_temporary(Credit(), alone, TENTH) == []
    with pytest.raises(RuleViolation, match="nothing to end"):
        end_temporary(Credit(), moved, TENTH)


@given(st.integers(0, 5000), st.none() | st.integers(0, 5000), st.integers(0, 5000), st.booleans())
def test_the_floor_is_the_sum_of_the_credits_in_force(plan: int, own: int | None, more: int, is_over: bool):
    facts: list[Event] = [] if own is None else [limited(f"{own / 100:.2f}")]
    if more:
        facts.append(granted(f"{more / 100:.2f}"))
    found = account(Prepaid(credit_limit=Decimal(plan).scaleb(-2)), *facts)

    floor = found.floor_on(TENTH if is_over else NINTH)

    assert floor == -Decimal((plan if own is None else own) + (0 if is_over else more)).scaleb(-2)
