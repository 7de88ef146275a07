"""The door of mediation: a batch of usage from any source, received once and whole.

Everything of a batch is one transaction: its rows, those that are refused, and the one event that covers them. So a
batch that was cut off left nothing, and comes again under its name. Batches of one source come one after the other, so
what is known of its keys stays as it is; those of several sources do not wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from billing_core.kernel.errors import NotFound
from billing_core.usage.mediation.deliveries import (
    FILE_CLAIM,
    Numbers,
    UsageReceived,
    again_name,
    is_same_batch,
    require_batch_name,
    require_numbers,
)
from commands.platform.identity import new_id
from commands.platform.ports import Append, KeptFile, Origin, ReadAgain, Store, Transaction, UsageChunk
from commands.platform.progress import Progress, unwatched
from commands.usage.batch import batch_of_stream, hold_source, load_batch, usage_stream
from commands.usage.ports import BatchId


class IncomingBatch(NamedTuple):
    """A batch as it comes: its source and the source's name of it, and the profile by which it is read.

    `file` is what it came in, kept before (`Attachments.keep`); None if it is no file, as a message. `numbers` are the
    first and the last number that the source gave, if it numbers what it sends.
    """

    source: str
    batch: str
    profile: str = ""
    file: KeptFile | None = None
    numbers: Numbers | None = None


class Received(NamedTuple):
    """What became of the records of a batch; `is_known` if it had come before, so that nothing has changed.

    `batch` is the name under which it is kept: another one if the same file came before under that.
    """

    batch: str
    taken: int
    repeated: int
    refused: int
    is_known: bool = False


class WaitingUsage(NamedTuple):
    """Which of the records that wait: of a source, of a batch, those that wait for a field; all of them by default."""

    source: str = ""
    batch: str = ""
    field: str = ""


class UsageMediation:
    """Receives batches, and tries again what waits.

    `read_again` reads lines again by the profile that could not read them.
    """

    def __init__(self, store: Store, read_again: ReadAgain) -> None:
        self._store = store
        self._read_again = read_again

    def receive(self, batch: IncomingBatch, chunks: Iterable[UsageChunk], origin: Origin) -> Received:
        """Receive a batch in a transaction of its own; what a chunk raises leaves nothing of the batch.

        `chunks` is walked only if the batch is new. Memory does not grow with the batch.
        """
        with self._store.transaction() as transaction:
            return _receive(transaction, batch, chunks, origin)

    def receive_within(
        self, transaction: Transaction, batch: IncomingBatch, chunk: UsageChunk, origin: Origin
    ) -> Received:
        """Receive a batch of one chunk in the caller's transaction, which commits or rolls back all of it."""
        return _receive(transaction, batch, [chunk], origin)

    def retry(self, waiting: WaitingUsage, origin: Origin, progress: Progress = unwatched) -> list[Received]:
        """Try records again that wait: those that are taken are a batch of their own for each batch in which they came.

        What became of each such batch; one of which nothing can be taken is left as it is.
        """
        with self._store.transaction() as transaction:
            batches = transaction.waiting_usage(*waiting)
        found: list[Received] = []
        for source, batch in batches:
            with self._store.transaction() as transaction:
                found.append(_retry(transaction, BatchId(source, batch), waiting.field, self._read_again, origin))
            progress(1)
        return found


def _receive(transaction: Transaction, batch: IncomingBatch, chunks: Iterable[UsageChunk], origin: Origin) -> Received:
    require_batch_name(batch.source, batch.batch)
    require_numbers(batch.numbers)
    name = BatchId(batch.source, batch.batch)
    hold_source(transaction, name)
    if known := _known(transaction, batch):
        return known
    _, version = load_batch(transaction, name)
    coming = UsageReceived(
        effective_on=origin.today,
        source=batch.source,
        batch=batch.batch,
        profile=batch.profile,
        file_hash=batch.file.content_hash if batch.file else "",
        numbers=batch.numbers,
    )
    rows = transaction.usage_rows(coming, origin.recorded_at)
    for chunk in chunks:
        rows.add(chunk.rows, chunk.refused)
    fact = rows.received()
    _append(transaction, name, version, fact, origin)
    return Received(batch.batch, fact.taken, fact.repeated, fact.refused)


def _append(transaction: Transaction, name: BatchId, version: int, fact: UsageReceived, origin: Origin) -> None:
    append = Append(usage_stream(name), version, [fact])
    transaction.append([append], (), origin._replace(command_id=new_id(), causation_id=origin.command_id))


def _retry(transaction: Transaction, came_in: BatchId, field: str, read_again: ReadAgain, origin: Origin) -> Received:
    hold_source(transaction, came_in)
    first = load_batch(transaction, came_in)[0].received
    name = _next_retry(transaction, came_in)
    coming = UsageReceived(
        effective_on=origin.today,
        source=came_in.source,
        batch=name.batch,
        profile=first.profile if first else "",
        again_of=came_in.batch,
    )
    rows = transaction.usage_rows(coming, origin.recorded_at)
    still = rows.add_waiting(came_in.batch, field, read_again)
    fact = rows.received()
    if fact.taken or fact.repeated:
        _append(transaction, name, 0, fact, origin)
    return Received(name.batch, fact.taken, fact.repeated, still)


def _next_retry(transaction: Transaction, came_in: BatchId) -> BatchId:
    """The name of the next batch of records that came in one: `calls.csv, again 2`."""
    number = 1
    while load_batch(transaction, name := came_in._replace(batch=again_name(came_in.batch, number)))[1]:
        number += 1
    return name


def _known(transaction: Transaction, batch: IncomingBatch) -> Received | None:
    """What became of the batch, or of the same file, if it came before."""
    file_hash = batch.file.content_hash if batch.file else ""
    known = load_batch(transaction, BatchId(batch.source, batch.batch))[0].received
    if known is not None and is_same_batch(known, file_hash):
        return _answer(known)
    if not file_hash:
        return None
    if transaction.hold_file(file_hash) is None:
        raise NotFound("no such file is kept; keep it first", field="file", value=file_hash)
    key = f"{batch.source}:{file_hash}"
    claim = transaction.claimed(FILE_CLAIM, [key]).get(key)
    if claim is None:
        return None
    known = load_batch(transaction, batch_of_stream(claim.stream))[0].received
    assert known is not None
    return _answer(known)


def _answer(known: UsageReceived) -> Received:
    return Received(known.batch, known.taken, known.repeated, known.refused, is_known=True)
