"""Receive a batch of usage records part by part: the rows of a part and the event that covers them, in one transaction.

Records are streamed, so memory does not grow with the batch. A part that was received before changes nothing; so an
interrupted batch continues from its last part when it comes again.

Whether a reference counts as known is certain only after the batch that it came in is booked, since the references of
refused records are free again. So a batch that was received whole is booked before a record is compared with its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import islice

import msgspec

from billing_core.kernel.errors import BillingError, Conflict
from billing_core.usage.mediation.batches import (
    RefusedRecord,
    UsageBatchReceived,
    UsageRecord,
    canonical_line,
    content_hash,
    days_of,
    receive_part,
    require_batch_name,
    require_received_whole,
    with_rising_numbers,
)
from billing_core.usage.records import require_come
from commands.platform.identity import new_id
from commands.platform.ports import Append, Origin, Store, Transaction, VersionConflict
from commands.platform.progress import Progress
from commands.usage.batch import batch_now, hold_source, load_batch, usage_stream
from commands.usage.ports import BatchId

PART_RECORDS = 10_000

Book = Callable[[BatchId], None]


class NotBookedYet(Exception):
    """The batch must be booked before its references are compared with others."""

    def __init__(self, batch: BatchId) -> None:
        super().__init__(*batch)
        self.batch = batch


def receive_batch(
    store: Store, batch: BatchId, records: Iterable[UsageRecord], origin: Origin, progress: Progress, book: Book
) -> None:
    """Receive what was not received before of a batch; another content under its name is refused.

    `book` books another batch whose references are met.
    """
    require_batch_name(*batch)
    known, part = batch_now(store, batch).parts, 0
    coming = with_rising_numbers(records)
    first = next(coming, None)
    while first is not None:
        size = known[part].records if part < len(known) else PART_RECORDS
        some = [first, *islice(coming, size - 1)]
        first, part = next(coming, None), part + 1
        _receive(store, _received(batch, part, some, origin, is_last=first is None), some, origin, book)
        progress(len(some))
    if part < len(known):
        raise Conflict(f"was received with records up to {known[-1].last_number}, and the last ones are missing now; "
                       "send other records under another batch", field="batch", value=batch.batch)  # fmt: skip


def _received(
    batch: BatchId, part: int, records: Sequence[UsageRecord], origin: Origin, *, is_last: bool
) -> UsageBatchReceived:
    from_on, to_on = days_of(records)
    return UsageBatchReceived(
        effective_on=origin.today,
        source=batch.source,
        batch=batch.batch,
        part=part,
        first_number=records[0].number,
        last_number=records[-1].number,
        records=len(records),
        content_hash=content_hash(records),
        from_on=from_on,
        to_on=to_on,
        is_last=is_last,
    )


def _receive(
    store: Store, received: UsageBatchReceived, records: Sequence[UsageRecord], origin: Origin, book: Book
) -> None:
    while True:
        try:
            return _write(store, received, records, origin)
        except VersionConflict:
            continue  # Somebody else received this part: look again.
        except NotBookedYet as other:
            book(other.batch)


def _write(store: Store, received: UsageBatchReceived, records: Sequence[UsageRecord], origin: Origin) -> None:
    batch = BatchId(received.source, received.batch)
    with store.transaction() as transaction:
        hold_source(transaction, batch)
        state, version = load_batch(transaction, batch)
        if not receive_part(state, received):
            return
        repeated, refused = _left_out(batch, records, origin.today, transaction)
        fact = msgspec.structs.replace(received, repeated=len(repeated), refused=tuple(refused))
        left_out = repeated | {entry.number for entry in refused}
        transaction.add_usage_records(*batch, records, left_out)
        append = Append(usage_stream(batch), version, [fact])
        transaction.append([append], (), origin._replace(command_id=new_id(), causation_id=origin.command_id))


def _left_out(
    batch: BatchId, records: Sequence[UsageRecord], today: date, transaction: Transaction
) -> tuple[set[int], list[RefusedRecord]]:
    """The numbers of records that were received before, and the records that are refused."""
    known = _known(batch, records, transaction)
    repeated: set[int] = set()
    refused: list[RefusedRecord] = []
    for record in records:
        try:
            require_come(record.on, today)
            if _is_repeated(record, known):
                repeated.add(record.number)
        except BillingError as error:
            refused.append(RefusedRecord(record.number, error.field or "", error.value or "", error.message))
    return repeated, refused


def _known(batch: BatchId, records: Sequence[UsageRecord], transaction: Transaction) -> dict[str, UsageRecord]:
    """The records that came before under the references of these, by reference."""
    references = [record.reference for record in records if record.reference]
    found = transaction.usage_records_of(batch.source, references) if references else {}
    for name in sorted({each.batch for each in found.values()} - {batch.batch}):
        other = BatchId(batch.source, name)
        state, _ = load_batch(transaction, other)
        require_received_whole(state, batch.batch, name)
        if state.waits_to_be_booked:
            raise NotBookedYet(other)
    return {reference: each.record for reference, each in found.items()}


def _is_repeated(record: UsageRecord, known: dict[str, UsageRecord]) -> bool:
    """Whether a record came before with the same content; if it has a new reference, that is known from now on."""
    if not record.reference:
        return False
    first = known.setdefault(record.reference, record)
    if first is record:
        return False
    if canonical_line(first) != canonical_line(record):
        raise Conflict(f"was received before with another content: {_described(first)}",
                       field="reference", value=record.reference)  # fmt: skip
    return True


def _described(record: UsageRecord) -> str:
    return (
        f"{record.quantity:f} of {record.component} on {record.on}, subscription {record.subscription} of account "
        f"{record.account}"
    )
