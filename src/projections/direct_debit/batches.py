"""Which batches were drawn up, what became of every debit, which were returned, and about which is a person asked?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.direct_debit.batch_events import (
    Debit,
    DebitAccepted,
    DebitBatchCancelled,
    DebitBatchClosed,
    DebitBatchDrawnUp,
    DebitBatchFrozen,
    DebitBatchSent,
    DebitCollected,
    DebitItem,
    DebitRejected,
    DebitReleased,
    DebitReturned,
    batch_name,
    end_to_end_id,
)
from billing_core.direct_debit.batches import parts_of
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from projections.platform.deadlines import Deadline, DeadlineFolds
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

COLLECTION, ANNOUNCEMENT = "debit-collection", "debit-announcement"
BATCH_COLUMNS = {
    "batch": "text", "seller": "text", "number": "int8", "scheme": "text", "drawn_up_on": "date", "collect_on": "date",
    "stage": "text",
}  # fmt: skip
DEBIT_COLUMNS = {
    "end_to_end": "text", "batch": "text", "number": "int8", "mandate": "text", "account": "text", "sequence": "text",
    "amount": "numeric", "currency": "text", "items": "text", "state": "text", "reason": "text",
}  # fmt: skip
UPDATE_BATCHES = """
    UPDATE debit_batches SET stage = changed.stage, sent_on = coalesce(changed.sent_on, debit_batches.sent_on)
    FROM unnest(%b::text[], %b::text[], %b::date[]) AS changed (batch, stage, sent_on)
    WHERE debit_batches.batch = changed.batch
"""
UPDATE_DEBITS = """
    UPDATE debits SET state = coalesce(changed.state, debits.state), reason = coalesce(changed.reason, debits.reason),
        consequence = coalesce(changed.consequence, debits.consequence),
        again_on = coalesce(changed.again_on, debits.again_on),
        answered_on = coalesce(changed.answered_on, debits.answered_on)
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::date[], %b::date[])
        AS changed (end_to_end, state, reason, consequence, again_on, answered_on)
    WHERE debits.end_to_end = changed.end_to_end
"""
CANCEL_DEBITS = "UPDATE debits SET state = 'left-out' WHERE batch = ANY(%s)"
_encode = msgspec.json.Encoder(decimal_format="string").encode
_decode_items = msgspec.json.Decoder(tuple[DebitItem, ...]).decode


class DebitBatches:
    """Every batch with its stage, and every debit with its state."""

    name = "debit-batches"
    version = 1
    tables = ("debit_batches", "debits")
    streams = ("debit-batch",)
    by_stream = True
    definition = """
        CREATE TABLE debit_batches (
            batch text COLLATE "C" PRIMARY KEY, seller text COLLATE "C" NOT NULL, number bigint NOT NULL,
            scheme text NOT NULL, drawn_up_on date NOT NULL, collect_on date NOT NULL, stage text NOT NULL,
            sent_on date
        );
        CREATE TABLE debits (
            end_to_end text COLLATE "C" PRIMARY KEY, batch text COLLATE "C" NOT NULL, number bigint NOT NULL,
            mandate text COLLATE "C" NOT NULL, account text COLLATE "C" NOT NULL, sequence text NOT NULL,
            amount numeric NOT NULL, currency text NOT NULL, items text NOT NULL, state text NOT NULL,
            reason text NOT NULL, consequence text, again_on date, answered_on date
        ) WITH (fillfactor = 90);
    """
    indexes = """
        CREATE INDEX ON debit_batches (seller, number);
        CREATE INDEX ON debits (batch, number);
        CREATE INDEX ON debits (account);
        CREATE INDEX ON debits (answered_on) WHERE state IN ('rejected', 'returned');
    """
    folds: tuple[type[Event], ...] = (
        DebitBatchDrawnUp, DebitBatchFrozen, DebitBatchSent, DebitBatchClosed, DebitBatchCancelled, DebitAccepted,
        DebitCollected, DebitRejected, DebitReturned, DebitReleased,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        drawn_up = [fact for entry in page if isinstance(fact := entry.event, DebitBatchDrawnUp)]
        if drawn_up:
            insert_rows(cursor, "debit_batches", BATCH_COLUMNS, map(_batch_row, drawn_up))
            insert_rows(cursor, "debits", DEBIT_COLUMNS, (row for fact in drawn_up for row in _debit_rows(fact)))
        batches = _batches(page)
        if batches:
            cursor.execute(UPDATE_BATCHES, as_columns(((batch, *changed) for batch, changed in batches.items()), 3))
        debits: dict[str, _Change] = {}
        for entry in page:
            for end_to_end, change in _changes(entry.event):
                debits[end_to_end] = _merged(debits.get(end_to_end, _Change()), change)
        if debits:
            rows = ((key, *msgspec.structs.astuple(change)) for key, change in debits.items())
            cursor.execute(UPDATE_DEBITS, as_columns(rows, 6))
        cancelled = [entry.number for entry in page if isinstance(entry.event, DebitBatchCancelled)]
        if cancelled:
            cursor.execute(CANCEL_DEBITS, (cancelled,))


class _Change(msgspec.Struct, frozen=True):
    """What a page changes of a debit; what is None stays."""

    state: str | None = None
    reason: str | None = None
    consequence: str | None = None
    again_on: date | None = None
    answered_on: date | None = None


def _batch_row(fact: DebitBatchDrawnUp) -> list[Any]:
    name = batch_name(fact.seller, fact.number)
    return [name, fact.seller, fact.number, fact.scheme, fact.effective_on, fact.collect_on, "drawn-up"]


def _debit_rows(fact: DebitBatchDrawnUp) -> Iterator[list[Any]]:
    name = batch_name(fact.seller, fact.number)
    for debit in fact.debits:
        yield _debit_row(name, debit)


def _debit_row(batch: str, debit: Debit) -> list[Any]:
    return [
        end_to_end_id(batch, debit.number), batch, debit.number, debit.mandate, debit.account, debit.sequence,
        debit.amount.amount, debit.amount.currency, _encode(debit.items).decode(), "drawn", "",
    ]  # fmt: skip


def _batches(page: Sequence[LoggedEvent]) -> dict[str, tuple[str, date | None]]:
    """The last stage of each batch of a page, and the day on which it was sent, if it was in this page."""
    found: dict[str, tuple[str, date | None]] = {}
    for entry in page:
        sent_on = found.get(entry.number, ("", None))[1]
        match entry.event:
            case DebitBatchFrozen():
                found[entry.number] = ("frozen", sent_on)
            case DebitBatchSent(effective_on=on):
                found[entry.number] = ("sent", on)
            case DebitBatchClosed():
                found[entry.number] = ("closed", sent_on)
            case DebitBatchCancelled():
                found[entry.number] = ("cancelled", sent_on)
    return found


def _changes(fact: Event) -> Iterator[tuple[str, _Change]]:
    match fact:
        case DebitBatchFrozen(left_out=left_out):
            for end_to_end in left_out:
                yield end_to_end, _Change(state="left-out")
        case DebitAccepted(end_to_end=end_to_end, effective_on=on):
            yield end_to_end, _Change(state="accepted", answered_on=on)
        case DebitCollected(end_to_end=end_to_end, effective_on=on):
            yield end_to_end, _Change(state="collected", answered_on=on)
        case DebitRejected() | DebitReturned():
            state = "rejected" if isinstance(fact, DebitRejected) else "returned"
            yield fact.end_to_end, _Change(state, fact.reason, fact.consequence, fact.again_on, fact.effective_on)
        case DebitReleased(end_to_end=end_to_end, effective_on=on):
            yield end_to_end, _Change(again_on=on)


def _merged(change: _Change, later: _Change) -> _Change:
    """Both changes, one after the other."""
    return _Change(*(
        new if new is not None else old
        for old, new in zip(msgspec.structs.astuple(change), msgspec.structs.astuple(later), strict=True)
    ))  # fmt: skip


# --- queries


class DebitBatchRow(msgspec.Struct):
    """A batch as listed: its debits, how many are awaited, collected, and came back; what it sums to."""

    batch: str
    seller: str
    scheme: str
    drawn_up_on: date
    collect_on: date
    stage: str
    sent_on: date | None
    debits: int
    awaited: int
    collected: int
    refused: int
    amount: Money
    collected_amount: Money


SELECT_BATCHES = """
    SELECT batch, seller, scheme, drawn_up_on, collect_on, stage, sent_on, counted.*
    FROM debit_batches JOIN LATERAL (
        SELECT count(*) FILTER (WHERE state <> 'left-out'), count(*) FILTER (WHERE state IN ('drawn', 'accepted')),
            count(*) FILTER (WHERE state = 'collected'), count(*) FILTER (WHERE state IN ('rejected', 'returned')),
            coalesce(sum(amount) FILTER (WHERE state <> 'left-out'), 0.00),
            coalesce(sum(amount) FILTER (WHERE state = 'collected'), 0.00), min(currency)
        FROM debits WHERE debits.batch = debit_batches.batch
    ) AS counted ON true
"""


def debit_batches_after(cursor: Cursor, seller: str, after: str, limit: int) -> list[DebitBatchRow]:
    """The batches, of one seller if named, the newest first, those after the batch of a name."""
    rows = cursor.execute(
        f"""{SELECT_BATCHES} WHERE (%(seller)s = '' OR seller = %(seller)s)
              AND (%(after)s = '' OR (drawn_up_on, batch) <
                   (SELECT earlier.drawn_up_on, earlier.batch FROM debit_batches AS earlier WHERE batch = %(after)s))
            ORDER BY drawn_up_on DESC, batch DESC LIMIT %(limit)s""",
        {"seller": seller, "after": after, "limit": limit},
    ).fetchall()
    return [_listed(row) for row in rows]


def debit_batch_named(cursor: Cursor, batch: str) -> DebitBatchRow | None:
    """The batch of a name."""
    row = cursor.execute(f"{SELECT_BATCHES} WHERE batch = %s", (batch,)).fetchone()
    return None if row is None else _listed(row)


def _listed(row: Sequence[Any]) -> DebitBatchRow:
    *plain, amount, collected, currency = row
    return DebitBatchRow(*plain, Money(amount, currency), Money(collected, currency))  # type: ignore[call-arg]


class DebitRow(msgspec.Struct):
    """A debit as listed: its id for banks, what it pays, and what became of it."""

    debit: str
    batch: str
    number: int
    mandate: str
    account: str
    sequence: str
    amount: Money
    items: tuple[DebitItem, ...]
    state: str
    reason: str
    consequence: str | None
    again_on: date | None
    answered_on: date | None


SELECT_DEBITS = """
    SELECT end_to_end, batch, number, mandate, account, sequence, amount, currency, items, state, reason, consequence,
        again_on, answered_on
    FROM debits
"""


def debits_of_batch(cursor: Cursor, batch: str) -> list[DebitRow]:
    """The debits of a batch, in order."""
    return _debits(cursor.execute(f"{SELECT_DEBITS} WHERE batch = %s ORDER BY number", (batch,)).fetchall())


def debits_of_account(cursor: Cursor, account: str, after: str, limit: int) -> list[DebitRow]:
    """The debits of an account in order of their ids, those after one."""
    rows = cursor.execute(
        f"{SELECT_DEBITS} WHERE account = %s AND end_to_end > %s ORDER BY end_to_end LIMIT %s", (account, after, limit)
    ).fetchall()
    return _debits(rows)


def refused_debits(cursor: Cursor, after: str, limit: int, *, to_ask: bool) -> list[DebitRow]:
    """The rejected and returned debits, or those of them about which a person is asked, after an id."""
    rows = cursor.execute(
        f"""{SELECT_DEBITS} WHERE state IN ('rejected', 'returned') AND end_to_end > %s
            AND (NOT %s OR consequence = 'ask' AND again_on IS NULL) ORDER BY end_to_end LIMIT %s""",
        (after, to_ask, limit),
    ).fetchall()
    return _debits(rows)


def _debits(rows: Sequence[Sequence[Any]]) -> list[DebitRow]:
    return [
        _debit(row)
        for row in rows
    ]  # fmt: skip


def _debit(row: Sequence[Any]) -> DebitRow:
    end_to_end, batch, number, mandate, account, sequence, amount, currency, items, *rest = row
    paid = Money(amount, currency)
    return DebitRow(end_to_end, batch, number, mandate, account, sequence, paid, _decode_items(items), *rest)


def sellers_of_batches(cursor: Cursor, streams: Collection[str]) -> Mapping[str, str]:
    """Which seller's business each is."""
    wanted = [stream.partition("/")[2] for stream in streams if stream.startswith("debit-batch/")]
    if not wanted:
        return {}
    rows = cursor.execute("SELECT batch, seller FROM debit_batches WHERE batch = ANY(%s)", (wanted,))
    return {f"debit-batch/{batch}": seller for batch, seller in rows}


# --- what must hold

INVARIANTS = {
    "an item is in one debit at most that is not over": """
        SELECT item ->> 0 FROM debits, json_array_elements(items::json) AS item
        WHERE state IN ('drawn', 'accepted') GROUP BY item ->> 0 HAVING count(*) > 1
    """,
    "a collected debit is a payment of its account": """
        SELECT end_to_end FROM debits JOIN debit_batches USING (batch)
        WHERE state = 'collected' AND NOT EXISTS (
            SELECT FROM payments WHERE payments.payment = 'debit-' || seller || ':' || end_to_end)
    """,
    "a closed batch awaits no answer": """
        SELECT batch FROM debit_batches JOIN debits USING (batch)
        WHERE stage = 'closed' AND state IN ('drawn', 'accepted') GROUP BY batch
    """,
}


# --- deadlines


def _frozen(entry: LoggedEvent) -> Iterator[Deadline]:
    """The debits are announced on the day on which they are fixed."""
    assert isinstance(entry.event, DebitBatchFrozen)
    for part in parts_of(entry.event.debits):
        yield Deadline(ANNOUNCEMENT, entry.event.effective_on, str(part))


def _sent(entry: LoggedEvent) -> Iterator[Deadline]:
    assert isinstance(entry.event, DebitBatchSent)
    for part in parts_of(entry.event.debits):
        yield Deadline(COLLECTION, entry.event.collect_on, str(part))


def _over(entry: LoggedEvent) -> Iterator[Deadline]:
    assert isinstance(entry.event, DebitBatchClosed | DebitBatchCancelled)
    for part in parts_of(entry.event.debits):
        yield Deadline(ANNOUNCEMENT, None, str(part))
        yield Deadline(COLLECTION, None, str(part))


DEADLINES: DeadlineFolds = {
    DebitBatchFrozen: _frozen, DebitBatchSent: _sent, DebitBatchClosed: _over, DebitBatchCancelled: _over,
}  # fmt: skip
