"""Amounts, days and instants as pages show them, in the reader's language.

amount(Money(-461.30 CZK))          −461.30           with the real minus, U+2212
moved(Money(200.00 CZK))            +200.00           a movement has its sign, always
day(2026-06-11)                     2026-06-11        back office, in a <time>
instant(2026-06-09T14:20Z)          2026-06-09 16:20  in the house's time zone
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from decimal import Decimal

from markupsafe import Markup, escape

from billing_core.kernel.money import Money

MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"


def amount(value: Money | None) -> str:
    """An amount without its currency: a page shows the currency once, at the figure or in the head of the column."""
    return "" if value is None else _signed(value.amount, "")


def moved(value: Money | None) -> str:
    """The amount of a movement, with its sign."""
    return "" if value is None else _signed(value.amount, "+")


def amount_with_currency(value: Money | None) -> str:
    return "" if value is None else f"{_signed(value.amount, '')}{NO_BREAK}{value.currency}"


def number(value: Decimal | int | None) -> str:
    """A count or a quantity, thousands apart by narrow spaces."""
    return "" if value is None else f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}").replace("-", MINUS)


def _signed(value: Decimal, plus: str) -> str:
    grouped = f"{abs(value):,f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    sign = MINUS if value < 0 else plus if value > 0 else ""
    return f"{sign}{grouped}"


def day(value: date | None) -> Markup:
    """A day that a browser and a screen reader understand."""
    return Markup("") if value is None else Markup('<time datetime="{0}">{0}</time>').format(value.isoformat())


def instant(value: datetime | None, zone: tzinfo) -> Markup:
    """An instant to the minute, in a time zone."""
    if value is None:
        return Markup("")
    shown = value.astimezone(zone)
    return Markup('<time datetime="{}">{} {}</time>').format(
        value.isoformat(), shown.date().isoformat(), shown.strftime("%H:%M")
    )


def state(word: str, kind: str = "calm") -> Markup:
    """A state: a word in a badge whose shape says its kind: good, info, warn, bad or calm."""
    return Markup('<span class="state {}">{}</span>').format(kind, escape(word))
