"""Puts an issued document together from facts that never change, ready to be printed.

The lines, taxes and totals are those it was issued with, equal lines put together with their quantity; seller and buyer
stand on it exactly in the versions that it names. So the same number always gives the same content, in spite of later
changes. Only a forgotten buyer is erased from it, on the day up to which the law keeps the document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

import msgspec
from babel import Locale

from adapters.bootstrap.query_source import QuerySource
from adapters.documents.tariff_names import TariffNames
from adapters.languages.codes import first_known
from adapters.languages.language import Language, language_of
from adapters.postgres.store import PostgresStore
from billing_core.charging.charges import Charge, explain_to_customer
from billing_core.invoicing.documents import BankDetails, Document, DocumentLine, DocumentParty
from billing_core.invoicing.invoices import Subject
from billing_core.kernel.errors import NotFound
from billing_core.kernel.money import Money, total
from billing_core.parties.customers import Customer, apply_customer
from billing_core.parties.sellers import Seller, apply_seller
from billing_core.parties.versions import PartyVersion
from commands.parties import customer_stream, seller_stream
from projections.billing import charges_named, document_numbered
from projections.statements import document_line


def assemble(number: str, answers: QuerySource, store: PostgresStore, today: date) -> Document:
    """The document with this number as it may be printed today, or `NotFound`."""
    with answers.cursor() as cursor:
        row = document_numbered(cursor, number)
        if row is None:
            raise NotFound("no invoice or credit note has this number", field="document", value=number)
        charges = charges_named(cursor, row.account, [line.charge for line in row.lines])
    seller = _seller(row.seller, store)
    buyer = buyer_of(row.customer, row.number, store, today)
    subject = row.subject or Subject()
    currency = row.gross.currency
    language = first_known(buyer.language, seller.language)
    names = TariffNames(store, language, row.issued_on)
    lines = ((names.on(charges[line.charge]), line.net) for line in row.lines)
    return Document(
        kind=row.kind,
        number=row.number,
        issued_on=row.issued_on,
        tax_point_on=row.tax_point_on,
        due_on=row.due_on,
        account=row.account,
        payment_reference=row.number,
        seller=printed_party(seller, abroad=buyer),
        buyer=printed_party(buyer, abroad=seller),
        bank=BankDetails(iban=seller.iban, bic=seller.bic) if seller.iban else None,
        lines=tuple(grouped(lines, language)),
        taxes=row.taxes,
        net=total((tax.base for tax in row.taxes), currency),
        vat=total((tax.vat for tax in row.taxes), currency),
        gross=row.gross,
        corrects=row.corrects,
        settled=row.gross - row.open_amount if row.kind == "invoice" and row.gross.amount > 0 else None,
        service=subject.subscription,
        service_name=names.newest(charges.values()) if subject.subscription else "",
        address=subject.address,
        language=language,
    )


def grouped(lines: Iterable[tuple[Charge, Money]], language: str) -> Iterator[DocumentLine]:
    """The lines as printed in a language: charges that differ in their subscription alone become one line.

    They have the same component, tariff, price, period and VAT rate and came about in the same way, so what explains
    one of them explains all.
    """
    equal: dict[Charge, list[tuple[Charge, Money]]] = defaultdict(list)
    for charge, net in lines:
        corrects = "a charge" if charge.corrects else None
        alike = msgspec.structs.replace(charge, subscription="", component="", revision=0, corrects=corrects)
        equal[alike].append((charge, net))
    for members in equal.values():
        yield _printed_line(members, language_of(language))


def _printed_line(members: Sequence[tuple[Charge, Money]], language: Language) -> DocumentLine:
    """Equal charges as one line: three boxes at 4.90 are 3 units, and the explanation is that of each."""
    charge, first_net = members[0]
    currency = first_net.currency
    line = document_line(charge, total((net for _, net in members), currency))
    explanation = explain_to_customer(charge)
    is_by_unit = charge.kind == "recurring"
    units = charge.quantity * len(members) if is_by_unit else Decimal(len(members))
    return msgspec.structs.replace(
        line,
        explanation="" if explanation is None else language.phrase(explanation),
        quantity=len(members),
        subscription=line.subscription if len(members) == 1 else "",
        gross=total((each.amount for each, _ in members), currency) if charge.includes_vat else None,
        units=units,
        unit_price=None if units == 1 else charge.unit_price if is_by_unit else charge.amount.amount,
    )


def _seller(named: PartyVersion, store: PostgresStore) -> Seller:
    seller = store.load(seller_stream(named.code), apply_seller, named.version)
    assert seller is not None, f"a document names seller {named.code}, which was never registered"
    return seller


def buyer_of(named: PartyVersion, document: str, store: PostgresStore, today: date) -> Customer:
    """The customer as a document names it; also one who was forgotten, as long as the document is kept by law."""
    stream = customer_stream(named.code)
    newest = store.load(stream, apply_customer)
    is_kept = newest is not None and newest.forgotten is not None and newest.forgotten.keeps(document, today)
    state = store.load(stream, apply_customer, named.version, kept_on=today if is_kept else None)
    assert state is not None, f"document {document} names customer {named.code}, which was never registered"
    return state.customer


def printed_party(party: Seller | Customer, abroad: Seller | Customer) -> DocumentParty:
    """A party as printed; its country is a line of the address only if the other one is in another country."""
    lines, country = party.address.lines(), party.address.country
    if country:
        is_abroad = abroad.address.country not in ("", country)
        lines = (*lines[:-1], _country_name(country)) if is_abroad else lines[:-1]
    return DocumentParty(
        name=party.name,
        address_lines=lines,
        legal_ids=dict(party.legal_ids),
        email=party.email,
        phone=party.phone,
    )


def _country_name(code: str) -> str:
    """The country as the post of any other one reads it: in capitals, in English."""
    return str(Locale("en").territories.get(code, code)).upper()
