"""Discard a batch of usage that was cut off and will not be sent again, or that was sent by mistake."""

from __future__ import annotations

from billing_core.usage.mediation.batches import UsageBatchDiscarded, discard_batch
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction
from commands.usage.batch import hold_source, load_batch, usage_stream
from commands.usage.ports import BatchId

# --- commands


class DiscardUsageBatch(Command, frozen=True, kw_only=True):
    """Book no record of a batch, which was received whole or cut off; refused after some of it was booked.

    Its source may send the records again in another batch.
    """

    source: str
    batch: str
    reason: str


# --- handlers


def handle_discard_usage_batch(command: DiscardUsageBatch, transaction: Transaction, origin: Origin) -> Decision:
    batch = BatchId(command.source, command.batch)
    hold_source(transaction, batch)
    state, version = load_batch(transaction, batch)
    fact = UsageBatchDiscarded(effective_on=origin.today, reason=command.reason)
    events = discard_batch(state, fact, batch.batch)
    transaction.discard_usage_records(*batch)
    return Decision((Append(usage_stream(batch), version, events),))


HANDLERS: Handlers = {DiscardUsageBatch: handle_discard_usage_batch}
