"""A promised payment from its opening to its end, with nobody but payments and the clock to end it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from adapters.bootstrap.registry import exemptions
from billing_core.kernel.errors import RuleViolation
from billing_core.promises import PromiseBroken, PromiseKept, PromiseOpened, PromiseTerms
from commands.accounts import OpenAccount
from commands.payments.account import ReversePayment
from commands.payments.transfers import TransferCredit
from commands.promises import BreakPromise, KeepPromise, OpenPromise, SetPromiseTerms
from commands.services import CancelChange, TerminateSubscription
from projections.promises import promises_after
from tests.operators import Operator, bank_row, eur

A = "A0001"
TENTH, TWENTIETH = date(2026, 3, 10), date(2026, 3, 20)


@pytest.fixture(autouse=True)
def in_debt(operator: Operator) -> None:
    """24.00 were due in January, and the seller takes promises of up to ten days."""
    operator.subscriber(A, until=date(2026, 2, 1))
    operator.bill(date(2026, 1, 2))
    terms = PromiseTerms(most_days=10, most_per_month=1, price=Decimal("0.50"), vat_rate=Decimal(20))
    operator.tell(SetPromiseTerms(seller="north", terms=terms), today=date(2026, 1, 1))


def promise(operator: Operator, until: date = TWENTIETH, today: date = TENTH) -> None:
    operator.tell(OpenPromise(account=A, until=until), today=today)


def let_happen(operator: Operator, on: date) -> None:
    """Everything that happens by itself on a day."""
    operator.let_happen(on)


def pay(operator: Operator, amount: str, on: date, line: int = 1) -> None:
    report = operator.take_in([bank_row(line, amount, A, received_on=on)], today=on)
    assert report.accepted == 1, report


def ends(operator: Operator) -> list[Any]:
    return [fact for fact in operator.facts(f"account/{A}") if isinstance(fact, PromiseKept | PromiseBroken)]


def state(operator: Operator) -> tuple[str, date | None]:
    (row,) = operator.ask(lambda cursor: promises_after(cursor, "", 9, open_only=False))
    return row.state, row.ended_on


def test_a_promise_is_about_what_is_owed_and_has_its_price(operator: Operator):
    promise(operator)

    (opened,) = [fact for fact in operator.facts(f"account/{A}") if isinstance(fact, PromiseOpened)]
    assert (opened.amount, opened.until_on) == (eur("24.00"), TWENTIETH)
    (charge,) = operator.account(A).pending
    assert (charge.description, charge.amount, charge.vat_rate) == ("Promised payment", eur("0.50"), Decimal(20))


def test_who_promised_is_exempt_from_suspension_up_to_the_last_day(operator: Operator):
    promise(operator)

    assert operator.ask(exemptions, [A], TWENTIETH) == {A: "promised to pay by 2026-03-20"}
    assert operator.ask(exemptions, [A], date(2026, 3, 21)) == {}


def test_a_promise_is_kept_by_itself_when_all_of_it_came_in(operator: Operator):
    let_happen(operator, TENTH)
    promise(operator)
    pay(operator, "14.00", date(2026, 3, 12))
    let_happen(operator, date(2026, 3, 12))
    assert (ends(operator), state(operator)) == ([], ("open", None))

    pay(operator, "10.00", TWENTIETH, line=2)
    let_happen(operator, TWENTIETH)

    assert ends(operator) == [PromiseKept(effective_on=TWENTIETH)]
    assert state(operator) == ("kept", TWENTIETH)
    let_happen(operator, date(2026, 3, 21))
    assert len(ends(operator)) == 1
    assert operator.findings() == []


def test_a_promise_is_broken_by_its_date_and_only_once(operator: Operator):
    promise(operator)
    pay(operator, "14.00", date(2026, 3, 12))
    let_happen(operator, TWENTIETH)
    assert ends(operator) == []

    for on in (date(2026, 3, 21), date(2026, 3, 21), TENTH, date(2026, 3, 22)):
        let_happen(operator, on)

    assert ends(operator) == [PromiseBroken(effective_on=date(2026, 3, 21), missing=eur("10.00"))]
    assert state(operator) == ("broken", date(2026, 3, 21))
    assert operator.findings() == []


def test_a_payment_from_before_the_promise_does_not_keep_it(operator: Operator):
    pay(operator, "4.00", date(2026, 3, 9))
    promise(operator)

    let_happen(operator, TENTH)

    assert ends(operator) == []


def test_only_one_promise_is_open_and_only_so_many_are_in_a_month(operator: Operator):
    promise(operator)
    with pytest.raises(RuleViolation, match="a promise until 2026-03-20 is open"):
        promise(operator)
    let_happen(operator, date(2026, 3, 21))

    with pytest.raises(RuleViolation, match="only 1 a month may be opened"):
        promise(operator, until=date(2026, 3, 30), today=date(2026, 3, 25))
    promise(operator, until=date(2026, 4, 9), today=date(2026, 4, 2))

    assert operator.account(A).promises.open is not None


def test_without_terms_nobody_promises(operator: Operator):
    operator.tell(SetPromiseTerms(seller="north"), today=TENTH)

    with pytest.raises(RuleViolation, match="the seller takes no promises"):
        promise(operator)


def test_a_payment_that_came_too_late_does_not_keep_it_though_the_break_is_late_too(operator: Operator):
    let_happen(operator, TENTH)
    promise(operator)
    pay(operator, "24.00", date(2026, 3, 25))

    let_happen(operator, date(2026, 3, 26))

    assert ends(operator) == [PromiseBroken(effective_on=date(2026, 3, 26), missing=eur("24.00"))]


def test_money_of_the_last_day_that_is_booked_in_the_days_of_grace_keeps_it(operator: Operator):
    terms = PromiseTerms(most_days=10, grace_days=1)
    operator.tell(SetPromiseTerms(seller="north", terms=terms), today=TENTH)
    promise(operator)
    let_happen(operator, date(2026, 3, 21))
    assert ends(operator) == []
    assert operator.ask(exemptions, [A], date(2026, 3, 21)) == {A: "promised to pay by 2026-03-20"}

    report = operator.take_in([bank_row(1, "24.00", A, received_on=TWENTIETH)], today=date(2026, 3, 21))
    assert report.accepted == 1
    let_happen(operator, date(2026, 3, 21))

    assert ends(operator) == [PromiseKept(effective_on=date(2026, 3, 21))]


def test_a_break_that_finds_all_of_it_paid_keeps_it_also_if_it_bounces_afterwards(operator: Operator):
    """The wake-up of the day after comes before the reaction to the payment."""
    promise(operator)
    pay(operator, "24.00", TWENTIETH)
    operator.tell(BreakPromise(account=A), today=date(2026, 3, 21))
    operator.tell(ReversePayment(account=A, payment="bank:R00001", reason="bounced"), today=date(2026, 3, 21))

    let_happen(operator, date(2026, 3, 22))

    assert ends(operator) == [PromiseKept(effective_on=date(2026, 3, 21))]
    assert operator.account(A).promises.open is None


def test_ends_that_are_given_too_early_change_nothing(operator: Operator):
    promise(operator)

    for early in (KeepPromise(account=A), BreakPromise(account=A)):
        assert operator.tell(early, today=TWENTIETH).position == 0

    assert ends(operator) == []


def credit(operator: Operator, ended_on: date) -> None:
    """On 12 March it is learnt that the service ended earlier: the days after it are credited."""
    known_end = CancelChange(account=A, subscription="main", kind="terminate", on=date(2026, 2, 1))
    ended = TerminateSubscription(account=A, subscription="main", reason="moved", on=ended_on, waive_notice=True)
    for command in (known_end, ended):
        operator.tell(command, today=date(2026, 3, 12))
    operator.bill(date(2026, 3, 13), today=date(2026, 3, 12))


def test_a_promise_whose_debt_is_credited_is_kept_by_itself(operator: Operator):
    let_happen(operator, TENTH)
    promise(operator)
    credit(operator, date(2026, 1, 1))
    let_happen(operator, date(2026, 3, 12))

    assert ends(operator) == [PromiseKept(effective_on=date(2026, 3, 12))]
    let_happen(operator, date(2026, 3, 21))
    assert operator.account(A).promises.broken == 0
    assert operator.findings() == []


def test_a_promise_is_kept_by_a_transfer_from_another_account_of_the_customer(operator: Operator):
    operator.tell(OpenAccount(account="A0002", customer=A, seller="north", currency="EUR"), today=date(2026, 1, 1))
    operator.take_in([bank_row(9, "30.00", "A0002", received_on=TENTH)], today=TENTH)
    let_happen(operator, TENTH)
    promise(operator)
    operator.tell(
        TransferCredit(from_account="A0002", to_account=A, reason="pays for both", amount=Decimal("24.00")),
        today=date(2026, 3, 12),
    )
    let_happen(operator, date(2026, 3, 12))

    assert ends(operator) == [PromiseKept(effective_on=date(2026, 3, 12))]
    assert operator.findings() == []


def test_half_of_the_debt_credited_leaves_the_promise_open_and_late_money_does_not_keep_it(operator: Operator):
    promise(operator)
    credit(operator, date(2026, 1, 16))
    let_happen(operator, date(2026, 3, 12))
    assert ends(operator) == []

    pay(operator, "30.00", date(2026, 3, 21))
    let_happen(operator, date(2026, 3, 21))
    (end,) = ends(operator)
    assert isinstance(end, PromiseBroken)
