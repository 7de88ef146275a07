"""Set agencies, hand items to them, take items back, and draw up the next hand-over file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from billing_core.accounts.account import Account
from billing_core.dunning.collection import (
    COLLECTION_CLAIM,
    Batches,
    BatchItem,
    CollectionAgency,
    NextFile,
    apply_agency,
    apply_batches,
    draw_up,
    found_agency,
    hand_over,
    hand_over_key,
    looked_at_from,
    not_listed,
    set_agency,
    take_back,
)
from billing_core.dunning.stops import require_counting
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from commands.accounts import account_stream, load_account
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class SetCollectionAgency(Command, frozen=True, kw_only=True):
    """Name an agency that collects debts, or replace its details."""

    agency: CollectionAgency


class HandItemsToCollection(Command, frozen=True, kw_only=True):
    """Hand overdue invoices of an account to an agency.

    They climb no further steps and are not messaged, but they still suspend. The agency learns of them by its next
    hand-over file. An invoice that is disputed, promised or paused is not handed over.
    """

    account: str
    invoices: tuple[str, ...]
    agency: str


class TakeBackFromCollection(Command, frozen=True, kw_only=True):
    """Take invoices of an account back from the agency that collects them; they climb on where they were."""

    account: str
    invoices: tuple[str, ...]
    reason: str


class DrawUpCollectionBatch(Command, frozen=True, kw_only=True):
    """Draw up the next hand-over file of an agency: what was handed to it since the last one and is still open.

    Items that are disputed, promised or paused meanwhile are held back; the first file after that has them. The answer
    says the number of the file, and how many items it has and holds back.
    """

    agency: str


# --- handlers


def agency_stream(code: str) -> str:
    return f"collection-agency/{code}"


def batch_stream(agency: str) -> str:
    return f"collection-batch/{agency}"


def load_agency(transaction: Transaction, code: str) -> CollectionAgency:
    """The agency of a code, or `NotFound`."""
    return found_agency(transaction.load(agency_stream(code), apply_agency)[0], code)


def handle_set_agency(command: SetCollectionAgency, transaction: Transaction, origin: Origin) -> Decision:
    stream = agency_stream(command.agency.code)
    known, version = transaction.load(stream, apply_agency)
    return Decision((Append(stream, version, set_agency(known, command.agency, origin.today)),))


def handle_hand_items(command: HandItemsToCollection, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    events = handed_over(account, command.invoices, command.agency, transaction, origin.today)
    return Decision((Append(account_stream(account.number), version, events),))


def handed_over(
    account: Account, invoices: tuple[str, ...], agency: str, transaction: Transaction, on: date
) -> list[Event]:
    """The hand-over of items to an agency that is known, once a day for each."""
    load_agency(transaction, agency)
    for invoice in invoices:
        require_counting(account.dunning, invoice, on)
    events = hand_over(account.dunning.debts.collected, account.ledger.open_items, invoices, agency, on)
    keys = {hand_over_key(agency, on, account.number, invoice): invoice for invoice in invoices}
    for key in transaction.claimed(COLLECTION_CLAIM, list(keys)):
        raise RuleViolation(f"was handed to agency {agency} today already, and taken back; hand it over tomorrow",
                            field="invoice", value=keys[key])  # fmt: skip
    return events


def handle_take_back(command: TakeBackFromCollection, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    events = take_back(account.dunning.debts.collected, command.invoices, command.reason, origin.today)
    return Decision((Append(account_stream(account.number), version, events),))


def handle_draw_up(command: DrawUpCollectionBatch, transaction: Transaction, origin: Origin) -> Decision:
    load_agency(transaction, command.agency)
    stream = batch_stream(command.agency)
    known, version = transaction.load(stream, apply_batches)
    found = _for_next_file(command.agency, known, transaction, origin.today)
    events = draw_up(known, command.agency, found, origin.today)
    number = (known.number if known else 0) + 1
    result = {"batch": number, "items": len(found.items), "held": len(found.held)}
    return Decision((Append(stream, version, events),), result)


def _for_next_file(agency: str, known: Batches | None, transaction: Transaction, today: date) -> NextFile:
    """The items handed over since the last file that the agency still has and that are still open, as they are now."""
    accounts: dict[str, Account] = {}
    found, held = list[BatchItem](), list[BatchItem]()
    for key in not_listed(known, _keys_since(agency, known, transaction, today)):
        _, handed_on, number, invoice = key.split("/")
        if number not in accounts:
            accounts[number] = load_account(transaction, number)[0]
        account = accounts[number]
        item = account.ledger.open_items.get(invoice)
        if item is not None and account.dunning.debts.collected.get(invoice) == agency:
            counts = account.dunning.stopped_by(invoice, today) is None
            (found if counts else held).append(
                BatchItem(account=number, invoice=invoice, handed_on=date.fromisoformat(handed_on), due_on=item.due_on,
                          open=item.amount)
            )  # fmt: skip
    return NextFile(found, held)


def _keys_since(agency: str, known: Batches | None, transaction: Transaction, today: date) -> Iterator[str]:
    """The keys of hand-overs since the last file, and of the day before it; by what is claimed, which never lags."""
    if known is None or known.drawn_up_on is None:
        beginnings = [f"{agency}/"]
    else:
        since = looked_at_from(known.drawn_up_on)
        beginnings = [f"{agency}/{since + timedelta(days=day)}/" for day in range((today - since).days + 1)]
    for beginning in beginnings:
        for claim in transaction.claims_beginning(COLLECTION_CLAIM, beginning):
            yield claim.key


HANDLERS: Handlers = {
    SetCollectionAgency: handle_set_agency,
    HandItemsToCollection: handle_hand_items,
    TakeBackFromCollection: handle_take_back,
    DrawUpCollectionBatch: handle_draw_up,
}
CONCERNS: Concerns = {SetCollectionAgency: HOUSE, DrawUpCollectionBatch: HOUSE}
