"""Batches of pay-backs, and their files."""

from __future__ import annotations

import msgspec

from adapters.banks.abo_payments import payment_order
from adapters.banks.pain001 import CreditTransfer, Instruction, Pain001, Payer, pain001
from adapters.views.persons import Persons
from adapters.views.query import FileAnswer, Listing, Page, Queries, Query, Reading, page_of
from billing_core.direct_debit.terms import DebitTerms
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.parties.sellers import Seller
from billing_core.pay_backs.batches import CROWNS, PayBackBatch
from billing_core.pay_backs.events import transfer_reference
from commands.direct_debit.terms import load_terms
from commands.parties import load_seller
from commands.pay_backs import load_batch
from commands.platform.concerns import HOUSE, Concerns
from projections.pay_backs import PayBackBatchRow, PayBackItemRow, pay_back_batch, pay_back_batches, pay_back_items


class ListPayBackBatches(Listing, frozen=True, kw_only=True):
    """The batches of pay-backs, the newest first, of a seller if it is named."""

    seller: str = ""


class ShowPayBackBatch(Query, frozen=True, kw_only=True):
    """A batch with its accounts in order: those listed, left out, taken off and returned, and why."""

    batch: str


class WritePayBackFile(Query, frozen=True, kw_only=True):
    """The file of a frozen batch for the bank: euros as pain.001 in the version that the bank takes, crowns as ABO.

    The same batch is the same file, however often it is saved. The Czech order (ABO 1501) has no versions. Other
    currencies have no file.
    """

    batch: str
    version: Pain001 = "pain.001.001.09"


class PayBackBatchCard(msgspec.Struct):
    """A batch and its accounts."""

    batch: PayBackBatchRow
    items: list[PayBackItemRow]


class PayBackFile(FileAnswer):
    """A file of transfers for the bank."""

    media_type = "application/octet-stream"


# --- answers


def _list(query: ListPayBackBatches, reading: Reading) -> Page[PayBackBatchRow]:
    with reading.source.cursor() as cursor:
        found = pay_back_batches(cursor, query.seller, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.batch)


def _show(query: ShowPayBackBatch, reading: Reading) -> PayBackBatchCard:
    with reading.source.cursor() as cursor:
        found = pay_back_batch(cursor, query.batch)
        items = pay_back_items(cursor, query.batch)
    if found is None:
        raise NotFound("no such batch of pay-backs; `billing pay-backs` lists them", field="batch", value=query.batch)
    return PayBackBatchCard(found, items)


def _write(query: WritePayBackFile, reading: Reading) -> PayBackFile:
    with reading.app.store.transaction() as transaction:
        batch, _ = load_batch(transaction, query.batch)
        seller, _ = load_seller(transaction, batch.seller)
        terms = load_terms(transaction, batch.seller) or DebitTerms()
    if batch.state in ("drawn up", "cancelled"):
        raise RuleViolation(f"is {batch.state}; its file is written when it is frozen", field="batch", value=batch.name)
    payer, transfers = _payer(seller), _transfers(batch, seller)
    if batch.currency == CROWNS:
        return PayBackFile(payment_order(batch, payer, transfers, terms.client_number))
    return PayBackFile(pain001(_instruction(batch, query.version), payer, transfers))


def _instruction(batch: PayBackBatch, version: Pain001) -> Instruction:
    assert batch.pay_on is not None
    assert batch.frozen_on is not None
    return Instruction(f"PB-{batch.name}"[-35:], batch.frozen_on, batch.pay_on, version)


def _payer(seller: Seller) -> Payer:
    if not seller.iban:
        raise RuleViolation("has no IBAN from which to pay; set it in the details of the seller", field="seller",
                            value=seller.code)  # fmt: skip
    return Payer(seller.name, seller.iban, seller.bic or "")


def _transfers(batch: PayBackBatch, seller: Seller) -> list[CreditTransfer]:
    transfers = []
    for place, listed in enumerate(batch.listed.values(), 1):
        if not listed.iban:
            raise RuleViolation("was paid back to a customer who is forgotten since; the file cannot be written again",
                                field="account", value=listed.account)  # fmt: skip
        text = f"{seller.name}: credit of account {listed.account}"
        transfers.append(
            CreditTransfer(transfer_reference(batch.name, place), listed.payee, listed.iban, listed.amount, text)
        )
    return transfers


def _payees(query: WritePayBackFile, file: PayBackFile, reading: Reading) -> set[str]:
    """Those whom the file pays."""
    with reading.source.cursor() as cursor:
        return {row.customer for row in pay_back_items(cursor, query.batch) if row.state in ("listed", "returned")}


QUERIES: Queries = {ListPayBackBatches: _list, ShowPayBackBatch: _show, WritePayBackFile: _write}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
PERSONS: Persons = {WritePayBackFile: _payees}
