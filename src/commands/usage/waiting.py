"""Dismiss records of usage that wait, as nobody will mend them."""

from __future__ import annotations

from billing_core.usage.mediation.deliveries import WaitingUsageDismissed, dismiss
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction
from commands.usage.batch import hold_source, load_batch, usage_stream
from commands.usage.ports import BatchId

# --- commands


class DismissWaitingUsage(Command, frozen=True, kw_only=True):
    """Records of a batch that were refused and wait are not tried again: those of some lines, by default all.

    They were not charged and never will be. Their keys are free: the source may send them again.
    """

    source: str
    batch: str
    reason: str
    lines: tuple[int, ...] = ()


# --- handlers


def handle_dismiss_waiting_usage(command: DismissWaitingUsage, transaction: Transaction, origin: Origin) -> Decision:
    batch = BatchId(command.source, command.batch)
    hold_source(transaction, batch)
    _, version = load_batch(transaction, batch)
    waiting = transaction.lines_of_waiting_usage(*batch)
    lines = tuple(sorted(set(command.lines))) or tuple(waiting)
    fact = WaitingUsageDismissed(effective_on=origin.today, lines=lines, reason=command.reason)
    events = dismiss(waiting, fact, batch.batch)
    transaction.dismiss_waiting_usage(*batch, lines)
    return Decision((Append(usage_stream(batch), version, events),))


HANDLERS: Handlers = {DismissWaitingUsage: handle_dismiss_waiting_usage}
