"""Start a bulk message, take it a step further when its time has come, and stop it.

StartBulkMessage      bulk-message/spring   started: the deadline of the first step
AdvanceBulkMessage    bulk-message/spring   advanced, and message/... for every customer of the step, in one write
StopBulkMessage       bulk-message/spring   stopped: no deadline any more
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.outreach.bulk import (
    BULK,
    BulkMessage,
    BulkMessageStarted,
    BulkMessageStopped,
    BulkText,
    Step,
    advance_bulk,
    apply_bulk,
    next_step_at,
    start_bulk,
    step_size,
    stop_bulk,
    text_for,
)
from billing_core.outreach.kinds import ChannelName
from billing_core.outreach.messages import UNSENT, cancel_message
from billing_core.outreach.rendering import Facts
from billing_core.outreach.terms import earliest
from commands.outreach.addressees import About, NotWritten
from commands.outreach.bases import load_base
from commands.outreach.bulk_rehearsal import means_of, rehearse_bulk
from commands.outreach.messages import load_message
from commands.outreach.terms import load_outreach_terms
from commands.outreach.writing import Wanted, message_stream, write_message
from commands.parties import load_customer, load_seller
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Fold, Origin, State, Transaction
from commands.platform.reactions import Reaction
from commands.platform.wakes import WakeHandlers, WakeUp

STEP = "bulk-message"

# --- commands


class StartBulkMessage(Command, frozen=True, kw_only=True):
    """Write to every customer of a base who agreed to it, so many a minute; never twice to one.

    The seller's terms of outreach say by which channels and for which consent; `channels` are tried instead, in their
    order. Without `subject` an e-mail has the first line of its text. A dry run shows to how many it would go, by which
    channels, what that costs, and who is left out why.
    """

    bulk_message: str
    base: str
    texts: tuple[BulkText, ...]
    channels: tuple[ChannelName, ...] = ()
    per_minute: int = 100


class OfBulkMessage(Command, frozen=True, kw_only=True):
    bulk_message: str


class AdvanceBulkMessage(OfBulkMessage, frozen=True, kw_only=True):
    """Write to the next customers of a bulk message whose time has come. Its time gives it by itself."""


class StopBulkMessage(OfBulkMessage, frozen=True, kw_only=True):
    """Write to nobody else, and cancel the messages that wait to be sent."""

    reason: str


# --- handlers


def bulk_stream(code: str) -> str:
    return f"bulk-message/{code}"


def bulk_cause(code: str) -> str:
    """The cause of every message of a bulk message."""
    return f"bulk-message {code}"


def load_bulk(transaction: Transaction, code: str) -> tuple[BulkMessage, int]:
    """The bulk message and its version, or `NotFound`."""
    found, version = transaction.load(bulk_stream(code), apply_bulk)
    if found is None:
        raise no_such_bulk_message(code)
    return found, version


def no_such_bulk_message(code: str) -> NotFound:
    return NotFound("no such bulk message; `billing bulk` lists them", field="bulk_message", value=code)


def handle_start(command: StartBulkMessage, transaction: Transaction, origin: Origin) -> Decision:
    """Started, or in a dry run rehearsed: the answer is what it would do."""
    base = load_base(transaction, command.base)
    existing, version = transaction.load(bulk_stream(command.bulk_message), apply_bulk)
    wanted = BulkMessageStarted(
        effective_on=origin.today,
        bulk_message=command.bulk_message,
        seller=base.seller,
        base=base.base,
        choice=base.choice,
        texts=command.texts,
        per_minute=command.per_minute,
        expected=transaction.count_of_base(base.seller, base.choice),
        channels=command.channels,
    )
    events = start_bulk(existing, wanted)
    found = rehearse_bulk(wanted, means_of(base.seller, transaction, origin.today), transaction)
    return Decision((Append(bulk_stream(command.bulk_message), version, events),), found)


def handle_stop(command: StopBulkMessage, transaction: Transaction, origin: Origin) -> Decision:
    """Stopped, with the messages that wait as far as the read models show them; given again it cancels the others."""
    bulk, version = load_bulk(transaction, command.bulk_message)
    events = stop_bulk(bulk, command.reason, origin.today)
    waiting = transaction.unsent_messages(BULK, bulk_cause(command.bulk_message))
    cancelled = [append for each in waiting if (append := _cancelled(each, command.reason, transaction, origin))]
    return Decision((Append(bulk_stream(command.bulk_message), version, events), *cancelled))


def _cancelled(message: str, reason: str, transaction: Transaction, origin: Origin) -> Append | None:
    """The end of a message, unless it was sent meanwhile."""
    found, version = load_message(transaction, message)
    if found.state not in UNSENT:
        return None
    return Append(message_stream(message), version, cancel_message(found, reason, origin.today))


def handle_advance(command: AdvanceBulkMessage, transaction: Transaction, origin: Origin) -> Decision:
    """One that was stopped or is complete, or whose next step has not come, stays as it is."""
    bulk, version = load_bulk(transaction, command.bulk_message)
    if bulk.state != "running" or (bulk.next_at is not None and bulk.next_at > origin.recorded_at):
        return Decision(())
    its = bulk.started
    terms = load_outreach_terms(transaction, its.seller)
    time_zone = load_seller(transaction, its.seller)[0].time_zone
    size = step_size(its.per_minute)
    # In quiet hours the next step waits, so that not all of them leave at once at their end.
    begins = earliest(terms, BULK, origin.recorded_at, time_zone)
    numbers: Sequence[str] = ()
    if begins <= origin.recorded_at:
        numbers = transaction.customers_of_base(its.seller, its.choice, bulk.reached, size)
    is_last = begins <= origin.recorded_at and len(numbers) < size
    messages, step = _step(bulk, numbers, cast(Transaction, _ReadOnce(transaction)), origin, is_last=is_last)
    next_at = earliest(terms, BULK, next_step_at(its.per_minute, origin.recorded_at), time_zone)
    events = advance_bulk(bulk, step, max(begins, next_at), origin.today)
    return Decision((Append(bulk_stream(command.bulk_message), version, events), *messages))


class _ReadOnce:
    """A transaction that reads each stream once: seller, terms and templates are the same for all of a step."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._known: dict[tuple[str, Any], tuple[Any, int]] = {}

    def load(self, stream: str, fold: Fold[State]) -> tuple[State | None, int]:
        if (stream, fold) not in self._known:
            self._known[stream, fold] = self._transaction.load(stream, fold)
        return self._known[stream, fold]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transaction, name)


def _step(
    bulk: BulkMessage, numbers: Sequence[str], transaction: Transaction, origin: Origin, *, is_last: bool
) -> tuple[list[Append], Step]:
    """The messages to some customers, and why others get none."""
    messages: list[Append] = []
    left_out: Counter[str] = Counter()
    for number in numbers:
        try:
            written = write_message(_wanted(bulk, number, transaction), transaction, origin)
        except (NotWritten, NotFound, InvalidValue) as reason:
            left_out[reason.message] += 1
            continue
        if written.append is None:
            left_out["was written to already"] += 1
        else:
            messages.append(written.append)
    return messages, Step(numbers[-1] if numbers else "", len(messages), left_out, is_last)


def _wanted(bulk: BulkMessage, number: str, transaction: Transaction) -> Wanted:
    its = bulk.started
    customer, _ = load_customer(transaction, number)
    text = text_for(its.texts, [customer.customer.language])
    return Wanted(
        kind=BULK,
        about=About(customer=number, seller=its.seller),
        cause=bulk_cause(its.bulk_message),
        facts=Facts(text.values()),
        subject_matter=its.bulk_message,
        channels=its.channels,
    )


# --- what happens by itself


def _advance(wake_up: WakeUp) -> AdvanceBulkMessage:
    return AdvanceBulkMessage(bulk_message=wake_up.number)


def _stop_again(entry: RecordedEvent) -> StopBulkMessage:
    assert isinstance(entry.event, BulkMessageStopped)
    return StopBulkMessage(bulk_message=entry.number, reason=entry.event.reason)


HANDLERS: Handlers = {
    StartBulkMessage: handle_start,
    AdvanceBulkMessage: handle_advance,
    StopBulkMessage: handle_stop,
}
WAKES: WakeHandlers = {STEP: _advance}
# Messages of the last step may not have been shown yet when it was stopped.
REACTIONS = (Reaction("cancel-bulk-message", (BulkMessageStopped,), _stop_again),)
