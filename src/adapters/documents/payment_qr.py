"""The QR code that a banking application reads to fill in a payment.

Euro: EPC069-12 (version 002). Czech crowns: SPAYD 1.0. Any other currency has no standard that every bank reads, so the
code holds the same facts as plain text. A document has no code if nothing is to pay, if the seller has no account, or
if the standard cannot express the payment: a code that pays something else is worse than none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import quote

import segno
from stdnum import iso11649

from billing_core.invoicing.documents import BankDetails, Document
from billing_core.kernel.money import Money

# Readers take the mask from the code itself, so any of the eight is valid. Trying all to find the one with the least
# penalty takes as long as the rest of the page, and on payment payloads this one is within a few percent of it.
QR_MASK = 4

# The size that EPC069-12 allows, which also keeps the modules of a plain code large enough to scan.
PAYLOAD_BYTES = 331

EPC_LARGEST_AMOUNT = Decimal("999999999.99")
EPC_NAME_LENGTH = 70
EPC_TEXT_LENGTH = 140

SPAYD_LARGEST_AMOUNT = Decimal("9999999.99")
SPAYD_NAME_LENGTH = 35
SPAYD_MESSAGE_LENGTH = 60
VARIABLE_SYMBOL = re.compile(r"[0-9]{1,10}")
NOT_DENSE = re.compile(r"[^0-9A-Z $+./:-]+")
# Characters that a value may hold unescaped besides letters and digits: printable ASCII without separator and escape.
SPAYD_UNQUOTED = " !\"#$&'()+,-./:;<=>?@[\\]^_`{|}~"


def is_payable(document: Document) -> bool:
    """Whether the buyer has to pay anything: not a credit note, nor an invoice that is paid or of nothing or less."""
    return document.kind == "invoice" and document.to_pay.amount > 0


class Transfer(NamedTuple):
    """A transfer that a code fills in: to whom, how much if that is known, under which reference, for which number."""

    name: str
    bank: BankDetails
    currency: str
    amount: Money | None
    reference: str
    number: str
    due_on: date | None


def payment_payload(document: Document) -> str | None:
    """The content of the document's QR code, or None without a code."""
    if document.bank is None or not is_payable(document):
        return None
    return transfer_payload(Transfer(
        document.seller.name, document.bank, document.gross.currency, document.to_pay, document.payment_reference,
        document.number, document.due_on,
    ))  # fmt: skip


def transfer_payload(transfer: Transfer) -> str | None:
    """The content of the QR code of a transfer; without an amount the payer types it. None without a code."""
    return BANKING_STANDARDS.get(transfer.currency, _plain)(transfer)


def qr_modules(payload: str) -> Sequence[Sequence[int]]:
    """The rows of the code's dark (1) and light (0) modules, without the quiet zone; error correction M."""
    return segno.make_qr(payload, error="m", boost_error=False, encoding="utf-8", mask=QR_MASK).matrix


def _epc(transfer: Transfer) -> str | None:
    """One line per element, in the order of EPC069-12; empty elements at the end are left out."""
    reference, amount, bank = _one_line(transfer.reference), transfer.amount, transfer.bank
    structured = iso11649.is_valid(reference)
    if (amount is not None and amount.amount > EPC_LARGEST_AMOUNT) or len(reference) > EPC_TEXT_LENGTH:
        return None
    elements = [
        "BCD",
        "002",
        "1",  # UTF-8
        "SCT",
        bank.bic or "",
        _one_line(transfer.name)[:EPC_NAME_LENGTH].strip(),
        bank.iban,
        "" if amount is None else f"EUR{amount.amount:.2f}",
        "",  # purpose
        iso11649.compact(reference) if structured else "",
        "" if structured else reference,
    ]
    return _of_readable_size("\n".join(elements).rstrip("\n"))


def _spayd(transfer: Transfer) -> str | None:
    """`SPD*1.0*KEY:VALUE*...`; a reference of up to ten digits is a variable symbol, any other is the message."""
    amount, bank = transfer.amount, transfer.bank
    if amount is not None and amount.amount > SPAYD_LARGEST_AMOUNT:
        return None
    reference = _one_line(transfer.reference)
    is_variable_symbol = VARIABLE_SYMBOL.fullmatch(reference) is not None
    message = transfer.number if is_variable_symbol else reference
    if len(message) > SPAYD_MESSAGE_LENGTH:
        return None
    attributes = {
        "ACC": f"{bank.iban}+{bank.bic}" if bank.bic else bank.iban,
        "AM": "" if amount is None else f"{amount.amount:.2f}",
        "CC": transfer.currency,
        "DT": "" if transfer.due_on is None else f"{transfer.due_on:%Y%m%d}",
        "RN": _plain_capitals(transfer.name)[:SPAYD_NAME_LENGTH].strip(),
        "MSG": _spayd_value(message),
    }
    if is_variable_symbol:
        attributes["X-VS"] = reference
    return "*".join(["SPD", "1.0", *(f"{key}:{value}" for key, value in attributes.items() if value)])


def _spayd_value(text: str) -> str:
    """Printable ASCII as it is, any other character in percent notation."""
    return quote(text, safe=SPAYD_UNQUOTED)


def _plain_capitals(text: str) -> str:
    """A name as Czech banks keep it: capital letters without accents, in the signs that the code packs densest."""
    decomposed = unicodedata.normalize("NFKD", text).upper()
    without_accents = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _one_line(NOT_DENSE.sub(" ", without_accents))


def _plain(transfer: Transfer) -> str | None:
    """The facts of the payment, one on each line, for a person to copy."""
    facts = {
        "Account": transfer.bank.iban,
        "BIC": transfer.bank.bic,
        "Amount": str(transfer.amount or ""),
        "Reference": _one_line(transfer.reference),
    }
    return _of_readable_size("\n".join(f"{name}: {value}" for name, value in facts.items() if value))


def _of_readable_size(payload: str) -> str | None:
    return payload if len(payload.encode()) <= PAYLOAD_BYTES else None


def _one_line(text: str) -> str:
    """The text without line breaks, which would begin another element."""
    return " ".join(text.split())


# The currencies whose code a banking application understands as an order to pay.
BANKING_STANDARDS = {"EUR": _epc, "CZK": _spayd}
