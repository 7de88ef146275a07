"""Credit on a prepaid account: served down to the limit, and suspended when a temporary credit or a promise ends."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.accounts.plans import BillingPlan, Prepaid
from billing_core.credit_limits import TemporaryCreditEnded
from billing_core.kernel.errors import RuleViolation
from billing_core.promises import PromiseBroken, PromiseKept, PromiseTerms
from billing_core.services.terms import in_force_on
from commands.accounts import ChangeBillingPlan
from commands.credit_limits import EndTemporaryCredit, GrantTemporaryCredit, SetCreditLimit
from commands.promises import OpenInstalmentPlan, OpenPromise, SetPromiseTerms
from commands.services.status import ActivateSubscription
from projections.credit_limits import credits_after
from tests.operators import Operator, bank_row, eur

A = "A0001"
FIRST, TENTH, TWENTIETH = date(2026, 3, 1), date(2026, 3, 10), date(2026, 3, 20)


@pytest.fixture
def waiting(operator: Operator) -> Operator:
    """24.00 a month with VAT, prepaid from March on without money: the service waits."""
    operator.subscriber(A, since=FIRST, prepaid=Prepaid())
    operator.bill(date(2026, 3, 2), today=FIRST)
    assert status(operator, FIRST) == "suspended"
    return operator


def status(operator: Operator, on: date) -> str:
    return in_force_on(operator.account(A).subscriptions["main"], on).status


def balance(operator: Operator) -> str:
    return str(operator.account(A).ledger.balance.amount)


def let_happen(operator: Operator, on: date) -> None:
    operator.let_happen(on)


def grant(operator: Operator, amount: str, until: date = TENTH, today: date = FIRST) -> None:
    credit = GrantTemporaryCredit(account=A, amount=Decimal(amount), until=until, reason="wages are late")
    operator.tell(credit, today=today)


@pytest.mark.parametrize(("amount", "expected"), [("24.00", "active"), ("23.99", "suspended")])
def test_a_balance_exactly_at_the_limit_is_served(waiting: Operator, amount: str, expected: str):
    grant(waiting, amount)
    assert status(waiting, FIRST) == expected
    limit = SetCreditLimit(account=A, limit=Decimal(amount), reason="pays for years")
    waiting.tell(limit, today=FIRST)
    assert status(waiting, FIRST) == "active"  # 23.99 of the limit and 23.99 of the credit are enough, too.


def test_the_end_of_the_credit_suspends_by_itself_and_credits_the_unused_days(waiting: Operator):
    grant(waiting, "24.00")
    assert balance(waiting) == "-24.00"
    let_happen(waiting, TENTH)
    assert status(waiting, TENTH) == "active"

    let_happen(waiting, date(2026, 3, 11))

    assert status(waiting, date(2026, 3, 11)) == "suspended"
    assert balance(waiting) == "-7.74"  # 20.00 x 10/31 are 6.45, with 20 % VAT 7.74.
    ends = [fact for fact in waiting.facts(f"account/{A}") if isinstance(fact, TemporaryCreditEnded)]
    assert ends == [TemporaryCreditEnded(effective_on=date(2026, 3, 11))]
    let_happen(waiting, date(2026, 3, 12))
    assert balance(waiting) == "-7.74"
    assert waiting.findings() == []


def test_who_pays_before_the_end_of_the_credit_stays(waiting: Operator):
    grant(waiting, "24.00")
    waiting.take_in([bank_row(1, "24.00", A, received_on=TENTH)], today=TENTH)

    let_happen(waiting, date(2026, 3, 11))

    assert (status(waiting, date(2026, 3, 11)), balance(waiting)) == ("active", "0.00")


def test_a_credit_that_is_ended_by_hand_needs_a_reason_and_ends_at_once(waiting: Operator):
    grant(waiting, "24.00")
    assert waiting.tell(EndTemporaryCredit(account=A), today=TENTH).position == 0

    waiting.tell(EndTemporaryCredit(account=A, reason="granted by mistake"), today=date(2026, 3, 2))

    assert status(waiting, date(2026, 3, 2)) == "suspended"
    with pytest.raises(RuleViolation, match="nothing to end"):
        waiting.tell(EndTemporaryCredit(account=A, reason="again"), today=date(2026, 3, 2))


def test_a_credit_that_was_extended_ends_on_its_new_day_only(waiting: Operator):
    grant(waiting, "24.00")
    grant(waiting, "24.00", TWENTIETH, TENTH)
    let_happen(waiting, date(2026, 3, 11))
    assert status(waiting, date(2026, 3, 11)) == "active"
    let_happen(waiting, date(2026, 3, 21))
    assert status(waiting, date(2026, 3, 21)) == "suspended"


def test_a_limit_that_is_lowered_suspends_and_one_that_is_raised_serves(waiting: Operator):
    waiting.tell(SetCreditLimit(account=A, limit=Decimal("24.00"), reason="pays for years"), today=FIRST)
    assert status(waiting, FIRST) == "active"
    waiting.tell(SetCreditLimit(account=A, reason="that of the plan is enough"), today=TENTH)
    assert status(waiting, TENTH) == "suspended"


def test_of_several_services_the_one_that_was_sold_last_goes_first(waiting: Operator):
    """The balance of the day decides: what is credited of one service may be enough for the other."""
    waiting.tell(
        ActivateSubscription(account=A, subscription="second", tariff="net", on=FIRST), today=FIRST
    )  # fmt: skip
    waiting.take_in([bank_row(1, "30.00", A, received_on=FIRST)], today=FIRST)
    grant(waiting, "18.00", FIRST)
    waiting.bill(date(2026, 3, 2), today=FIRST)
    assert balance(waiting) == "-18.00"

    let_happen(waiting, date(2026, 3, 2))

    segments = {
        code: in_force_on(each, date(2026, 3, 2)).status for code, each in waiting.account(A).subscriptions.items()
    }
    assert segments == {"main": "active", "second": "suspended"}
    assert balance(waiting) == "5.22"  # -18.00 and 30 of 31 days of 24.00, 19.35 net: 23.22 with VAT.


def test_limits_are_listed_while_they_hold(waiting: Operator):
    grant(waiting, "10.00")
    (row,) = waiting.ask(credits_after, TENTH, "", 9)
    assert (row.account, row.limit, row.temporary, row.until_on, row.reason) == (
        A, None, eur("10.00"), TENTH, "wages are late",
    )  # fmt: skip
    assert waiting.ask(credits_after, date(2026, 3, 11), "", 9) == []
    waiting.tell(SetCreditLimit(account=A, limit=Decimal(5), reason="pays for years"), today=FIRST)
    (row,) = waiting.ask(credits_after, date(2026, 3, 11), "", 9)
    assert (row.limit, row.limit_reason) == (eur("5"), "pays for years")


# --- promises


def test_a_promise_of_a_prepaid_account_is_over_what_it_lacks_and_serves_it_until_it_is_broken(waiting: Operator):
    waiting.tell(SetPromiseTerms(seller="north", terms=PromiseTerms(most_days=10)), today=FIRST)
    waiting.take_in([bank_row(1, "4.00", A, received_on=FIRST)], today=FIRST)
    waiting.tell(OpenPromise(account=A, until=TENTH), today=FIRST)

    promise = waiting.account(A).promises.open
    assert promise is not None and promise.amount == eur("20.00")
    assert (status(waiting, FIRST), balance(waiting)) == ("active", "-20.00")

    let_happen(waiting, date(2026, 3, 11))

    assert status(waiting, date(2026, 3, 11)) == "suspended"
    broken = [fact for fact in waiting.facts(f"account/{A}") if isinstance(fact, PromiseBroken)]
    assert [fact.missing for fact in broken] == [eur("20.00")]


def test_the_price_of_a_promise_is_a_part_of_what_a_prepaid_account_lacks(waiting: Operator):
    terms = PromiseTerms(most_days=10, price=Decimal("0.50"), vat_rate=Decimal(20))
    waiting.tell(SetPromiseTerms(seller="north", terms=terms), today=FIRST)
    waiting.tell(OpenPromise(account=A, until=TENTH), today=FIRST)
    assert waiting.account(A).promises.open.amount == eur("24.60")  # type: ignore[union-attr]
    assert status(waiting, FIRST) == "active"

    waiting.take_in([bank_row(1, "24.60", A, received_on=TENTH)], today=TENTH)
    let_happen(waiting, TENTH)

    assert [type(fact) for fact in waiting.facts(f"account/{A}")].count(PromiseKept) == 1
    assert (status(waiting, TENTH), balance(waiting)) == ("active", "0.00")


def test_a_plan_on_a_postpaid_account_is_kept_part_by_part(operator: Operator):
    operator.subscriber(A, until=date(2026, 2, 1))
    operator.bill(date(2026, 1, 2))
    operator.tell(SetPromiseTerms(seller="north", terms=PromiseTerms(most_days=31, most_instalments=2)), today=FIRST)
    operator.tell(OpenInstalmentPlan(account=A, dates=(TENTH, TWENTIETH)), today=FIRST)
    operator.take_in([bank_row(1, "12.00", A, received_on=TENTH)], today=TENTH)
    let_happen(operator, TENTH)
    let_happen(operator, date(2026, 3, 11))
    promise = operator.account(A).promises.open
    assert promise is not None and promise.kept == 1

    let_happen(operator, date(2026, 3, 21))

    (broken,) = [fact for fact in operator.facts(f"account/{A}") if isinstance(fact, PromiseBroken)]
    assert (broken.part, broken.missing, broken.effective_on) == (2, eur("12.00"), date(2026, 3, 21))
    assert operator.findings() == []


def test_an_account_that_becomes_postpaid_keeps_its_services_when_its_credit_ends(waiting: Operator):
    grant(waiting, "24.00")
    plan = BillingPlan(billing_day=1, due_days=14, tolerance_days=7)
    waiting.tell(ChangeBillingPlan(account=A, plan=plan), today=FIRST)

    let_happen(waiting, date(2026, 3, 11))

    assert status(waiting, date(2026, 3, 11)) == "active"
    assert waiting.account(A).credit.temporary is None
