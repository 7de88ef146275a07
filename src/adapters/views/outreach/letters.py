"""Batches of letters: which there are, their paper, and the addresses to which they are posted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
from babel import Locale

from adapters.documents.assemble import assemble, printed_party
from adapters.documents.letter_paper import Letter, render_letters
from adapters.files.tables_csv import csv_bytes
from adapters.views.persons import Persons
from adapters.views.query import FileAnswer, Listing, Page, Queries, Query, Reading
from billing_core.kernel.errors import NotFound
from billing_core.outreach.letters import LettersDrawnUp, reference_of
from billing_core.outreach.messages import Message, apply_message
from billing_core.parties.sellers import Seller, apply_seller
from commands.outreach.letters import letters_stream
from commands.outreach.writing import message_stream
from commands.parties import seller_stream
from commands.platform.concerns import HOUSE, Concerns
from projections.outreach.messages import customers_of_reference, messages_of_reference
from projections.parties import list_sellers

MOST_LINES = 7
HEADING = ("page", "message", "customer", *(f"line_{number}" for number in range(1, MOST_LINES + 1)))


class ListLetterBatches(Listing, frozen=True, kw_only=True):
    """The batches of letters that were drawn up, of all sellers or of one `seller`; the newest first."""

    seller: str = ""


class PrintLetters(Query, frozen=True, kw_only=True):
    """A batch of letters as one PDF, each with the documents that go with it, in order of address."""

    seller: str
    batch: int


class WriteLetterAddresses(Query, frozen=True, kw_only=True):
    """The addresses of a batch of letters as CSV, with the page of the PDF on which each letter begins."""

    seller: str
    batch: int


class LetterBatchRow(msgspec.Struct):
    """A batch of letters."""

    seller: str
    batch: int
    drawn_up_on: date
    letters: int


class LettersPaper(FileAnswer):
    """Letters on paper."""

    media_type = "application/pdf"


class AddressesFile(FileAnswer):
    """Addresses as CSV."""

    media_type = "text/csv"


def _list_batches(query: ListLetterBatches, reading: Reading) -> Page[LetterBatchRow]:
    with reading.source.cursor() as cursor:
        known = [seller.code for seller in list_sellers(cursor)]
    sellers = [query.seller] if query.seller else known
    rows = sorted(
        (_row(fact) for seller in sellers for fact in reading.source.events_of(letters_stream(seller))
         if isinstance(fact, LettersDrawnUp)),
        key=lambda row: (row.drawn_up_on, row.seller, row.batch), reverse=True,
    )  # fmt: skip
    places = [place for place, row in enumerate(rows, 1) if _key(row) == query.after]
    rest = rows[places[0] if places else 0 :]
    shown = rest[: query.limit]
    return Page(shown, _key(shown[-1]) if len(rest) > len(shown) else None)


def _row(fact: LettersDrawnUp) -> LetterBatchRow:
    return LetterBatchRow(fact.seller.code, fact.batch, fact.effective_on, fact.letters)


def _key(row: LetterBatchRow) -> str:
    return f"{row.seller}/{row.batch}"


def _messages(query: PrintLetters | WriteLetterAddresses, reading: Reading) -> list[tuple[str, Message]]:
    """The letters of a batch with their words, in order of address; those of forgotten customers are gone."""
    with reading.source.cursor() as cursor:
        numbers = messages_of_reference(cursor, "letter", reference_of(query.seller, query.batch))
    if not numbers:
        raise NotFound(f"no such batch of letters was drawn up for seller {query.seller}", field="batch",
                       value=query.batch)  # fmt: skip
    loaded = [(number, reading.app.store.load(message_stream(number), apply_message)) for number in numbers]
    found = [(number, message) for number, message in loaded if message is not None and message.queued.recipient]
    return sorted(found, key=lambda entry: (_lines(entry[1])[::-1], entry[0]))


def _lines(message: Message) -> list[str]:
    """The lines of the envelope; a country is named as the post of any other one reads it."""
    lines = message.queued.recipient.split("\n")
    country = Locale("en").territories.get(lines[-1]) if len(lines[-1]) == 2 else None
    return [*lines[:-1], country.upper()] if country else lines


def _printed(found: Sequence[tuple[str, Message]], query: PrintLetters | WriteLetterAddresses, reading: Reading) -> (
    tuple[bytes, list[int]]
):  # fmt: skip
    """With the sender as it stood when the batch was drawn up."""
    named = next(fact.seller for fact in reading.source.events_of(letters_stream(query.seller))
                 if isinstance(fact, LettersDrawnUp) and fact.batch == query.batch)  # fmt: skip
    seller = reading.app.store.load(seller_stream(named.code), apply_seller, named.version)
    assert seller is not None, "letters were drawn up for a seller that was never registered"
    letters = [_letter(message, seller, reading) for _, message in found]
    return render_letters(reference_of(query.seller, query.batch), letters)


def _letter(message: Message, seller: Seller, reading: Reading) -> Letter:
    queued = message.queued
    documents = (assemble(number, reading.source, reading.app.store, queued.effective_on) for number in
                 queued.documents)  # fmt: skip
    return Letter(
        queued.language, printed_party(seller, abroad=seller), _lines(message), queued.effective_on, queued.subject,
        queued.text, list(documents),
    )  # fmt: skip


def _print(query: PrintLetters, reading: Reading) -> LettersPaper:
    content, _ = _printed(_messages(query, reading), query, reading)
    return LettersPaper(content)


def _write_addresses(query: WriteLetterAddresses, reading: Reading) -> AddressesFile:
    found = _messages(query, reading)
    _, begins = _printed(found, query, reading)
    rows = []
    for page, (number, message) in zip(begins, found, strict=True):
        lines = _lines(message)[:MOST_LINES]
        rows.append((page, number, message.queued.customer, *lines, *[""] * (MOST_LINES - len(lines))))
    return AddressesFile(csv_bytes(HEADING, rows))


def _of_batch(query: PrintLetters | WriteLetterAddresses, file: FileAnswer, reading: Reading) -> set[str]:
    """Those to whom the letters go, but for those who were forgotten."""
    with reading.source.cursor() as cursor:
        return customers_of_reference(cursor, "letter", reference_of(query.seller, query.batch))


QUERIES: Queries = {
    ListLetterBatches: _list_batches,
    PrintLetters: _print,
    WriteLetterAddresses: _write_addresses,
}
PERSONS: Persons = {PrintLetters: _of_batch, WriteLetterAddresses: _of_batch}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
