"""The wording of printed documents: labels by name and sentences about a document, in one language.

Decides words, not places on paper. How dates, periods and amounts are written is the language's.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from adapters.documents.payment_qr import VARIABLE_SYMBOL, is_payable
from adapters.languages.language import N_, language_of
from billing_core.invoicing.documents import Document, DocumentLine
from billing_core.kernel.legal_ids import is_vat_id
from billing_core.kernel.money import Money

PLAIN_TEXT_TEMPLATE = "document.txt.j2"

LABELS: Mapping[str, str] = {
    "copy_mark": N_("COPY"),
    "issued_on": N_("Date of issue"),
    "tax_point_on": N_("Tax point"),
    "due_on": N_("Due date"),
    "account": N_("Customer account"),
    "service": N_("Service"),
    "address": N_("Service address"),
    "corrected_document": N_("Corrects invoice"),
    "reason": N_("Reason"),
    "corrected_amounts": N_("The amounts of the invoice are corrected."),
    "seller": N_("Seller"),
    "buyer": N_("Buyer"),
    "description": N_("Description"),
    "period": N_("Period"),
    "vat_rate": N_("VAT rate"),
    "net": N_("Net"),
    "units": N_("Quantity"),
    "unit_price": N_("Unit price"),
    "base": N_("Tax base"),
    "vat": N_("VAT"),
    "gross": N_("With VAT"),
    "sum": N_("Sum"),
    "settled": N_("Paid or credited"),
    "to_pay": N_("Still to pay"),
    "payee": N_("Payee"),
    "iban": N_("IBAN"),
    "bic": N_("BIC"),
    "reference_note": N_("Please state the payment reference, so that we can match your payment."),
    "scan_to_pay": N_("Scan to pay"),
    "scan_to_read": N_("Payment details"),
}

# The labels that have a row of their own in the plain text.
ROWS = (
    "issued_on", "tax_point_on", "due_on", "account", "service", "address", "corrected_document", "reason", "seller",
    "buyer", "iban", "bic",
)  # fmt: skip
LEAST_LABEL_WIDTH = 20

_environment = Environment(
    loader=PackageLoader(__package__),
    undefined=StrictUndefined,
    autoescape=False,  # plain text and ink, no markup
    trim_blocks=True,
    lstrip_blocks=True,
)


class Texts:
    """The texts of one language: labels by name, sentences about a document, and written values."""

    def __init__(self, code: str) -> None:
        self.language = language_of(code)

    def label(self, name: str) -> str:
        """A fixed text, such as the heading of a column."""
        return self.language.gettext(LABELS[name])

    def reference_label(self, document: Document) -> str:
        """What the payment reference is called; banks of some countries have a field of their own for short numbers."""
        if VARIABLE_SYMBOL.fullmatch(document.payment_reference):
            return self.language.pgettext("number of up to ten digits", "Payment reference")
        return self.language.gettext("Payment reference")

    def title(self, document: Document) -> str:
        """What the document is, by law: only one who pays VAT issues tax documents."""
        say, number = self.language, document.number
        is_tax_document = any(is_vat_id(label) for label in document.seller.legal_ids)
        if document.kind == "credit-note":
            if is_tax_document:
                return say.pgettext("tax document", "Credit note %(number)s", number=number)
            return say.gettext("Credit note %(number)s", number=number)
        if is_tax_document:
            return say.pgettext("tax document", "Invoice %(number)s", number=number)
        return say.gettext("Invoice %(number)s", number=number)

    def total(self, document: Document) -> str:
        """The label of the document's total: due, or to be credited."""
        if document.kind == "credit-note":
            return self.language.gettext("To be credited")
        if document.gross.amount < 0:
            return self.language.gettext("In your favour")
        is_settled = document.settled is not None and document.settled.amount > 0
        return self.language.gettext("Total") if is_settled else self.language.gettext("Total due")

    def settlement(self, document: Document) -> str:
        """The request to the buyer, or that nothing is to pay."""
        say, amount, account = self.language, self.money(settled_amount(document)), document.account
        if document.kind == "credit-note":
            return say.gettext("We credit %(amount)s to your account %(account)s.", amount=amount, account=account)
        if document.gross.amount < 0:
            return say.gettext("%(amount)s is credited to your account %(account)s.", amount=amount, account=account)
        if document.gross.amount == 0:
            return say.gettext("There is nothing to pay for this invoice.")
        if not is_payable(document):
            return say.gettext("This invoice is settled. Nothing is to be paid for it.")
        to_pay, due_on = self.money(document.to_pay), self.date(document.due_on)
        return say.gettext("Please pay %(amount)s by %(due_on)s.", amount=to_pay, due_on=due_on)

    def settled(self, document: Document) -> list[tuple[str, str]]:
        """What is paid of an invoice and what is still to pay, each with its label; nothing if nothing is paid."""
        if document.settled is None or document.settled.amount <= 0:
            return []
        return [
            (self.label("settled"), self.money(document.settled)),
            (self.label("to_pay"), self.money(document.to_pay)),
        ]

    def footer(self, document: Document) -> str:
        """The seller with its ids, and where questions are answered."""
        seller = document.seller
        lines = [" \u00b7 ".join([seller.name, *(f"{label} {value}" for label, value in seller.legal_ids.items())])]
        if contacts := ", ".join(filter(None, (seller.email, seller.phone))):
            lines.append(self.language.gettext("Questions about this document: %(contacts)s", contacts=contacts))
        return "\n".join(lines)

    def page(self, number: int, count: int) -> str:
        return f"{number} / {count}"

    def line(self, line: DocumentLine) -> str:
        """The subject of a line, and its quantity if there are several."""
        return f"{line.quantity} \u00d7 {line.description}" if line.quantity > 1 else line.description

    def explanation(self, line: DocumentLine) -> str:
        """The explanation of a line's amount, or of each of its amounts if there are several."""
        if line.quantity > 1 and line.explanation:
            return self.language.gettext("each: %(explanation)s", explanation=line.explanation)
        return line.explanation

    def about(self, document: Document) -> list[tuple[str, str]]:
        """The service or the address that the document is about, each with its label."""
        named = []
        if document.service:
            named.append((self.label("service"), f"{document.service_name} ({document.service})"))
        if document.address:
            named.append((self.label("address"), document.address))
        return named

    def date(self, day: datetime.date) -> str:
        return self.language.date(day)

    def period(self, from_on: datetime.date, to_on: datetime.date) -> str:
        return self.language.period(from_on, to_on)

    def rate(self, percent: Decimal) -> str:
        return self.language.percent(percent)

    def number(self, money: Money) -> str:
        """The amount with the decimals of its currency, without naming the currency."""
        return self.language.amount(money)

    def money(self, money: Money) -> str:
        """The amount with its currency."""
        return self.language.money(money)

    def units(self, number: Decimal) -> str:
        """A quantity without needless zeros."""
        return self.language.number(number)

    def unit_price(self, price: Decimal, currency: str) -> str:
        """A price of one unit with at least the decimals of its currency, and as many more as it has."""
        return self.language.unit_price(price, currency)


@cache
def texts(language: str) -> Texts:
    """The texts of a language."""
    return Texts(language)


def settled_amount(document: Document) -> Money:
    """The total as its label reads: "to be credited" already gives the direction, so a credit is printed as a positive
    amount.
    """
    if document.kind == "credit-note" or document.gross.amount < 0:
        return -document.gross
    return document.gross


def render_text(document: Document, *, copy: bool = False) -> str:
    """The document as plain text, for a terminal."""
    words = texts(document.language)
    template = _environment.get_template(PLAIN_TEXT_TEMPLATE)
    return template.render(
        document=document,
        copy=copy,
        texts=words,
        payable=is_payable(document),
        settled=settled_amount(document),
        label_width=_label_width(words, document),
    )


def _label_width(words: Texts, document: Document) -> int:
    """How wide the labels of the plain text's rows are, with a space after the longest one."""
    labels = [*(words.label(name) for name in ROWS), words.reference_label(document)]
    return max(LEAST_LABEL_WIDTH, 1 + max(len(label) for label in labels))
