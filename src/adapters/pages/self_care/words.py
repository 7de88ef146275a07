"""Amounts, days and periods in the words of the reader's language, by the CLDR.

en   Monday, 15 June 2026   461.30       cs   pondělí 15. června 2026   461,30
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from babel.units import format_unit
from markupsafe import Markup

from adapters.documents.payment_qr import qr_modules
from adapters.pages.shown import MINUS, NO_BREAK
from billing_core.kernel.money import Money

UNITS = {"day": "duration-day", "week": "duration-week", "month": "duration-month"}
LOCALES = {"en": "en_GB"}  # The day before the month, as in all the other languages.
QUIET = 2  # The frame of the picture adds the rest of the four modules that readers need.


class Words(NamedTuple):
    """How one language says it."""

    language: str

    @property
    def locale(self) -> Locale:
        return Locale.parse(LOCALES.get(self.language, self.language))

    def day(self, value: date) -> Markup:
        """15 June 2026, as browsers and screen readers understand it."""
        return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), self.plain_day(value))

    def plain_day(self, value: date) -> str:
        """15 June 2026, in a text that no markup stands in."""
        return format_date(value, "long", locale=self.locale)

    def month(self, value: date) -> str:
        """June 2026."""
        return format_skeleton("yMMMM", value, locale=self.locale)

    def amount(self, value: Money) -> str:
        """461.30, without the currency."""
        places = max(0, -int(value.amount.as_tuple().exponent))
        written = format_decimal(value.amount, f"#,##0.{'0' * places}" if places else "#,##0", locale=self.locale)
        return written.replace("-", MINUS)

    def plain_weekday(self, value: date) -> str:
        """Monday, 15 June 2026, in a text that no markup stands in."""
        return format_date(value, "full", locale=self.locale)

    def money(self, value: Money) -> str:
        """461.30 CZK."""
        return f"{self.amount(value)}{NO_BREAK}{value.currency}"

    def number(self, value: Decimal | int) -> str:
        """1,234.5: a count or a quantity."""
        return format_decimal(value, "#,##0.##", locale=self.locale)

    def moved(self, value: Money) -> str:
        """The same with a sign, also of what is more."""
        return f"+{self.amount(value)}" if value.amount > 0 else self.amount(value)

    def period(self, every: str) -> str:
        """`30 days` of a price list; a period of one unit is said by itself, as `a month`."""
        count, _, unit = every.rpartition(" ")
        return format_unit(int(count or 1), UNITS[unit.removesuffix("s")], length="long", locale=self.locale)


class Code(NamedTuple):
    """A QR code as one path in a square of so many modules."""

    size: int
    path: str


def qr_code(payload: str) -> Code:
    """The code for a payment, with the quiet zone that readers need."""
    rows: Sequence[Sequence[int]] = qr_modules(payload)
    dark = [(x + QUIET, y + QUIET) for y, row in enumerate(rows) for x, module in enumerate(row) if module]
    return Code(len(rows) + 2 * QUIET, "".join(f"M{x} {y}h1v1h-1z" for x, y in dark))
