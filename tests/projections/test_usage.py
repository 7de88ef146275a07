"""Batches of usage as they are listed."""

from __future__ import annotations

import pytest

from adapters.bootstrap.origins import origin_of_process
from commands.usage import booking, receiving
from commands.usage.discarding import DiscardUsageBatch
from commands.usage.ports import BatchId
from projections.usage.batches import BatchRow, batches_after, count_batches
from tests.commands.usage.batches import TODAY, Killed, KilledAt, importing, record, take_in
from tests.operators import Operator, silent

FOUR = [
    record(2, "A0001", "2026-05-10", "1", reference="r1"), record(3, "NOBODY", "2026-05-10", "1"),
    record(4, "A0001", "2062-05-10", "1"), record(5, "A0001", "2026-05-10", "1", reference="r1"),
]  # fmt: skip


def listed(operator: Operator, *, in_progress: bool) -> dict[str, BatchRow]:
    rows: list[BatchRow] = operator.ask(lambda cursor: batches_after(cursor, "", 50, in_progress=in_progress))
    assert operator.ask(lambda cursor: count_batches(cursor, "", in_progress=in_progress)) == len(rows)
    return {row.name: row for row in rows}


def test_a_batch_is_listed_with_what_became_of_its_records(operator: Operator):
    """Of four records one is repeated, one is of a day to come, and no account has the component of the others."""
    operator.subscriber()
    take_in(operator, FOUR, BatchId("s", "may"))

    row = BatchRow("s:may", records=4, repeated=1, refused=3, booked=0, state="booked", changed_on=TODAY)
    assert listed(operator, in_progress=False) == {"s:may": row}
    assert listed(operator, in_progress=True) == {}


def test_batches_in_progress_are_those_that_are_neither_booked_whole_nor_discarded(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(receiving, "PART_RECORDS", 1)
    monkeypatch.setattr(booking, "CHUNK_DAYS", 1)
    operator.subscriber()
    two = [record(2, "A0001", "2026-05-10", "1"), record(3, "B0001", "2026-05-10", "1")]
    for killed_at, name in ((2, "a"), (4, "b"), (2, "c")):
        with pytest.raises(Killed):
            take_in(operator, two, BatchId("s", name), KilledAt(operator, killed_at))
    importing(operator).receive(BatchId("s", "d"), two, origin_of_process("clerk", TODAY), silent)
    operator.tell(DiscardUsageBatch(source="s", batch="c", reason="sent by mistake"), today=TODAY)

    states = {name: (row.state, row.records) for name, row in listed(operator, in_progress=True).items()}
    assert states == {"s:a": ("receiving", 1), "s:b": ("booking", 2), "s:d": ("received", 2)}
    assert listed(operator, in_progress=False)["s:c"].state == "discarded"
