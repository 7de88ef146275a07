"""Tax documents on advances: listed, printed; the terms of sellers."""

from __future__ import annotations

from datetime import date

from adapters.documents.advance_paper import AdvancePaper, render_advance
from adapters.documents.assemble import buyer_of, printed_party
from adapters.languages.codes import first_known
from adapters.views.persons import Persons, owners
from adapters.views.query import FileAnswer, Listing, Page, Queries, Query, Reading, page_of
from billing_core.kernel.errors import NotFound
from billing_core.parties.sellers import apply_seller
from billing_core.payments.advances import ADVANCE_CLAIM, AdvanceDocument
from commands.parties import seller_stream
from commands.platform.concerns import HOUSE, LISTED, Concerns
from projections.advances import AdvanceRow, AdvanceTermsRow, WantedAdvances, advance_documents, advance_terms


class ListAdvanceDocuments(Listing, frozen=True, kw_only=True):
    """Tax documents on advances and their corrections, the newest first: with VAT due from a day on and before another.

    The amounts of a correction are below zero: the sum of the VAT of some days is what is owed for advances of them.
    """

    account: str = ""
    from_on: date | None = None
    to_on: date | None = None


class PrintAdvanceDocument(Query, frozen=True, kw_only=True):
    """A tax document on an advance, or a correction of one, as a PDF."""

    account: str
    document: str


class ListAdvanceTerms(Query, frozen=True, kw_only=True):
    """The terms by which sellers issue tax documents on advances."""


class AdvanceDocumentPaper(FileAnswer):
    """A tax document on an advance as a PDF."""

    media_type = "application/pdf"


# --- answers


def _list(query: ListAdvanceDocuments, reading: Reading) -> Page[AdvanceRow]:
    wanted = WantedAdvances(from_on=query.from_on, to_on=query.to_on, account=query.account, dealer=reading.dealer)
    with reading.source.cursor() as cursor:
        found = advance_documents(cursor, wanted, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.number)


def _print(query: PrintAdvanceDocument, reading: Reading) -> AdvanceDocumentPaper:
    """With seller and customer as they stood when it was issued."""
    with reading.app.store.transaction() as transaction:
        claim = transaction.claimed(ADVANCE_CLAIM, [query.document]).get(query.document)
    events = reading.source.events_of(claim.stream) if claim else ()
    fact = next((each for each in events if isinstance(each, AdvanceDocument) and each.number == query.document), None)
    if fact is None or fact.account != query.account:
        raise NotFound("the account has no tax document on an advance of this number", field="document",
                       value=query.document)  # fmt: skip
    store = reading.app.store
    seller = store.load(seller_stream(fact.seller.code), apply_seller, fact.seller.version)
    assert seller is not None
    buyer = buyer_of(fact.customer, fact.number, store, reading.today)
    language = first_known(buyer.language, seller.language)
    return AdvanceDocumentPaper(
        render_advance(
            AdvancePaper(
                language, printed_party(seller, abroad=buyer), printed_party(buyer, abroad=seller), fact,
            )
        )
    )  # fmt: skip


def _terms(_: ListAdvanceTerms, reading: Reading) -> Page[AdvanceTermsRow]:
    with reading.source.cursor() as cursor:
        return Page(advance_terms(cursor), None)


QUERIES: Queries = {ListAdvanceDocuments: _list, PrintAdvanceDocument: _print, ListAdvanceTerms: _terms}
CONCERNS: Concerns = {ListAdvanceDocuments: LISTED, ListAdvanceTerms: HOUSE}
PERSONS: Persons = {PrintAdvanceDocument: lambda query, paper, reading: owners([query.account], reading)}
