"""A frozen batch as a collection file: its debits with the payers, who stand in the streams of their mandates alone."""

from __future__ import annotations

from adapters.banks.abo_orders import abo_bytes
from adapters.banks.collection_files import Amends, CollectionFile, FileDebit
from adapters.banks.pain008 import pain008_bytes
from adapters.banks.sipo import changes_bytes, cover_bytes
from billing_core.direct_debit.amendments import Creditor, is_other_bank
from billing_core.direct_debit.batch_events import Debit
from billing_core.direct_debit.batches import DebitBatch, DrawnDebit
from billing_core.direct_debit.mandates import Mandate
from billing_core.kernel.errors import RuleViolation
from commands.direct_debit.batches import KnownBatches, load_batch
from commands.direct_debit.mandates import load_mandate
from commands.direct_debit.terms import terms_of
from commands.parties import load_seller
from commands.platform.ports import Transaction


def load_collection_file(transaction: Transaction, name: str) -> CollectionFile:
    """What the file of a batch tells; it is there from freezing on, and always the same."""
    batch, _ = load_batch(transaction, name)
    if batch.frozen_on is None:
        raise RuleViolation(f"is {batch.stage}; freeze it first, so that the file cannot change", field="batch",
                            value=name)  # fmt: skip
    drawn_up = batch.drawn_up
    seller, _ = load_seller(transaction, drawn_up.seller)
    debits = _Debits(transaction, batch)
    return CollectionFile(
        batch=batch.name, number=drawn_up.number, scheme=drawn_up.scheme, frozen_on=batch.frozen_on,
        collect_on=drawn_up.collect_on, seller=seller, terms=terms_of(transaction, drawn_up.seller),
        debits=tuple(
            debits.told(end_to_end, drawn)
            for end_to_end, drawn in batch.debits.items() if end_to_end not in batch.left_out
        ),
        creditor_id=drawn_up.creditor_id, creditor_name=drawn_up.creditor_name,
    )  # fmt: skip


class _Debits:
    """The debits of a batch as its file tells them, each with its mandate as it stood when it was drawn up."""

    def __init__(self, transaction: Transaction, batch: DebitBatch) -> None:
        self._transaction = transaction
        self._creditor = Creditor(batch.drawn_up.creditor_id, batch.drawn_up.creditor_name)
        self._known = KnownBatches(transaction)

    def told(self, end_to_end: str, drawn: DrawnDebit) -> FileDebit:
        debit = drawn.debit
        mandate, _ = load_mandate(self._transaction, debit.mandate)
        details = mandate.details[debit.amendments]
        invoices = " ".join(item.invoice for item in debit.items)
        return FileDebit(
            end_to_end=end_to_end, number=debit.number, mandate=details.reference,
            signed_on=mandate.signed.effective_on, sequence=debit.sequence, amount=debit.amount, payer=details.payer,
            payer_account=details.payer_account, payer_bank=details.payer_bank, text=f"{debit.account} {invoices}",
            amount_before=debit.amount_before, amends=self._amends(debit, mandate) if debit.amends else None,
        )  # fmt: skip

    def _amends(self, debit: Debit, mandate: Mandate) -> Amends:
        """What stood on the mandate at the debit that told the bank last, if it is another one now."""
        told = self._known.told(debit.amends)
        before, now = mandate.details[told.amendment], mandate.details[debit.amendments]
        creditor = told.creditor
        return Amends(
            reference=before.reference if before.reference != now.reference else "",
            creditor_id=creditor.id if creditor.id != self._creditor.id else "",
            creditor_name=creditor.name if creditor.name != self._creditor.name else "",
            payer_account=before.payer_account if before.payer_account != now.payer_account else "",
            is_other_bank=is_other_bank(before, now),
        )  # fmt: skip


def file_name(file: CollectionFile) -> str:
    """The name under which a file is saved: S1-3.xml, S1-3.kpc; the post wants ZM and six digits."""
    match file.scheme:
        case "sepa-core" | "sepa-b2b":
            return f"{file.batch}.xml"
        case "czech-collection":
            return f"{file.batch}.kpc"
    return f"ZM{file.number:06d}.TXT"


def cover_name(file: CollectionFile) -> str:
    """The name of the cover for the post."""
    return f"OP{file.number:06d}.TXT"


def file_bytes(file: CollectionFile) -> bytes:
    """The file in the format of its scheme."""
    match file.scheme:
        case "sepa-core" | "sepa-b2b":
            return pain008_bytes(file)
        case "czech-collection":
            return abo_bytes(file)
    return changes_bytes(file)


def cover_file_bytes(file: CollectionFile) -> bytes:
    """The cover of the file, which SIPO alone has."""
    if file.scheme != "sipo":
        raise RuleViolation("has no cover; only SIPO asks for one", field="batch", value=file.batch)
    return cover_bytes(file)
