"""Refunds, pay-outs, parts taken back and write-offs: what each does to credits, invoices and the balance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import BillingError, InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total, zero
from billing_core.payments.allocation import Settlement, allocation_events
from billing_core.payments.events import (
    Allocation,
    CreditPaidOut,
    CreditPart,
    PaymentReceived,
    TaxPart,
    WriteOffCancelled,
)
from billing_core.payments.giving_back import (
    WriteOffHistory,
    apply_write_offs,
    cancel_write_off,
    pay_out,
    refund,
    still_given,
    write_off,
    write_off_credited,
)
from billing_core.payments.ledger import Ledger, PaymentHistory, apply_payment_history
from billing_core.payments.receiving import move_away, receive, reverse_payment

ON = date(2026, 3, 16)
DUE = date(2026, 3, 1)


def euros(amount: str | Decimal) -> Money:
    return Money(Decimal(amount), "EUR")


class Books:
    """The money of one account, with its histories."""

    def __init__(self, **invoices: str) -> None:
        self.ledger = Ledger(zero("EUR"))
        self.payments: PaymentHistory = {}
        self.write_offs: WriteOffHistory = {}
        for day, (number, gross) in enumerate(invoices.items(), start=1):
            self.ledger.add_invoice(number, DUE.replace(day=day), euros(gross))

    def apply(self, events: list[Event]) -> list[Event]:
        for fact in events:
            self.ledger.apply(fact)
            apply_payment_history(self.payments, fact)
            apply_write_offs(self.write_offs, fact)
        return events

    def receive(self, amount: str, reference: str = "17") -> str:
        payment = PaymentReceived(
            effective_on=DUE, customer="C1", source="bank", reference=reference, amount=euros(amount)
        )
        self.apply(receive(self.ledger, payment, None))
        return payment.payment

    def credit_note(self, number: str, amount: str) -> None:
        self.ledger.add_credit(number, euros(amount))
        settled = Settlement(self.ledger).spread_unused()
        self.apply(allocation_events(settled, ON))

    @property
    def open_items(self) -> dict[str, str]:
        return {number: f"{item.amount.amount:f}" for number, item in self.ledger.open_items.items()}

    @property
    def credits(self) -> dict[str, str]:
        return {credit: f"{amount.amount:f}" for credit, amount in self.ledger.credits.items()}


def test_a_part_is_taken_back_of_what_is_unused_and_then_of_what_was_settled_last():
    books = Books(A="40.00", B="50.00")
    payment = books.receive("100.00")

    books.apply(reverse_payment(books.ledger, books.payments, payment, "charged back", ON, euros("30.00")))

    assert (books.open_items, books.credits) == ({"B": "20.00"}, {})
    assert books.ledger.balance == euros("-20.00")
    assert books.payments[payment].left == euros("70.00")
    assert books.payments[payment].allocations == [
        Allocation(payment, "A", euros("40.00"), DUE),
        Allocation(payment, "B", euros("30.00"), DUE.replace(day=2)),
    ]


def test_the_rest_of_a_payment_is_taken_back_as_a_whole():
    books = Books(A="40.00", B="50.00")
    payment = books.receive("100.00")
    books.apply(reverse_payment(books.ledger, books.payments, payment, "charged back", ON, euros("30.00")))

    books.apply(reverse_payment(books.ledger, books.payments, payment, "charged back", ON))

    assert (books.open_items, books.credits) == ({"A": "40.00", "B": "50.00"}, {})
    assert books.ledger.balance == euros("-90.00")
    assert books.payments[payment].is_reversed


def test_what_a_part_opens_is_settled_by_other_unused_credit():
    books = Books(A="40.00")
    first = books.receive("40.00", "1")
    books.receive("15.00", "2")

    books.apply(reverse_payment(books.ledger, books.payments, first, "charged back", ON, euros("25.00")))

    assert (books.open_items, books.credits) == ({"A": "10.00"}, {})


def test_a_refund_takes_what_is_unused_of_its_payment():
    books = Books(A="40.00")
    payment = books.receive("70.00")

    books.apply(refund(books.ledger, books.payments, payment, euros("10.00"), "paid twice", ON))
    assert (books.credits, books.ledger.balance) == ({payment: "20.00"}, euros("20.00"))

    books.apply(refund(books.ledger, books.payments, payment, None, "paid twice", ON))
    assert (books.credits, books.ledger.balance, books.open_items) == ({}, euros("0.00"), {})


def test_a_pay_out_takes_credits_in_the_order_in_which_they_came_in():
    books = Books()
    payment = books.receive("30.00")
    books.credit_note("5000000001", "5.00")

    (paid_out,) = books.apply(pay_out(books.ledger, euros("32.00"), "the customer left", ON))

    assert isinstance(paid_out, CreditPaidOut)
    assert paid_out.parts == (CreditPart(payment, euros("30.00")), CreditPart("5000000001", euros("2.00")))
    assert (books.credits, books.ledger.balance) == ({"5000000001": "3.00"}, euros("3.00"))
    books.apply(pay_out(books.ledger, None, "the customer left", ON))
    assert (books.credits, books.ledger.balance) == ({}, euros("0.00"))


def test_a_write_off_settles_its_invoice_and_can_be_cancelled():
    books = Books(A="24.00")
    books.apply(write_off(books.ledger, "A", euros("10.00"), "too small", ON))
    assert (books.open_items, books.ledger.balance, books.credits) == ({"A": "14.00"}, euros("-14.00"), {})
    books.apply(write_off(books.ledger, "A", None, "too small", ON))
    assert (books.open_items, books.ledger.balance) == ({}, euros("0.00"))

    books.apply(cancel_write_off(books.ledger, books.write_offs, "A", "the debtor was found", ON))

    assert (books.open_items, books.ledger.balance, books.credits) == ({"A": "24.00"}, euros("-24.00"), {})
    assert books.write_offs == {}


def test_money_that_comes_after_a_write_off_is_credit_and_settles_the_invoice_once_it_is_cancelled():
    books = Books(A="24.00")
    books.apply(write_off(books.ledger, "A", None, "too small", ON))
    payment = books.receive("20.00")
    assert books.credits == {payment: "20.00"}

    books.apply(cancel_write_off(books.ledger, books.write_offs, "A", "the debtor paid", ON))

    assert (books.open_items, books.credits, books.ledger.balance) == ({"A": "4.00"}, {}, euros("-4.00"))


Decide = Callable[[Books, str], list[Event]]


@pytest.mark.parametrize(
    ("decide", "error", "message"),
    [
        (lambda books, payment: refund(books.ledger, books.payments, payment, euros("30.01"), "x", ON), RuleViolation,
         "amount '30.01 EUR': is more than the 30.00 EUR that are unused of payment bank:17"),
        (lambda books, payment: refund(books.ledger, books.payments, "bank:18", None, "x", ON), NotFound,
         "payment 'bank:18': the account has no such payment"),
        (lambda books, payment: refund(books.ledger, books.payments, payment, euros("0.00"), "x", ON), InvalidValue,
         "amount '0.00 EUR': must be more than zero"),
        (lambda books, payment: refund(books.ledger, books.payments, payment, None, " ", ON), InvalidValue, "reason"),
        (lambda books, payment: pay_out(books.ledger, euros("30.01"), "x", ON), RuleViolation,
         "is more than the 30.00 EUR of unused credit"),
        (lambda books, payment: pay_out(books.ledger, Money(Decimal(1), "USD"), "x", ON), InvalidValue,
         "the account is kept in EUR"),
        (lambda books, payment: write_off(books.ledger, "A", None, "x", ON), NotFound,
         "invoice 'A': the account has no open invoice of this number"),
        (lambda books, payment: cancel_write_off(books.ledger, books.write_offs, "A", "x", ON), NotFound,
         "invoice 'A': nothing is written off of this invoice"),
        (lambda books, payment: reverse_payment(books.ledger, books.payments, payment, "x", ON, euros("70.01")),
         RuleViolation, "amount '70.01 EUR': is more than the 70.00 EUR left of payment bank:17"),
        (lambda books, payment: reverse_payment(books.ledger, books.payments, payment, "x", ON, euros("-1.00")),
         InvalidValue, "must be more than zero"),
    ],
)  # fmt: skip
def test_nothing_is_given_back_beyond_what_there_is(decide: Decide, error: type[BillingError], message: str):
    books = Books(A="40.00")
    payment = books.receive("70.00")
    with pytest.raises(error) as refused:
        decide(books, payment)
    assert message in str(refused.value)


def test_a_payment_that_settles_invoices_with_all_of_it_is_not_refunded_but_reversed():
    books = Books(A="40.00")
    payment = books.receive("40.00")
    with pytest.raises(RuleViolation, match="reverse it if the money was taken back"):
        refund(books.ledger, books.payments, payment, None, "paid twice", ON)


def test_a_payment_of_which_a_part_is_gone_is_not_moved_and_one_of_which_all_is_gone_is_over():
    books = Books()
    payment = books.receive("40.00")
    books.apply(refund(books.ledger, books.payments, payment, euros("10.00"), "paid twice", ON))
    with pytest.raises(RuleViolation, match=r"has 30\.00 EUR left of 40\.00 EUR, so it cannot be moved as a whole"):
        move_away(books.ledger, books.payments, payment, "A2", "wrong account", ON)

    books.apply(pay_out(books.ledger, None, "the customer left", ON))
    with pytest.raises(RuleViolation, match="has nothing left"):
        reverse_payment(books.ledger, books.payments, payment, "bounced", ON)


AMOUNTS = st.integers(1, 9_000).map(lambda cents: euros(Decimal(cents) / 100))


@given(
    st.lists(AMOUNTS, max_size=4),
    st.lists(
        st.tuples(st.sampled_from(["pay", "refund", "out", "off", "part", "back", "cancel"]), AMOUNTS), max_size=14
    ),
)
def test_whatever_is_given_back_or_up_the_books_balance(invoices: list[Money], happenings: list[tuple[str, Money]]):
    """The balance is the credits less the open items; both are never there at once; nothing is taken twice."""
    books = Books(**{f"I{number}": f"{amount.amount:f}" for number, amount in enumerate(invoices)})
    owed = total(invoices, "EUR")
    for number, (what, amount) in enumerate(happenings):
        before = books.ledger.balance
        try:
            change = happen(books, what, amount, str(number))
        except BillingError:
            assert books.ledger.balance == before
            continue
        assert books.ledger.balance == before + change
        unused = total(books.ledger.credits.values(), "EUR")
        still_open = total((item.amount for item in books.ledger.open_items.values()), "EUR")
        assert books.ledger.balance == unused - still_open
        assert not (books.ledger.credits and books.ledger.open_items)
        assert still_open <= owed
        for payment, record in books.payments.items():
            settles = total((part.amount for part in record.allocations), "EUR")
            left = zero("EUR") if record.is_reversed else record.left
            assert settles + books.ledger.credits.get(payment, zero("EUR")) == left


def happen(books: Books, what: str, amount: Money, reference: str) -> Money:
    """What happens, and by how much the balance must change."""
    ledger, payment = books.ledger, next(reversed(books.payments), "bank:none")
    invoice = next(iter(books.ledger.open_items), "I0")
    match what:
        case "pay":
            books.receive(f"{amount.amount:f}", reference)
            return amount
        case "refund":
            books.apply(refund(ledger, books.payments, payment, amount, "x", ON))
        case "out":
            books.apply(pay_out(ledger, amount, "x", ON))
        case "off":
            books.apply(write_off(ledger, invoice, amount, "x", ON))
            return amount
        case "part":
            books.apply(reverse_payment(ledger, books.payments, payment, "x", ON, amount))
        case "back":
            left = books.payments[payment].left if payment in books.payments else zero("EUR")
            books.apply(reverse_payment(ledger, books.payments, payment, "x", ON))
            return -left
        case "cancel":
            gone = next(iter(books.write_offs.values())).amount if books.write_offs else zero("EUR")
            invoice = next(iter(books.write_offs), "write-off I0").removeprefix("write-off ")
            books.apply(cancel_write_off(ledger, books.write_offs, invoice, "x", ON))
            return -gone
    return -amount


def credited(books: Books, invoice: str, amount: str) -> list[Event]:
    base = euros(amount)
    taxes = [TaxPart(rate=Decimal(0), base=base, vat=zero("EUR"))]
    return books.apply(write_off_credited(books.ledger, invoice, base, taxes, "credit note 7", ON))


def test_a_credit_note_takes_back_what_was_written_off_after_what_is_open():
    books = Books(A="100.00")
    books.receive("60.00")
    books.apply(write_off(books.ledger, "A", None, "cannot be found", ON))
    (_, cancelled) = credited(books, "A", "50.00")

    assert isinstance(cancelled, WriteOffCancelled)
    assert (cancelled.amount, cancelled.reason) == (euros("40.00"), "credited by credit note 7")
    assert books.ledger.open_items["A"].amount == euros("40.00"), "the credit note settles it next"
    assert (books.ledger.written_off, books.write_offs) == ({}, {})


def test_a_credit_note_for_what_is_open_leaves_what_was_written_off():
    books = Books(A="100.00")
    books.apply(write_off(books.ledger, "A", euros("30.00"), "a crumb", ON))

    assert credited(books, "A", "70.00") == []
    assert credited(books, "B", "70.00") == []
    credited(books, "A", "80.00")
    assert books.ledger.written_off["A"].amount == euros("20.00")
    assert books.write_offs["write-off A"].amount == euros("20.00")


def test_of_what_was_given_back_only_that_is_returned_which_did_not_come_back_yet():
    parts = (CreditPart("P", euros("12.00")), CreditPart("Q", euros("3.00")))
    assert still_given({"P": euros("7.00"), "Q": euros("5.00")}, parts) == (
        CreditPart("P", euros("7.00")), CreditPart("Q", euros("3.00")),
    )  # fmt: skip
    assert still_given({"P": euros("0.00")}, parts) == ()
