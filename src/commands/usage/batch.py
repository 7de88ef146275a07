"""A batch of usage as commands know it: its stream and its state."""

from __future__ import annotations

from billing_core.usage.mediation.batches import NOTHING_RECEIVED, UsageBatch, apply_usage_batch
from billing_core.usage.mediation.deliveries import batch_name
from commands.platform.ports import Store, Transaction
from commands.usage.ports import BatchId


def usage_stream(batch: BatchId) -> str:
    return f"usage/{batch_name(*batch)}"


def batch_of_stream(stream: str) -> BatchId:
    """The batch of a stream."""
    return batch_named(stream.partition("/")[2])


def batch_named(name: str) -> BatchId:
    """The batch of a name such as `mediation:2026-05`; a source has no colon in its name."""
    source, _, batch = name.partition(":")
    return BatchId(source, batch)


def hold_source(transaction: Transaction, batch: BatchId) -> None:
    """Batches of one source are received one after the other: what is known of their references stays as it is."""
    transaction.hold(f"usage of {batch.source}", alone=True)


def load_batch(transaction: Transaction, batch: BatchId) -> tuple[UsageBatch, int]:
    """The batch as far as it is received and booked, and its version."""
    state, version = transaction.load(usage_stream(batch), apply_usage_batch)
    return state or NOTHING_RECEIVED, version


def batch_now(store: Store, batch: BatchId) -> UsageBatch:
    """The batch as it stands now."""
    with store.transaction() as transaction:
        return load_batch(transaction, batch)[0]
