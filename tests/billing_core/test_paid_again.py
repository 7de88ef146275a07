"""How payments count towards what was reversed before them, with the figures of the module's example."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.payments.events import PaymentMovedAway, PaymentPartlyReversed, PaymentReceived, PaymentReversed
from billing_core.payments.paid_again import Reversed, apply_reversed

ON = date(2026, 2, 5)


def eur(amount: str | int) -> Money:
    return Money(Decimal(amount), "EUR")


def paid(reference: str, amount: str) -> PaymentReceived:
    return PaymentReceived(effective_on=ON, customer="C1", source="bank", reference=reference, amount=eur(amount))


def reversal(reference: str, amount: str) -> PaymentReversed:
    return PaymentReversed(effective_on=ON, payment=f"bank:{reference}", amount=eur(amount), reason="bounced")


def after(*facts: Event) -> Reversed | None:
    known: Reversed | None = None
    for fact in facts:
        known = apply_reversed(known, fact)
    return known


def missing(*facts: Event) -> bool:
    known = after(*facts)
    return known is not None and not known.is_paid_again


def test_the_example_of_the_module():
    first, ten, bounced = reversal("1", "24.00"), paid("2", "10.00"), reversal("2", "10.00")
    assert missing(first)
    assert missing(first, ten)
    assert not missing(first, ten, paid("3", "14.00"))
    assert missing(first, ten, bounced, paid("3", "14.00"))
    assert not missing(first, ten, bounced, paid("3", "24.00"))


def test_a_payment_before_the_reversal_counts_for_nothing():
    assert missing(paid("2", "24.00"), paid("1", "24.00"), reversal("1", "24.00"))


def test_what_was_paid_again_is_missing_again_if_the_payment_was_another_accounts():
    moved = PaymentMovedAway(effective_on=ON, payment="bank:2", amount=eur("24.00"), to_account="2", reason="wrong")
    assert not missing(reversal("1", "24.00"), paid("2", "24.00"))
    assert missing(reversal("1", "24.00"), paid("2", "24.00"), moved)


def test_of_a_payment_that_is_partly_taken_back_the_rest_counts():
    part = PaymentPartlyReversed(effective_on=ON, payment="bank:2", amount=eur("4.00"), reason="chargeback")
    assert missing(reversal("1", "24.00"), paid("2", "24.00"), part)
    assert not missing(reversal("1", "20.00"), paid("2", "24.00"), part)


def test_what_was_paid_too_much_counts_towards_no_later_reversal():
    assert missing(reversal("1", "24.00"), paid("2", "50.00"), reversal("3", "5.00"))


@given(st.lists(st.integers(1, 50), min_size=1, max_size=10), st.integers(1, 100))
def test_it_is_paid_again_when_all_that_came_in_covers_it(amounts: list[int], taken_back: int):
    payments = [paid(str(number + 2), str(amount)) for number, amount in enumerate(amounts)]

    assert missing(reversal("1", str(taken_back)), *payments) == (sum(amounts) < taken_back)
