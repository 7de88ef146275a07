"""Write pain.008, the collection file of the SEPA schemes (ISO 20022), in the version that the seller's bank takes.

The file is made by `sepaxml` and checked by the schema of its version. The library dates a file by its clock and
numbers it by chance; here both follow from the batch, so that the same batch is the same file:

    MsgId       name of the batch         S1-3
    PmtInfId    and the sequence type     S1-3-RCUR
    CreDtTm     day of freezing           2026-03-10T00:00:00

The library knows no amendments of mandates; they are put in here (AmdmntInd, AmdmntInfDtls), as the implementation
guidelines of the European Payments Council for the schemes have them: an account at the same bank names the one before;
one at another bank says SMNDA, same mandate with a new bank, in version 02 of the debtor's agent and later of its
account.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from lxml import etree
from sepaxml import SepaDD
from sepaxml.validation import try_valid_xml

from adapters.banks.collection_files import Amends, CollectionFile, FileDebit, minor_units, require_seller_bank
from billing_core.direct_debit.terms import PainVersion
from billing_core.parties.details import Address

SAME_MANDATE = "SMNDA"
INSTRUMENTS = {"sepa-core": "CORE", "sepa-b2b": "B2B"}


def pain008_bytes(file: CollectionFile) -> bytes:
    """The file of a batch; sequence types are payment groups of their own."""
    seller, version = file.seller, file.terms.pain_version
    config: dict[str, Any] = {
        "name": file.creditor_name or seller.name, "batch": True,
        "IBAN": require_seller_bank(seller.iban, "an IBAN", file),
        "creditor_id": file.creditor_id or file.terms.creditor_id, "currency": file.debits[0].amount.currency,
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
    amended = {debit.end_to_end: debit.amends for debit in file.debits if debit.amends}
    for part in root.iterfind(".//p:DrctDbtTxInf", namespace) if amended else ():
        amends = amended.get(part.findtext("p:PmtId/p:EndToEndId", "", namespace))
        if amends:
            _amend(part.find("p:DrctDbtTx/p:MndtRltdInf", namespace), amends, file.terms.pain_version)
    for group in root.iterfind(".//p:PmtInf", namespace):
        set_text("p:PmtInfId", f"{file.batch}-{group.find('.//p:SeqTp', namespace).text}", group)
    content: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    try_valid_xml(content, file.terms.pain_version)
    return content


def _amend(mandate: Any, amends: Amends, version: PainVersion) -> None:
    """Tell after the date of the signature what of the mandate was another one before."""
    uri = etree.QName(mandate).namespace

    def put(within: Any, path: str, text: str) -> None:
        for name in path.split("/"):
            found = within.find(f"{{{uri}}}{name}")
            within = etree.SubElement(within, f"{{{uri}}}{name}") if found is None else found
        within.text = text

    put(mandate, "AmdmntInd", "true")
    details = etree.SubElement(mandate, f"{{{uri}}}AmdmntInfDtls")
    if amends.reference:
        put(details, "OrgnlMndtId", amends.reference)
    if amends.creditor_name:
        put(details, "OrgnlCdtrSchmeId/Nm", amends.creditor_name)
    if amends.creditor_id:
        put(details, "OrgnlCdtrSchmeId/Id/PrvtId/Othr/Id", amends.creditor_id)
        put(details, "OrgnlCdtrSchmeId/Id/PrvtId/Othr/SchmeNm/Prtry", "SEPA")
    if not amends.payer_account:
        return
    if not amends.is_other_bank:
        put(details, "OrgnlDbtrAcct/Id/IBAN", amends.payer_account)
    elif version == "pain.008.001.02":
        put(details, "OrgnlDbtrAgt/FinInstnId/Othr/Id", SAME_MANDATE)
    else:
        put(details, "OrgnlDbtrAcct/Id/Othr/Id", SAME_MANDATE)
