"""Postpaid items of a prepaid account wait until their day, and then take unused money, the oldest due first."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.kernel.money import Money, zero
from billing_core.payments.events import CreditAllocated, ItemsFellDue
from billing_core.payments.falling_due import let_fall_due, next_fall_on, open_ahead
from billing_core.payments.ledger import Ledger


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def march(day: int) -> date:
    return date(2026, 3, day)


def waiting() -> Ledger:
    """50.00 are unused, A 30.00 waits for 15 March, B 40.00 for 20 March, and C 5.00 for money that names it."""
    ledger = Ledger(zero("EUR"))
    ledger.add_credit("P", eur("50.00"), march(1))
    for number, amount, on in (("A", "30.00", march(15)), ("B", "40.00", march(20)), ("C", "5.00", date.max)):
        ledger.add_invoice(number, min(on, march(15)), eur(amount), on)
    return ledger


def test_what_waits_takes_no_money_before_its_day_and_all_of_it_on_it():
    ledger = waiting()

    assert [ledger.waiting_after(march(day)) for day in (14, 15, 20)] == [eur("75.00"), eur("45.00"), eur("5.00")]


def test_an_item_whose_day_has_come_is_settled_by_unused_money():
    ledger = waiting()
    assert let_fall_due(ledger, march(14)) == []

    fallen, allocated = let_fall_due(ledger, march(15))

    assert fallen == ItemsFellDue(effective_on=march(15), invoices=("A",))
    assert isinstance(allocated, CreditAllocated)
    assert [(part.invoice, part.amount) for part in allocated.allocations] == [("A", eur("30.00"))]


def test_what_stays_open_if_all_falls_due_with_the_money_of_now():
    ledger = waiting()

    assert {number: item.amount for number, item in open_ahead(ledger).items()} == {"B": eur("20.00"), "C": eur("5.00")}
    assert (next_fall_on(ledger), len(ledger.open_items)) == (march(15), 3)


def test_what_is_opened_again_before_its_day_waits_as_before():
    ledger = waiting()
    by_name = ledger.open_items["A"].settled_by("P", "A", eur("30.00"))

    ledger.allocate(by_name)
    ledger.release(by_name, march(10))

    assert (ledger.open_items["A"].settled_from, ledger.credits) == (march(15), {"P": eur("50.00")})
