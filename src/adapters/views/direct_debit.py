"""Direct debit: terms of sellers, mandates, batches with their debits and files, and what came back."""

from __future__ import annotations

from datetime import date

import msgspec

from adapters.bootstrap.collection_files import cover_file_bytes, file_bytes, load_collection_file
from adapters.views.persons import Persons, owners
from adapters.views.query import FileAnswer, Listing, Page, Queries, Query, Reading, page_of
from billing_core.direct_debit.terms import DebitTerms
from billing_core.kernel.errors import NotFound
from commands.direct_debit.mandates import load_mandate
from commands.direct_debit.terms import load_terms
from commands.platform.concerns import HOUSE, LISTED, Concerns
from projections.direct_debit.batches import (
    DebitBatchRow,
    DebitRow,
    debit_batch_named,
    debit_batches_after,
    debits_of_account,
    debits_of_batch,
    refused_debits,
)
from projections.direct_debit.mandates import MandateRow, WantedMandates, mandates_after

# --- what is asked


class ListMandates(Listing, frozen=True, kw_only=True):
    """The mandates that are not over, of one `account` or `seller` if named; with `all` also the others."""

    account: str = ""
    seller: str = ""
    all: bool = False


class ShowMandate(Query, frozen=True, kw_only=True):
    """A mandate with the payer and the payer's account as they are now, and what became of it."""

    mandate: str


class ShowDebitTerms(Query, frozen=True, kw_only=True):
    """On which terms a seller collects by direct debit; without terms it does not."""

    seller: str


class ListDebitBatches(Listing, frozen=True, kw_only=True):
    """The batches of debits, of one `seller` if named, the newest first."""

    seller: str = ""


class ShowDebitBatch(Query, frozen=True, kw_only=True):
    """A batch with all its debits and what became of each."""

    batch: str


class WriteDebitFile(Query, frozen=True, kw_only=True):
    """The collection file of a frozen batch in the format of its scheme: pain.008, ABO order 1502, or SIPO changes."""

    batch: str


class WriteDebitCover(Query, frozen=True, kw_only=True):
    """The cover of a file of SIPO changes."""

    batch: str


class ListAccountDebits(Listing, frozen=True, kw_only=True):
    """The debits of an account and what became of each, in order of their ids."""

    account: str


class ListRefusedDebits(Listing, frozen=True, kw_only=True):
    """The debits that were rejected or returned; with `to_ask` those about which a person is to decide."""

    to_ask: bool = False


# --- what is answered


class SignedMandate(msgspec.Struct):
    """A mandate with its payer as amended last; `reference` is how banks know it now."""

    mandate: str
    account: str
    customer: str
    seller: str
    scheme: str
    signed_on: date
    is_one_off: bool
    payer: str
    payer_account: str
    payer_bank: str
    state: str
    reason: str
    lapses_on: date
    last_used_on: date | None
    next_sequence: str
    reference: str
    amendments: int


class SellersDebitTerms(msgspec.Struct):
    """The terms of a seller for direct debit, if it has any."""

    seller: str
    terms: DebitTerms | None


class DebitBatchCard(msgspec.Struct):
    """A batch and its debits."""

    batch: DebitBatchRow
    debits: list[DebitRow]


class CollectionFileAnswer(FileAnswer):
    """A file for a bank or for the post."""

    media_type = "application/octet-stream"


# --- answers


def _list_mandates(query: ListMandates, reading: Reading) -> Page[MandateRow]:
    wanted = WantedMandates(
        account=query.account, seller=query.seller, live_only=not query.all, dealer=reading.dealer
    )  # fmt: skip
    with reading.source.cursor() as cursor:
        found = mandates_after(cursor, wanted, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.mandate)


def _show_mandate(query: ShowMandate, reading: Reading) -> SignedMandate:
    mandate, _ = reading.app.bus.look(lambda transaction: load_mandate(transaction, query.mandate))
    signed, now = mandate.signed, mandate.details[-1]
    return SignedMandate(
        signed.mandate, signed.account, signed.customer, signed.seller, signed.scheme, signed.effective_on,
        signed.is_one_off, now.payer, now.payer_account, now.payer_bank, mandate.state, mandate.reason,
        mandate.lapses_on, mandate.last_used_on, mandate.sequence, now.reference, len(mandate.details) - 1,
    )  # fmt: skip


def _show_terms(query: ShowDebitTerms, reading: Reading) -> SellersDebitTerms:
    terms = reading.app.bus.look(lambda transaction: load_terms(transaction, query.seller))
    return SellersDebitTerms(query.seller, terms)


def _list_batches(query: ListDebitBatches, reading: Reading) -> Page[DebitBatchRow]:
    with reading.source.cursor() as cursor:
        found = debit_batches_after(cursor, query.seller, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.batch)


def _show_batch(query: ShowDebitBatch, reading: Reading) -> DebitBatchCard:
    with reading.source.cursor() as cursor:
        batch = debit_batch_named(cursor, query.batch)
        debits = debits_of_batch(cursor, query.batch)
    if batch is None:
        raise NotFound("no such batch of debits; `billing debit` lists them", field="batch", value=query.batch)
    return DebitBatchCard(batch, debits)


def _write_file(query: WriteDebitFile, reading: Reading) -> CollectionFileAnswer:
    file = reading.app.bus.look(lambda transaction: load_collection_file(transaction, query.batch))
    return CollectionFileAnswer(file_bytes(file))


def _write_cover(query: WriteDebitCover, reading: Reading) -> CollectionFileAnswer:
    file = reading.app.bus.look(lambda transaction: load_collection_file(transaction, query.batch))
    return CollectionFileAnswer(cover_file_bytes(file))


def _list_of_account(query: ListAccountDebits, reading: Reading) -> Page[DebitRow]:
    with reading.source.cursor() as cursor:
        found = debits_of_account(cursor, query.account, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.debit)


def _list_refused(query: ListRefusedDebits, reading: Reading) -> Page[DebitRow]:
    with reading.source.cursor() as cursor:
        found = refused_debits(cursor, query.after, query.limit + 1, to_ask=query.to_ask)
    return page_of(found, query.limit, lambda row: row.debit)


# --- whose data


def _payer(query: ShowMandate, mandate: SignedMandate, reading: Reading) -> set[str]:
    return {mandate.customer}


def _payers(query: WriteDebitFile, file: CollectionFileAnswer, reading: Reading) -> set[str]:
    """The customers of the accounts of the batch: the file does not say them."""
    with reading.source.cursor() as cursor:
        accounts = {debit.account for debit in debits_of_batch(cursor, query.batch) if debit.state != "left-out"}
    return set(owners(accounts, reading))


QUERIES: Queries = {
    ListMandates: _list_mandates,
    ShowMandate: _show_mandate,
    ShowDebitTerms: _show_terms,
    ListDebitBatches: _list_batches,
    ShowDebitBatch: _show_batch,
    WriteDebitFile: _write_file,
    WriteDebitCover: _write_cover,
    ListAccountDebits: _list_of_account,
    ListRefusedDebits: _list_refused,
}
CONCERNS: Concerns = {
    ListMandates: LISTED,
    **dict.fromkeys(
        (ShowMandate, ShowDebitTerms, ListDebitBatches, ShowDebitBatch, WriteDebitFile, WriteDebitCover,
         ListRefusedDebits), HOUSE,
    ),
}  # fmt: skip
PERSONS: Persons = {ShowMandate: _payer, WriteDebitFile: _payers}
