"""Puts an issued document together from facts that never change, ready to be printed.

The lines, taxes and totals are those it was issued with, equal lines put together with their quantity; seller and buyer
stand on it exactly in the versions that it names. So the same number always gives the same content, in spite of later
changes. Only a forgotten buyer is erased from it, on the day up to which the law keeps the document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from adapters.bootstrap.query_source import QuerySource
from adapters.postgres.store import PostgresStore
from billing_core.catalogue.tariffs import apply_tariff
from billing_core.charging.charges import Charge
from billing_core.invoicing.documents import BankDetails, Document, DocumentLine, DocumentParty
from billing_core.invoicing.invoices import Subject
from billing_core.kernel.errors import NotFound
from billing_core.kernel.money import Money, total
from billing_core.parties import Customer, PartyVersion, Seller, apply_customer, apply_seller
from commands.catalogue import tariff_stream
from commands.parties import customer_stream, seller_stream
from projections.billing import DocumentRow, charges_named, document_numbered
from projections.statements import document_line


def assemble(number: str, answers: QuerySource, store: PostgresStore, today: date) -> Document:
    """The document with this number as it may be printed today, or `NotFound`."""
    with answers.transaction() as cursor:
        row = document_numbered(cursor, number)
        if row is None:
            raise NotFound("no invoice or credit note has this number", field="document", value=number)
        charges = charges_named(cursor, row.account, [line.charge for line in row.lines])
    seller = _seller(row.seller, store)
    subject = row.subject or Subject()
    currency = row.gross.currency
    return Document(
        kind=row.kind,
        number=row.number,
        issued_on=row.issued_on,
        tax_point_on=row.tax_point_on,
        due_on=row.due_on,
        account=row.account,
        payment_reference=row.number,
        seller=_party(seller),
        buyer=_party(_customer(row, store, today)),
        bank=BankDetails(iban=seller.iban, bic=seller.bic) if seller.iban else None,
        lines=tuple(grouped((charges[line.charge], line.net) for line in row.lines)),
        taxes=row.taxes,
        net=total((tax.base for tax in row.taxes), currency),
        vat=total((tax.vat for tax in row.taxes), currency),
        gross=row.gross,
        corrects=row.corrects,
        reason=row.reason,
        service=subject.subscription,
        service_name=_tariff_name(charges.values(), store) if subject.subscription else "",
        address=subject.address,
    )


def grouped(lines: Iterable[tuple[Charge, Money]]) -> Iterator[DocumentLine]:
    """The lines as printed: charges that differ in nothing but their subscription become one line with a quantity.

    They have the same component, tariff, price, period and VAT rate and came about in the same way, so what explains
    one of them explains all.
    """
    equal: dict[Charge, list[tuple[Charge, Money]]] = defaultdict(list)
    for charge, net in lines:
        corrects = "a charge" if charge.corrects else None
        alike = msgspec.structs.replace(charge, subscription="", component="", revision=0, corrects=corrects)
        equal[alike].append((charge, net))
    for members in equal.values():
        charge, first_net = members[0]
        line = document_line(charge, total((net for _, net in members), first_net.currency))
        yield line if len(members) == 1 else msgspec.structs.replace(line, quantity=len(members), subscription="")


def _tariff_name(charges: Iterable[Charge], store: PostgresStore) -> str:
    """The name of a service's newest tariff; a published tariff never changes its name."""
    code = max(charges, key=lambda charge: charge.from_on).tariff
    tariff = store.load(tariff_stream(code), apply_tariff)
    assert tariff is not None, f"a charge names tariff {code}, which was never published"
    return tariff.name


def _seller(named: PartyVersion, store: PostgresStore) -> Seller:
    seller = store.load(seller_stream(named.code), apply_seller, named.version)
    assert seller is not None, f"a document names seller {named.code}, which was never registered"
    return seller


def _customer(row: DocumentRow, store: PostgresStore, today: date) -> Customer:
    stream = customer_stream(row.customer.code)
    newest = store.load(stream, apply_customer)
    is_kept = newest is not None and newest.forgotten is not None and newest.forgotten.keeps(row.number, today)
    state = store.load(stream, apply_customer, row.customer.version, kept_on=today if is_kept else None)
    assert state is not None, f"document {row.number} names customer {row.customer.code}, which was never registered"
    return state.customer


def _party(party: Seller | Customer) -> DocumentParty:
    return DocumentParty(
        name=party.name,
        address_lines=party.address.lines(),
        legal_ids=dict(party.legal_ids),
        email=party.email,
        phone=party.phone,
    )
