"""Amounts, and what a document is about, as people read them."""

from __future__ import annotations

from billing_core.invoicing.invoices import Subject
from billing_core.kernel.money import Money


def money(amount: Money) -> str:
    """An amount with its currency and thousands: `-1,234.50 EUR`."""
    return f"{amount.amount:,f} {amount.currency}"


def about(subject: Subject | None) -> str:
    """Which service or address a document is about: `service main`, and nothing where it is about the account."""
    if subject is None:
        return ""
    return f"service {subject.subscription}" if subject.subscription else f"address {subject.address}"


def about_what(subject: Subject | None) -> str:
    """The same within a sentence: ` for service main`."""
    return f" for {about(subject)}" if subject is not None else ""
