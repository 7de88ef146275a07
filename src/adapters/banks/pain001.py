"""Transfers as a pain.001 file (ISO 20022 customer credit transfer initiation), checked against the bank's schema.

The names and dates of a file come from what is written, so the same batch is the same file to the byte, however often
it is written. Transfers are in euros (SEPA).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, NamedTuple, get_args

from lxml import etree
from sepaxml import SepaTransfer
from sepaxml.validation import ValidationError, try_valid_xml

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money

# The versions of the format that banks take.
Pain001 = Literal["pain.001.001.03", "pain.001.001.09", "pain.001.001.10", "pain.001.001.11"]
MOST_NAME, MOST_TEXT = 70, 140


class Payer(NamedTuple):
    """Who pays, and from which bank account."""

    name: str
    iban: str
    bic: str = ""


class CreditTransfer(NamedTuple):
    """One transfer; `reference` is its end-to-end reference, at most 35 characters."""

    reference: str
    payee: str
    iban: str
    amount: Money
    text: str


class Instruction(NamedTuple):
    """What the file is called for the bank, when it was made, and when it is carried out."""

    message: str
    made_on: date
    pay_on: date
    version: Pain001 = "pain.001.001.09"


def pain001(instruction: Instruction, payer: Payer, transfers: Sequence[CreditTransfer]) -> bytes:
    """The file; `InvalidValue` if the schema of the version refuses it, or a transfer is not in euros."""
    if instruction.version not in get_args(Pain001):
        raise InvalidValue(f"must be one of {', '.join(get_args(Pain001))}", field="version", value=instruction.version)
    config: dict[str, Any] = {"name": payer.name, "IBAN": payer.iban, "batch": True, "currency": "EUR"}
    if payer.bic:
        config["BIC"] = payer.bic
    file = SepaTransfer(config, schema=instruction.version, clean=True)
    for transfer in transfers:
        file.add_payment(_payment(transfer, instruction.pay_on))
    content = _with_names(file.export(validate=False), instruction)
    try:
        try_valid_xml(content, instruction.version)
    except ValidationError as error:
        raise InvalidValue(f"is refused by the schema {instruction.version}: {error.__cause__}".splitlines()[0],
                           field="file", value=instruction.message) from error  # fmt: skip
    return content


def _payment(transfer: CreditTransfer, pay_on: date) -> dict[str, Any]:
    if transfer.amount.currency != "EUR":
        raise InvalidValue("is not in euros, as transfers by pain.001 are; pay it back by hand", field="amount",
                           value=transfer.amount)  # fmt: skip
    return {
        "name": transfer.payee[:MOST_NAME], "IBAN": transfer.iban, "amount": int(transfer.amount.amount.scaleb(2)),
        "execution_date": pay_on, "description": transfer.text[:MOST_TEXT], "endtoend_id": transfer.reference,
    }  # fmt: skip


def _with_names(content: bytes, instruction: Instruction) -> bytes:
    """The library draws the ids and the hour of a file by chance and clock; they are the batch's own here."""
    root = etree.fromstring(content)
    names = {"MsgId": instruction.message, "CreDtTm": f"{instruction.made_on}T00:00:00"}
    for element in root.iter():
        name = etree.QName(element).localname
        if name in names:
            element.text = names[name]
    for number, element in enumerate(root.iter("{*}PmtInfId"), 1):
        element.text = f"{instruction.message[:32]}-{number}"
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
