"""The words of reports: subjects, and titles in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from babel.numbers import format_compact_decimal

from adapters.pages.page import N_
from adapters.pages.visit import Visit

SUBJECTS: Mapping[str, str] = {
    "money": N_("Money"),
    "base": N_("Customers and services"),
    "sales": N_("Sales"),
    "traffic": N_("Traffic"),
    "work": N_("Work"),
    "dunning": N_("Debts and dunning"),
    "audit": N_("Who did what"),
    "operation": N_("Operation"),
}


def said(text: str, visit: Visit) -> str:
    """A text of a file in the reader's language; English if nobody has translated it."""
    return visit.translated(text) if text else ""


def compact(visit: Visit) -> Callable[[Decimal], str]:
    """Writes a value of a scale shortly, as the reader's language does: 1.5M, 200K."""
    return lambda value: format_compact_decimal(value, locale=visit.written.locale, fraction_digits=1)
