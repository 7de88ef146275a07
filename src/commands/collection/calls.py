"""The list of calls: put an account on it, note what came of a call, take it off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing_core.dunning.calls import (
    USUAL_RESULTS,
    CallNoted,
    CallResult,
    apply_results,
    close_call,
    closed_by_payment,
    note_call,
    set_results,
    want_call,
)
from billing_core.invoicing.invoices import CreditNoteIssued
from billing_core.kernel.events import Event
from billing_core.payments.events import (
    CreditFreed,
    CreditTransferredIn,
    InvoiceWrittenOff,
    PaymentMovedIn,
    PaymentReceived,
)
from commands.accounts import account_stream, load_account
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction

RESULTS_STREAM = "call-results/house"

# --- commands


class SetCallResults(Command, frozen=True, kw_only=True):
    """Say what may come of a call, and after how many days the customer is called again; supply all results."""

    results: tuple[CallResult, ...]


class CallOfAccount(Command, frozen=True, kw_only=True):
    account: str


class PutOnCallList(CallOfAccount, frozen=True, kw_only=True):
    """Put an account on the list of calls, for a reason; if it is there, nothing changes."""

    reason: str


class TakeOffCallList(CallOfAccount, frozen=True, kw_only=True):
    """Take an account off the list of calls, for a reason."""

    reason: str


class NoteCall(CallOfAccount, frozen=True, kw_only=True):
    """Note what came of a call, by the code of its result.

    The next try is after the days of the result, or on the date `next_try_on` if the customer agreed on one. Without a
    next try the account leaves the list.
    """

    result: str
    next_try_on: date | None = None
    note: str = ""


class CloseCall(CallOfAccount, frozen=True, kw_only=True):
    """Take an account off the list of calls if nothing is overdue on it. What settles invoices gives it by itself."""


# --- handlers


def load_results(transaction: Transaction) -> tuple[Sequence[CallResult], int]:
    """The results that may be noted, and the version of their stream."""
    known, version = transaction.load(RESULTS_STREAM, apply_results)
    return known or USUAL_RESULTS, version


def handle_set_results(command: SetCallResults, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_results(transaction)
    return Decision((Append(RESULTS_STREAM, version, set_results(known, command.results, origin.today)),))


def handle_put_on_list(command: PutOnCallList, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    return _decided(command, version, want_call(account.dunning.debts.call, command.reason, origin.today))


def handle_take_off_list(command: TakeOffCallList, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    return _decided(command, version, close_call(account.dunning.debts.call, command.reason, origin.today))


def handle_note_call(command: NoteCall, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    results, _ = load_results(transaction)
    noted = CallNoted(effective_on=origin.today, customer=account.customer, result=command.result,
                      next_try_on=command.next_try_on, note=command.note)  # fmt: skip
    return _decided(command, version, note_call(account.dunning.debts.call, results, noted, origin.today))


def handle_close_call(command: CloseCall, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    is_overdue = any(item.due_on < origin.today for item in account.ledger.open_items.values())
    events = closed_by_payment(account.dunning.debts.call, is_overdue=is_overdue, on=origin.today)
    return _decided(command, version, events)


def _decided(command: CallOfAccount, version: int, events: Sequence[Event]) -> Decision:
    return Decision((Append(account_stream(command.account), version, events),) if events else ())


# --- what happens by itself


def _close(entry: RecordedEvent) -> CloseCall:
    return CloseCall(account=entry.number)


HANDLERS: Handlers = {
    SetCallResults: handle_set_results,
    PutOnCallList: handle_put_on_list,
    TakeOffCallList: handle_take_off_list,
    NoteCall: handle_note_call,
    CloseCall: handle_close_call,
}
CONCERNS: Concerns = {SetCallResults: HOUSE}
SETTLED_BY = (
    PaymentReceived, PaymentMovedIn, CreditFreed, CreditTransferredIn, CreditNoteIssued, InvoiceWrittenOff
)  # fmt: skip
REACTIONS = (Reaction("close-call", SETTLED_BY, _close),)
