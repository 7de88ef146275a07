"""Dispute an item, pause dunning, note an insolvency; and end each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing_core.dunning.facts import (
    DunningPaused,
    DunningPauseEnded,
    InsolvencyEnded,
    InsolvencyNoted,
    ItemDisputed,
    ItemDisputeEnded,
)
from billing_core.dunning.stops import (
    dispute_item,
    end_dispute,
    end_insolvency,
    end_pause,
    note_insolvency,
    pause_dunning,
)
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.events import Event
from commands.accounts import account_stream, load_account
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class OfAccount(Command, frozen=True, kw_only=True):
    account: str


class DisputeItem(OfAccount, frozen=True, kw_only=True):
    """The customer disputes an open invoice: from today on it does not count, and its clock stands still."""

    invoice: str
    reason: str


class EndDispute(OfAccount, frozen=True, kw_only=True):
    """The dispute over an invoice is settled; what is still open counts again from today on."""

    invoice: str
    outcome: str


class PauseDunning(OfAccount, frozen=True, kw_only=True):
    """Do nothing about money that has not come in until the date `until`, exclusive; without a date for good.

    It is for the whole account, or for one open `invoice`. Another pause of the same takes its place.
    """

    invoice: str = ""
    until: date | None = None
    reason: str


class EndDunningPause(OfAccount, frozen=True, kw_only=True):
    """End the pause of the account, or of one `invoice`, today."""

    invoice: str = ""
    reason: str


class NoteInsolvency(OfAccount, frozen=True, kw_only=True):
    """Proceedings were opened over the customer on the date `since`, today unless it is named.

    What is owed is claimed there, and no longer dunned. `reference` is that of the court.
    """

    reference: str
    since: date | None = None


class EndInsolvency(OfAccount, frozen=True, kw_only=True):
    """The proceedings over the customer are over; what is still open counts again from today on."""

    outcome: str


# --- handlers


def handle_dispute_item(command: DisputeItem, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    fact = ItemDisputed(effective_on=origin.today, invoice=command.invoice, reason=command.reason)
    return _decided(command, version, dispute_item(account.ledger, account.dunning, fact))


def handle_end_dispute(command: EndDispute, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    fact = ItemDisputeEnded(effective_on=origin.today, invoice=command.invoice, outcome=command.outcome)
    return _decided(command, version, end_dispute(account.dunning, fact))


def handle_pause_dunning(command: PauseDunning, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    fact = DunningPaused(effective_on=origin.today, until_on=command.until, reason=command.reason,
                         invoice=command.invoice)  # fmt: skip
    return _decided(command, version, pause_dunning(account.ledger, account.dunning, fact))


def handle_end_pause(command: EndDunningPause, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    fact = DunningPauseEnded(effective_on=origin.today, reason=command.reason, invoice=command.invoice)
    return _decided(command, version, end_pause(account.dunning, fact))


def handle_note_insolvency(command: NoteInsolvency, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    since_on = command.since or origin.today
    if since_on > origin.today:
        raise InvalidValue(f"is after today, {origin.today}", field="since", value=since_on)
    fact = InsolvencyNoted(effective_on=since_on, reference=command.reference)
    return _decided(command, version, note_insolvency(account.dunning, fact))


def handle_end_insolvency(command: EndInsolvency, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    fact = InsolvencyEnded(effective_on=origin.today, outcome=command.outcome)
    return _decided(command, version, end_insolvency(account.dunning, fact))


def _decided(command: OfAccount, version: int, events: Sequence[Event]) -> Decision:
    return Decision((Append(account_stream(command.account), version, events),))


HANDLERS: Handlers = {
    DisputeItem: handle_dispute_item,
    EndDispute: handle_end_dispute,
    PauseDunning: handle_pause_dunning,
    EndDunningPause: handle_end_pause,
    NoteInsolvency: handle_note_insolvency,
    EndInsolvency: handle_end_insolvency,
}
