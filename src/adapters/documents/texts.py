"""The wording of printed documents, and how dates, periods, rates and amounts are written in it.

A language is one file, `templates/<code>.j2`, which holds its labels, its sentences and its way of writing dates;
adding a language is adding that file. Decides words, not places on paper.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import cache, lru_cache

from babel.dates import format_date, format_interval
from babel.numbers import format_currency, format_decimal
from jinja2 import Environment, PackageLoader, StrictUndefined, TemplateNotFound

from adapters.documents.payment_qr import is_payable
from billing_core.invoicing.documents import Document, DocumentLine
from billing_core.kernel.currencies import minor_digits
from billing_core.kernel.errors import NotFound
from billing_core.kernel.money import Money

DEFAULT_LANGUAGE = "en"
PLAIN_TEXT_TEMPLATE = "document.txt.j2"

ONE_DAY = datetime.timedelta(days=1)
HYPHEN, MINUS = "-", "\u2212"
THIN_SPACE = "\u2009"

_environment = Environment(
    loader=PackageLoader(__package__),
    undefined=StrictUndefined,
    autoescape=False,  # plain text and ink, no markup
    trim_blocks=True,
    lstrip_blocks=True,
)


class Texts:
    """The texts of one language: labels by name, sentences about a document, and written values."""

    def __init__(self, language: str) -> None:
        try:
            self._words = _environment.get_template(f"{language}.j2").module
        except TemplateNotFound:
            raise NotFound("no language file has this code", field="language", value=language) from None
        self.language = language
        self._locale = self.label("locale")
        self._date_pattern = self.label("date_pattern")

    def label(self, name: str) -> str:
        """A fixed text, such as the heading of a column."""
        return str(getattr(self._words, name))

    def title(self, document: Document) -> str:
        return self._sentence("title", document)

    def total(self, document: Document) -> str:
        """The label of the document's total: due, or to be credited."""
        return self._sentence("total", document)

    def settlement(self, document: Document) -> str:
        """The request to the buyer, or that nothing is to pay."""
        amount = document.to_pay if is_payable(document) else settled_amount(document)
        return self._sentence("settlement", document, self.money(amount), self.date(document.due_on))

    def settled(self, document: Document) -> list[tuple[str, str]]:
        """What is paid of an invoice and what is still to pay, each with its label; nothing if nothing is paid."""
        if document.settled is None or document.settled.amount <= 0:
            return []
        return [
            (self.label("settled"), self.money(document.settled)),
            (self.label("to_pay"), self.money(document.to_pay)),
        ]

    def footer(self, document: Document) -> str:
        return self._sentence("footer", document)

    def page(self, number: int, count: int) -> str:
        return self._sentence("page", number, count)

    def line(self, line: DocumentLine) -> str:
        """The subject of a line, and its quantity if there are several."""
        return self._sentence("line", line.quantity, line.description) if line.quantity > 1 else line.description

    def explanation(self, line: DocumentLine) -> str:
        """The explanation of a line's amount, or of each of its amounts if there are several."""
        several = line.quantity > 1 and line.explanation
        return self._sentence("each", line.explanation) if several else line.explanation

    def about(self, document: Document) -> list[tuple[str, str]]:
        """The service or the address that the document is about, each with its label."""
        named = []
        if document.service:
            named.append((self.label("service"), self._sentence("named", document.service_name, document.service)))
        if document.address:
            named.append((self.label("address"), document.address))
        return named

    def date(self, day: datetime.date) -> str:
        return format_date(day, self._date_pattern, locale=self._locale)

    def period(self, from_on: datetime.date, to_on: datetime.date) -> str:
        """A half-open period as people read it, with its last day included: [1 Mar, 1 Apr) is 1 - 31 Mar 2026.

        The month and the year of the first day are left out if they are those of the last one.
        """
        last_on = to_on - ONE_DAY
        if last_on <= from_on:
            return self.date(from_on)
        return str(format_interval(from_on, last_on, "yMMMd", locale=self._locale)).replace(THIN_SPACE, " ")

    def rate(self, percent: Decimal) -> str:
        return self._sentence("rate", format_decimal(percent, "#,##0.######", locale=self._locale))

    def number(self, money: Money) -> str:
        """The amount with the decimals of its currency, without naming the currency."""
        written = format_decimal(money.amount, _number_pattern(money.currency), locale=self._locale)
        return written.replace(HYPHEN, MINUS)

    def money(self, money: Money) -> str:
        """The amount with its currency."""
        pattern = f"{_number_pattern(money.currency)}\u00a0\u00a4\u00a4"
        written = format_currency(money.amount, money.currency, pattern, locale=self._locale, currency_digits=False)
        return written.replace(HYPHEN, MINUS)

    def units(self, number: Decimal) -> str:
        """A quantity without needless zeros."""
        return str(format_decimal(number, "#,##0.######", locale=self._locale))

    def unit_price(self, price: Decimal, currency: str) -> str:
        """A price of one unit with at least the decimals of its currency, and as many more as it has."""
        digits = minor_digits(currency)
        pattern = f"#,##0.{'0' * digits}{'#' * (6 - digits)}"
        return str(format_decimal(price, pattern, locale=self._locale)).replace(HYPHEN, MINUS)

    def _sentence(self, name: str, *values: object) -> str:
        return str(getattr(self._words, name)(*values)).strip()


@lru_cache(maxsize=32)
def texts(language: str = DEFAULT_LANGUAGE) -> Texts:
    """The texts of a language, read once."""
    return Texts(language)


def settled_amount(document: Document) -> Money:
    """The total as its label reads: "to be credited" already gives the direction, so a credit is printed as a positive
    amount.
    """
    if document.kind == "credit-note" or document.gross.amount < 0:
        return -document.gross
    return document.gross


def render_text(document: Document, *, copy: bool = False, language: str = DEFAULT_LANGUAGE) -> str:
    """The document as plain text, for a terminal."""
    template = _environment.get_template(PLAIN_TEXT_TEMPLATE)
    return template.render(
        document=document,
        copy=copy,
        texts=texts(language),
        payable=is_payable(document),
        settled=settled_amount(document),
    )


@cache
def _number_pattern(currency: str) -> str:
    """The decimals come from the billing rules: Babel would hide minor units of currencies rarely paid in coins."""
    digits = minor_digits(currency)
    return "#,##0." + "0" * digits if digits else "#,##0"
