"""Draw up a batch of debits, freeze it, note that it was sent, close or cancel it, and draw a debit again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

import msgspec

from billing_core.accounts.account import Account
from billing_core.direct_debit.amendments import Creditor, Told, last_told
from billing_core.direct_debit.batch_events import (
    BATCH_CLAIM,
    ITEM_CLAIM,
    MANDATE_DEBIT_CLAIM,
    Debit,
    batch_name,
    batch_of,
    batch_stream,
    item_key,
)
from billing_core.direct_debit.batches import (
    DebitBatch,
    DrawnDebit,
    apply_batch,
    cancel_batch,
    close_batch,
    freeze_batch,
    release_debit,
    require_batch,
    send_batch,
)
from billing_core.direct_debit.drawing import (
    NOBODY,
    Candidate,
    Drawing,
    LeftOut,
    Tried,
    debit_of_account,
    draw_up_batch,
    require_drawing,
)
from billing_core.direct_debit.mandates import Mandate
from billing_core.direct_debit.schemes import CURRENCIES, SEPA, Scheme
from billing_core.dunning.state import EXEMPT
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total
from commands.accounts import load_account
from commands.direct_debit.mandates import load_mandate
from commands.direct_debit.terms import terms_of
from commands.parties import load_seller
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class DrawUpDebitBatch(Command, frozen=True, kw_only=True):
    """Draw up the next batch of a seller: what is due by `collect_on` on the accounts of these mandates.

    Items that are disputed, promised, paused or in a live batch are left out, and the answer says so. Without anything
    to collect there is no batch.
    """

    seller: str
    scheme: Scheme
    collect_on: date
    mandates: tuple[str, ...]


class FreezeDebitBatch(Command, frozen=True, kw_only=True):
    """Fix the content of a batch, without what was paid since it was drawn up; its file can be written from then on.

    The debits are announced by it, so it is refused if the collection date has come too near.
    """

    batch: str


class NoteDebitBatchSent(Command, frozen=True, kw_only=True):
    """Note that the bank or the post has the file of a batch; `file_hash` is the SHA-256 of the file, if known."""

    batch: str
    file_hash: str = ""


class CloseDebitBatch(Command, frozen=True, kw_only=True):
    """Close a batch that awaits no answer any more. Later returns are still taken."""

    batch: str


class CancelDebitBatch(Command, frozen=True, kw_only=True):
    """Cancel a batch that was never sent; its items may be drawn again."""

    batch: str
    reason: str


class ReleaseDebit(Command, frozen=True, kw_only=True):
    """Let the items of a rejected or returned debit be drawn again, after the payer was asked."""

    debit: str


# --- what handlers load


def load_batch(transaction: Transaction, name: str) -> tuple[DebitBatch, int]:
    """The batch and its version, or `NotFound`."""
    found, version = transaction.load(batch_stream(name), apply_batch)
    return require_batch(found, name), version


class KnownBatches:
    """Batches as they are loaded, each once."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._known: dict[str, DebitBatch] = {}

    def named(self, name: str) -> DebitBatch:
        if name not in self._known:
            self._known[name] = load_batch(self._transaction, name)[0]
        return self._known[name]

    def debits_of(self, mandate: Mandate) -> list[tuple[DrawnDebit, Told]]:
        """The debits by a mandate with what each tells the bank, the newest first; by what is claimed."""
        claims = self._transaction.claims_beginning(MANDATE_DEBIT_CLAIM, f"{mandate.signed.mandate} ")
        names = [claim.content for claim in reversed(claims)]
        return [(self.named(batch_of(name)).debits[name], self.told(name)) for name in names]

    def told(self, end_to_end: str) -> Told:
        """What a debit tells the bank."""
        batch = self.named(batch_of(end_to_end))
        creditor = Creditor(batch.drawn_up.creditor_id, batch.drawn_up.creditor_name)
        return Told(end_to_end, batch.debits[end_to_end].debit.amendments, creditor)


def tried_items(transaction: Transaction, invoices: Iterable[str]) -> Mapping[str, Tried]:
    """The last debit of each invoice that was drawn before; by what is claimed, which never lags."""
    last: dict[str, tuple[int, str, str]] = {}
    pending, tries = list(invoices), 1
    while pending:
        keys = {item_key(invoice, tries): invoice for invoice in pending}
        taken = transaction.claimed(ITEM_CLAIM, list(keys))
        last |= {keys[key]: (tries, claim.stream, claim.content) for key, claim in taken.items()}
        pending, tries = [keys[key] for key in taken], tries + 1
    batches: dict[str, DebitBatch] = {}
    for stream in {stream for _, stream, _ in last.values()}:
        name = stream.partition("/")[2]
        batches[stream] = load_batch(transaction, name)[0]
    return {
        invoice: Tried(tries, batches[stream].debits[end_to_end])
        for invoice, (tries, stream, end_to_end) in last.items()
    }


# --- handlers


def handle_draw_up(command: DrawUpDebitBatch, transaction: Transaction, origin: Origin) -> Decision:
    seller, _ = load_seller(transaction, command.seller)
    terms = terms_of(transaction, command.seller)
    creditor = Creditor(terms.creditor_id, seller.name) if command.scheme in SEPA else NOBODY
    drawing = Drawing(
        seller=command.seller, scheme=command.scheme, collect_on=command.collect_on, creditor=creditor
    )  # fmt: skip
    require_drawing(drawing, terms, origin.today)
    debits, left_out = _debits(command, drawing, transaction, origin.today)
    number = _next_number(transaction, command.seller)
    name = batch_name(command.seller, number)
    events = draw_up_batch(drawing, number, debits, origin.today)
    result = {
        "batch": name if debits else "", "debits": len(debits),
        "left_out": [msgspec.to_builtins(each) for each in left_out],
        "amount": str(total((debit.amount for debit in debits), CURRENCIES[command.scheme])),
    }  # fmt: skip
    return Decision((Append(batch_stream(name), 0, events),) if events else (), result)


def _debits(
    command: DrawUpDebitBatch, drawing: Drawing, transaction: Transaction, on: date
) -> tuple[list[Debit], list[LeftOut]]:
    debits: list[Debit] = []
    left_out: list[LeftOut] = []
    known = KnownBatches(transaction)
    for number in dict.fromkeys(command.mandates):
        mandate, _ = load_mandate(transaction, number)
        if mandate.signed.seller != command.seller:
            raise InvalidValue(f"collects for seller {mandate.signed.seller}", field="mandate", value=number)
        account, _ = load_account(transaction, mandate.signed.account)
        before = known.debits_of(mandate) if command.scheme in SEPA else []
        candidate = Candidate(
            mandate=mandate, currency=account.currency, open_items=account.ledger.open_items,
            stopped=_stopped(account, on), tried=tried_items(transaction, account.ledger.open_items),
            amount_before=_amount_before(mandate, transaction), told=last_told(before), of_mandate=len(before),
        )  # fmt: skip
        debit, missing = debit_of_account(drawing, candidate, len(debits) + 1, on)
        debits += [debit] if debit else []
        left_out += missing
    return debits, left_out


def _amount_before(mandate: Mandate, transaction: Transaction) -> Money | None:
    """What was drawn by the mandate before, which the post must be told."""
    if mandate.signed.scheme != "sipo" or not mandate.last_debit:
        return None
    batch, _ = load_batch(transaction, batch_of(mandate.last_debit))
    return batch.debits[mandate.last_debit].debit.amount


def _stopped(account: Account, on: date) -> dict[str, str]:
    """The items that are not drawn, as dunning knows them: disputed, paused, promised, insolvent, or an agency's.

    Who is exempt from dunning for good still pays by debit.
    """
    stopped: dict[str, str] = {}
    for invoice in account.ledger.open_items:
        stop = account.dunning.stopped_by(invoice, on)
        agency = account.dunning.debts.collected.get(invoice)
        if stop is not None and stop.why != EXEMPT:
            stopped[invoice] = f"{stop.why}: {stop.reason}" if stop.reason else stop.why
        elif agency is not None:
            stopped[invoice] = f"agency {agency} collects it"
    return stopped


def _next_number(transaction: Transaction, seller: str) -> int:
    claims = transaction.claims_beginning(BATCH_CLAIM, f"{seller}/")
    return int(claims[-1].key.rpartition("/")[2]) + 1 if claims else 1


def handle_freeze(command: FreezeDebitBatch, transaction: Transaction, origin: Origin) -> Decision:
    batch, version = load_batch(transaction, command.batch)
    if batch.stage == "drawn-up":
        drawn_up = batch.drawn_up
        drawing = Drawing(seller=drawn_up.seller, scheme=drawn_up.scheme, collect_on=drawn_up.collect_on)
        require_drawing(drawing, terms_of(transaction, drawn_up.seller), origin.today)
    events = freeze_batch(batch, _open_amounts(batch, transaction), origin.today)
    for fact in events:
        apply_batch(batch, fact)
    left_out = [end_to_end for end_to_end, drawn in batch.debits.items() if drawn.state == "left-out"]
    result = {"content_hash": batch.content_hash, "left_out": left_out}
    return Decision((Append(batch_stream(batch.name), version, events),), result)


def _open_amounts(batch: DebitBatch, transaction: Transaction) -> dict[str, Money]:
    """What is open of each invoice on the accounts of a batch that is about to be frozen."""
    found: dict[str, Money] = {}
    for drawn in batch.debits.values() if batch.stage == "drawn-up" else ():
        account, _ = load_account(transaction, drawn.debit.account)
        found |= {invoice: item.amount for invoice, item in account.ledger.open_items.items()}
    return found


def handle_sent(command: NoteDebitBatchSent, transaction: Transaction, origin: Origin) -> Decision:
    return _changed(command.batch, transaction, lambda each: send_batch(each, command.file_hash, origin.today))


def handle_close(command: CloseDebitBatch, transaction: Transaction, origin: Origin) -> Decision:
    return _changed(command.batch, transaction, lambda each: close_batch(each, origin.today))


def handle_cancel(command: CancelDebitBatch, transaction: Transaction, origin: Origin) -> Decision:
    return _changed(command.batch, transaction, lambda each: cancel_batch(each, command.reason, origin.today))


def handle_release(command: ReleaseDebit, transaction: Transaction, origin: Origin) -> Decision:
    return _changed(
        batch_of(command.debit), transaction, lambda each: release_debit(each, command.debit, origin.today)
    )  # fmt: skip


def _changed(name: str, transaction: Transaction, decide: Callable[[DebitBatch], list[Event]]) -> Decision:
    batch, version = load_batch(transaction, name)
    return Decision((Append(batch_stream(name), version, decide(batch)),))


HANDLERS: Handlers = {
    DrawUpDebitBatch: handle_draw_up,
    FreezeDebitBatch: handle_freeze,
    NoteDebitBatchSent: handle_sent,
    CloseDebitBatch: handle_close,
    CancelDebitBatch: handle_cancel,
    ReleaseDebit: handle_release,
}
CONCERNS: Concerns = dict.fromkeys(HANDLERS, HOUSE)
