"""A language at work: its texts, and how it writes dates, numbers and amounts, by CLDR.

The minus is the real one (U+2212). An amount has the decimals of its currency by the billing rules, for Babel would
hide minor units of currencies rarely paid in coins.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton, get_datetime_format
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit

from adapters.languages.catalogues import translations
from billing_core.kernel.currencies import minor_digits
from billing_core.kernel.money import Money
from billing_core.kernel.phrases import COUNTED, JOINTS, WORDINGS, Phrase

# English as it is written outside America: the day before the month.
LOCALES = {"en": "en_001"}
ONE_DAY = datetime.timedelta(days=1)
HYPHEN, MINUS = "-", "\u2212"
THIN_SPACE = "\u2009"
NO_BREAK_SPACE = "\u00a0"
NUMBER = re.compile(r"(?P<number>-?[0-9]+(?:\.(?P<decimals>[0-9]+))?)(?: (?P<currency>[A-Z]{3}))?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# The year of a day in Bulgarian and Russian ends with a full stop, which may be that of the sentence.
YEARS = {"bg": "г.", "ru": "г."}
UNITS = {"day": "duration-day", "week": "duration-week", "month": "duration-month"}
PLAIN_NUMBER = "#,##0.######"


class Language:
    """One of the program's languages. In a template it is `written`."""

    def __init__(self, code: str) -> None:
        self._translations = translations(code)
        self.code = code
        self.locale = Locale.parse(LOCALES.get(code, code))

    @property
    def name(self) -> str:
        """What the language calls itself: čeština."""
        return str(self.locale.languages[self.code])

    def gettext(self, message: str, **values: object) -> str:
        """A text, with values in place of its `%(name)s`."""
        return self.ended_once(self._translations.gettext(message) % values)

    def ended_once(self, text: str) -> str:
        """A text without a second full stop after a year, also if the day is marked up: 5 април 2026 г."""
        year = YEARS.get(self.code)
        if year is None or year not in text:
            return text
        once = str(text).replace(f"{year}.", year).replace(f"{year}</time>.", f"{year}</time>")
        return type(text)(once)  # Markup stays markup.

    def ngettext(self, singular: str, plural: str, num: int, **values: object) -> str:
        """A text in the form that belongs to a number; `%(num)s` is the number."""
        return self._translations.ngettext(singular, plural, num) % {"num": self.number(num), **values}

    def pgettext(self, context: str, message: str, **values: object) -> str:
        """A text that means something else in another context: *Open* of a door and of an invoice."""
        return str(self._translations.pgettext(context, message)) % values

    def phrase(self, phrase: Phrase) -> str:
        """What explains an amount, with its numbers, amounts and days as this language writes them.

        Worked example: `["used-of",["80","1200.5"]]` is *used 80 of 1,200.5* in English.
        """
        values = [
            self.phrase(value) if isinstance(value, Phrase) else self._of_canonical(value) for value in phrase.values
        ]
        if phrase.code in JOINTS:
            return JOINTS[phrase.code].join(values)
        wording = WORDINGS[phrase.code]
        named = dict(zip(wording.places, values, strict=True))
        if not wording.many:
            return self._translations.gettext(wording.one) % named
        counted = phrase.values[wording.places.index(COUNTED)]
        return self._translations.ngettext(wording.one, wording.many, _plural_number(str(counted))) % named

    def _of_canonical(self, value: str) -> str:
        """A number or an amount with the decimals that it has, or a day; any other text as it is."""
        if DAY.fullmatch(value):
            return self.date(datetime.date.fromisoformat(value))
        found = NUMBER.fullmatch(value)
        if found is None:
            return value
        written = self.decimal(Decimal(found["number"]), len(found["decimals"] or ""))
        currency = found["currency"] or ""
        return f"{written}{NO_BREAK_SPACE}{currency}" if currency else written

    def date(self, day: datetime.date) -> str:
        """A day: 5 Apr 2026, 5. 4. 2026."""
        return format_date(day, "medium", locale=self.locale)

    def long_date(self, day: datetime.date) -> str:
        """A day with its month in full: 5 April 2026, 5. dubna 2026."""
        return format_date(day, "long", locale=self.locale)

    def weekday(self, day: datetime.date) -> str:
        """A day with its name: Sunday, 5 April 2026."""
        return format_date(day, "full", locale=self.locale)

    def month(self, day: datetime.date) -> str:
        """The month of a day: April 2026, duben 2026."""
        return str(format_skeleton("yMMMM", day, locale=self.locale))

    def moment(self, at: datetime.datetime, zone: datetime.tzinfo) -> str:
        """A moment in a zone: 5 Apr 2026, 15:03."""
        local = at.astimezone(zone)
        clock = format_skeleton("Hm", local, tzinfo=zone, locale=self.locale)
        pattern = str(get_datetime_format("medium", locale=self.locale)).replace("'", "")
        return pattern.format(clock, self.date(local.date()))

    def period(self, from_on: datetime.date, to_on: datetime.date) -> str:
        """A half-open period as people read it, with its last day included: [1 Mar, 1 Apr) is 1 - 31 Mar 2026.

        The month and the year of the first day are left out if they are those of the last one.
        """
        last_on = to_on - ONE_DAY
        if last_on <= from_on:
            return self.date(from_on)
        return str(format_interval(from_on, last_on, "yMMMd", locale=self.locale)).replace(THIN_SPACE, " ")

    def length(self, every: str) -> str:
        """The length of a period of a price list: `3 months` is 3 months, 3 měsíce; `month` is 1 month."""
        count, _, unit = every.rpartition(" ")
        return format_unit(int(count or 1), UNITS[unit.removesuffix("s")], length="long", locale=self.locale)

    def number(self, number: Decimal | int) -> str:
        """A number without needless zeros, and with a real minus."""
        return self._written(number, PLAIN_NUMBER)

    def decimal(self, number: Decimal, digits: int) -> str:
        """A number with that many decimals: 7.5, 0.5."""
        return self._written(number, f"#,##0.{'0' * digits}" if digits else "#,##0")

    def percent(self, number: Decimal) -> str:
        """A number of percent: 21%, 21 %."""
        return self._written(number / 100, self.locale.percent_formats[None].pattern.replace("0", "0.####"))

    def amount(self, money: Money) -> str:
        """An amount without its currency: 1,234.50."""
        return self._written(money.amount, _amount_pattern(minor_digits(money.currency)))

    def moved(self, money: Money) -> str:
        """An amount without its currency that is added or taken off, with its sign: +1,234.50."""
        return f"+{self.amount(money)}" if money.amount > 0 else self.amount(money)

    def money(self, money: Money) -> str:
        """An amount with the code of its currency: 1,234.50 EUR."""
        pattern = f"{_amount_pattern(minor_digits(money.currency))}{NO_BREAK_SPACE}\u00a4\u00a4"
        written = format_currency(money.amount, money.currency, pattern, locale=self.locale, currency_digits=False)
        return written.replace(HYPHEN, MINUS)

    def unit_price(self, price: Decimal, currency: str) -> str:
        """A price of one unit with at least the decimals of its currency, and as many more as it has."""
        digits = minor_digits(currency)
        return self._written(price, f"#,##0.{'0' * digits}{'#' * (6 - digits)}")

    def _written(self, number: Decimal | int, pattern: str) -> str:
        return str(format_decimal(number, pattern, locale=self.locale)).replace(HYPHEN, MINUS)


def _plural_number(written: str) -> int:
    """The number whose plural form belongs to another number: for a broken one that of two, as in 1.5 days."""
    return int(written) if written.isdigit() else 2


def _amount_pattern(digits: int) -> str:
    return "#,##0." + "0" * digits if digits else "#,##0"


@cache
def language_of(code: str) -> Language:
    """A language of the program, made once; `NotFound` if the program does not speak it."""
    return Language(code)


def N_(message: str) -> str:
    """The text as it is: marks one that is translated when it is shown, such as the title of a menu's entry."""
    return message
