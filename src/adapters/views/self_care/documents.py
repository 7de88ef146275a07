"""An invoice or credit note as a PDF."""

from __future__ import annotations

from adapters.documents.assemble import assemble
from adapters.documents.pdf import render_pdf
from adapters.views.persons import Persons, owners
from adapters.views.query import FileAnswer, Queries, Query, Reading
from commands.platform.concerns import Concern, Concerns, Named
from projections.billing import document_numbered


class PrintOwnDocument(Query, frozen=True, kw_only=True):
    """An invoice or credit note as a PDF, the same as when it was issued."""

    number: str


class PdfFile(FileAnswer):
    """A document as a PDF."""

    media_type = "application/pdf"


def _print(query: PrintOwnDocument, reading: Reading) -> PdfFile:
    return PdfFile(render_pdf(assemble(query.number, reading.source, reading.app.store, reading.today)))


def _buyers(query: PrintOwnDocument, answer: PdfFile, reading: Reading) -> list[str]:
    with reading.source.transaction() as cursor:
        row = document_numbered(cursor, query.number)
    return owners([row.account], reading) if row else []


QUERIES: Queries = {PrintOwnDocument: _print}
PERSONS: Persons = {PrintOwnDocument: _buyers}
CONCERNS: Concerns = {PrintOwnDocument: Concern("named", (Named("document", ("number",)),))}
