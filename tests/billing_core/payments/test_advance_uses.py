"""For which tax point a document on an advance is corrected: that of the invoice which used the money."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.money import Money, total
from billing_core.payments.advance_uses import AccountUses, Move, by_tax_point
from billing_core.payments.advances import Advances, Excess, Taxed
from billing_core.payments.events import Allocation, CreditAllocated, CreditReleased
from tests.billing_core.payments.test_advances import ON, PAYMENT, RATE, euros

MARCH, APRIL, JANUARY = date(2026, 3, 31), date(2026, 4, 30), date(2026, 1, 31)
NUMBER = "9000000001"


def taxed(*amounts: str) -> Advances:
    """Documents on one payment of 1 March, one after the other."""
    return {
        f"900000000{place}": Taxed(PAYMENT, RATE, euros(amount), euros("0"), euros("0"), ON)
        for place, amount in enumerate(amounts, 1)
    }


def uses(*facts: tuple[str, str]) -> AccountUses:
    """What invoices use, each an event after version 8; what is below zero is released."""
    found = AccountUses(version=8)
    for invoice, amount in facts:
        part = (Allocation(PAYMENT, invoice, euros(amount.removeprefix("-")), ON),)
        kind = CreditReleased if amount.startswith("-") else CreditAllocated
        found.apply(kind(effective_on=ON, allocations=part))
    found.tax_points |= {"A": MARCH, "B": APRIL, "C": JANUARY}
    return found


def parted(found: list[Excess], advances: Advances, by: AccountUses, known: int = 8) -> list[tuple[str, str, str]]:
    parts = by_tax_point(found, advances, by, {PAYMENT: known})
    return [(f"{each.amount.amount:f}", each.invoice, f"{each.tax_point_on or ''}") for each in parts]


def test_the_worked_example():
    """300.00 are used by an invoice, 100.00 were transferred."""
    found = [Excess(NUMBER, euros("400.00"))]
    assert parted(found, taxed("500.00"), uses(("A", "300.00"))) == [
        ("300.00", "A", "2026-03-31"), ("100.00", "", ""),
    ]  # fmt: skip


def test_what_was_used_before_the_last_draw_up_does_not_count_again():
    found = [Excess(NUMBER, euros("100.00"))]
    by = uses(("A", "300.00"), ("B", "60.00"))
    assert parted(found, taxed("200.00"), by, known=9) == [("60.00", "B", "2026-04-30"), ("40.00", "", "")]


def test_what_was_released_again_was_not_used():
    found = [Excess(NUMBER, euros("70.00"))]
    by = uses(("A", "300.00"), ("B", "50.00"), ("A", "-280.00"))
    assert parted(found, taxed("500.00"), by) == [("50.00", "B", "2026-04-30"), ("20.00", "A", "2026-03-31")]


def test_money_that_came_in_after_the_tax_point_of_its_invoice_is_corrected_as_of_the_day_on_which_it_came():
    assert parted([Excess(NUMBER, euros("5.00"))], taxed("5.00"), uses(("C", "5.00"))) == [("5.00", "C", f"{ON}")]


def test_of_two_documents_on_one_payment_each_use_counts_once():
    found = [Excess("9000000001", euros("30.00")), Excess("9000000002", euros("50.00"))]
    parts = by_tax_point(found, taxed("30.00", "50.00"), uses(("A", "60.00"), ("B", "20.00")), {PAYMENT: 8})
    assert [(each.number, f"{each.amount.amount:f}", each.invoice) for each in parts] == [
        ("9000000001", "30.00", "A"), ("9000000002", "30.00", "A"), ("9000000002", "20.00", "B"),
    ]  # fmt: skip


CENTS = st.integers(1, 50_000)


@given(CENTS, st.lists(st.tuples(st.sampled_from("ABC"), CENTS), max_size=6))
def test_the_parts_sum_to_the_excess_and_no_invoice_counts_for_more_than_it_used(
    cents: int, used: list[tuple[str, int]]
):
    amount = Money(Decimal(cents) / 100, "EUR")
    by = AccountUses(
        version=8 + len(used), tax_points={"A": MARCH, "B": APRIL, "C": JANUARY},
        moves=[Move(9 + place, PAYMENT, invoice, euros(Decimal(each) / 100))
               for place, (invoice, each) in enumerate(used)],
    )  # fmt: skip
    parts = by_tax_point([Excess(NUMBER, amount)], taxed("500.00"), by, {PAYMENT: 8})

    assert total((each.amount for each in parts), "EUR") == amount
    for invoice in "ABC":
        mine = total((each.amount for each in parts if each.invoice == invoice), "EUR")
        assert mine <= total((move.amount for move in by.moves if move.invoice == invoice), "EUR")
    rest = [each for each in parts if not each.invoice]
    assert not rest or amount > total((move.amount for move in by.moves), "EUR")
