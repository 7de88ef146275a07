"""Write pain.008, the collection file of the SEPA schemes (ISO 20022), in the version that the seller's bank takes.

The file is made by `sepaxml` and checked by the schema of its version. The library dates a file by its clock and
numbers it by chance; here both follow from the batch, so that the same batch is the same file:

    MsgId       name of the batch         S1-3
    PmtInfId    and the sequence type     S1-3-RCUR
    CreDtTm     day of freezing           2026-03-10T00:00:00
"""

from __future__ import annotations

from datetime import date
from typing import Any

from lxml import etree
from sepaxml import SepaDD
from sepaxml.validation import try_valid_xml

from adapters.banks.collection_files import CollectionFile, FileDebit, minor_units, require_seller_bank
from billing_core.parties.details import Address

INSTRUMENTS = {"sepa-core": "CORE", "sepa-b2b": "B2B"}


def pain008_bytes(file: CollectionFile) -> bytes:
    """The file of a batch; sequence types are payment groups of their own."""
    seller, version = file.seller, file.terms.pain_version
    config: dict[str, Any] = {
        "name": seller.name, "IBAN": require_seller_bank(seller.iban, "an IBAN", file), "batch": True,
        "creditor_id": file.terms.creditor_id, "currency": file.debits[0].amount.currency,
        "instrument": INSTRUMENTS[file.scheme], "address": _address(seller.address),
    }  # fmt: skip
    if seller.bic:
        config["BIC"] = seller.bic
    elif version == "pain.008.001.02":
        require_seller_bank(seller.bic, f"the BIC of its bank, which {version} asks for,", file)
    made = SepaDD(config, schema=version, clean=True)
    for debit in file.debits:
        made.add_payment(_payment(debit, file.collect_on))
    return _of_the_batch(made.export(validate=False), file)


def _address(address: Address) -> dict[str, str]:
    """Structured: free lines are not taken from November 2026 on."""
    parts = {
        "street_name": address.street, "building_number": address.house_number, "postcode": address.postal_code,
        "town": address.city, "country": address.country,
    }  # fmt: skip
    return {part: value for part, value in parts.items() if value}


def _payment(debit: FileDebit, collect_on: date) -> dict[str, Any]:
    payment = {
        "name": debit.payer, "IBAN": debit.payer_account, "amount": minor_units(debit.amount),
        "type": debit.sequence, "collection_date": collect_on, "mandate_id": debit.mandate,
        "mandate_date": debit.signed_on, "description": debit.text, "endtoend_id": debit.end_to_end,
    }  # fmt: skip
    return payment | ({"BIC": debit.payer_bank} if debit.payer_bank else {})


def _of_the_batch(made: bytes, file: CollectionFile) -> bytes:
    """The same file with ids and time of the batch, checked by its schema."""
    root = etree.fromstring(made)
    namespace = {"p": f"urn:iso:std:iso:20022:tech:xsd:{file.terms.pain_version}"}

    def set_text(path: str, text: str, within: Any = root) -> None:
        within.find(path, namespace).text = text

    set_text(".//p:GrpHdr/p:MsgId", file.batch)
    set_text(".//p:GrpHdr/p:CreDtTm", f"{file.frozen_on}T00:00:00")
    for group in root.iterfind(".//p:PmtInf", namespace):
        set_text("p:PmtInfId", f"{file.batch}-{group.find('.//p:SeqTp', namespace).text}", group)
    content: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    try_valid_xml(content, file.terms.pain_version)
    return content
