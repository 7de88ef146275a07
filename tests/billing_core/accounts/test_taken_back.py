"""What a bank takes back of a payment of which a part was given back before: the worked example, and refusals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.accounts.account import Account
from billing_core.accounts.plans import USUAL_PLAN
from billing_core.accounts.taken_back import TakenBack, all_of, take_back_payment
from billing_core.charging.charges import ChargesPosted
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, zero
from billing_core.payments.events import PaymentPartlyReversed, PaymentReceived, PaymentReversed
from billing_core.payments.giving_back import pay_out, refund
from billing_core.payments.ledger import Ledger, PaymentHistory, apply_payment_history
from billing_core.payments.receiving import receive
from billing_core.payments.transfers import Chosen, Transfer, transfer_away
from billing_core.time.periods import BillingDay

ON = date(2026, 3, 16)
PAYMENT = "debit-north:north-1-1"


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


class Books:
    """An account that owes 24.00, or nothing, and 500.00 that came in by a debit."""

    def __init__(self, *, owes: bool = True) -> None:
        self.payments: PaymentHistory = {}
        self.account = Account(
            "A", "C", "north", "EUR", [BillingDay(date.min, 1)], USUAL_PLAN, date(2026, 1, 1), Ledger(zero("EUR"))
        )
        if owes:
            self.account.ledger.add_invoice("7", date(2026, 3, 1), euros("24.00"))
        reference = PAYMENT.partition(":")[2]
        paid = PaymentReceived(
            effective_on=ON, customer="C", source="debit-north", reference=reference, amount=euros("500.00")
        )
        self.apply(receive(self.account.ledger, paid, None))

    def apply(self, events: list[Event]) -> list[Event]:
        for fact in events:
            self.account.apply(fact)
            apply_payment_history(self.payments, fact)
        return events

    def refund(self, amount: str) -> None:
        self.apply(refund(self.account.ledger, self.payments, PAYMENT, euros(amount), "paid too much", ON))

    def take_back(self, amount: str, number: int = 9) -> list[Event]:
        taken = TakenBack(PAYMENT, euros(amount), "returned by the bank: MD06", ON)
        return self.apply(take_back_payment(self.account, number, self.payments, taken, ON))


def amounts(events: list[Event]) -> list[tuple[str, Money]]:
    found = []
    for fact in events:
        if isinstance(fact, PaymentReversed | PaymentPartlyReversed):
            found.append(("taken back", fact.amount))
        elif isinstance(fact, ChargesPosted):
            (item,) = fact.charges
            assert item.vat_rate == 0
            found.append((item.component, item.amount))
    return found


def test_the_part_that_was_refunded_is_owed_again():
    books = Books()
    books.refund("100.00")
    assert all_of(books.payments, PAYMENT) == euros("500.00")

    assert amounts(books.take_back("500.00")) == [("taken back", euros("400.00")), ("item-9", euros("100.00"))]
    assert books.account.ledger.open_items["7"].amount == euros("24.00")
    assert books.account.ledger.balance == euros("-24.00")


def test_what_is_left_suffices_if_no_more_is_taken():
    books = Books()
    books.refund("100.00")
    assert amounts(books.take_back("300.00")) == [("taken back", euros("300.00"))]
    assert amounts(books.take_back("200.00")) == [("taken back", euros("100.00")), ("item-9", euros("100.00"))]


def test_what_was_paid_out_and_transferred_counts_as_given_back():
    books = Books()
    books.apply(pay_out(books.account.ledger, euros("76.00"), "the customer left", ON))
    transfer = Transfer("transfer A-7", "B", "family", "C")
    books.apply(list(transfer_away(books.account.ledger, Chosen(None), transfer, ON)))
    assert isinstance(books.payments[PAYMENT].given, Money) and books.payments[PAYMENT].left == euros("24.00")

    assert amounts(books.take_back("500.00")) == [("taken back", euros("24.00")), ("item-9", euros("476.00"))]


def test_a_payment_of_which_all_was_given_back_is_owed_whole():
    books = Books(owes=False)
    books.apply(pay_out(books.account.ledger, None, "the customer left", ON))
    assert books.payments[PAYMENT].left == euros("0.00")
    assert amounts(books.take_back("500.00")) == [("item-9", euros("500.00"))]


def test_more_than_came_in_and_what_is_over_are_refused():
    books = Books()
    books.refund("100.00")
    with pytest.raises(RuleViolation, match=r"is more than the 400\.00 EUR left of payment .* and the 100\.00 EUR"):
        books.take_back("500.01")
    books.take_back("500.00")
    with pytest.raises(RuleViolation, match="is reversed already"):
        books.take_back("500.00")
    with pytest.raises(NotFound, match="no such payment"):
        all_of(books.payments, "bank:18")
