"""Amounts, and the subject of a document, in words."""

from __future__ import annotations

from billing_core.invoicing.invoices import Subject
from billing_core.kernel.money import Money


def money(amount: Money) -> str:
    """An amount with its currency and thousands: `-1,234.50 EUR`."""
    return f"{amount.amount:,f} {amount.currency}"


def counted(number: int, what: str) -> str:
    """How many of something: `1 invoice`, `2,000 credit notes`, `3 deliveries`, `4 days`."""
    if number == 1:
        return f"1 {what}"
    is_after_vowel = what[-2:-1] in "aeiou"
    return f"{number:,} {what[:-1]}ies" if what.endswith("y") and not is_after_vowel else f"{number:,} {what}s"


def about(subject: Subject | None) -> str:
    """The service or address of a document: `service main`; empty if it is about the account."""
    if subject is None:
        return ""
    return f"service {subject.subscription}" if subject.subscription else f"address {subject.address}"


def about_what(subject: Subject | None) -> str:
    """The same within a sentence: ` for service main`."""
    return f" for {about(subject)}" if subject is not None else ""
