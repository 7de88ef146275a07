"""Batches of usage as they are listed."""

from __future__ import annotations

import pytest

from commands.usage import booking
from commands.usage.ports import BatchId
from projections.usage.batches import BatchRow, batches_after, count_batches
from tests.commands.usage.batches import TODAY, Killed, KilledAt, received, record, take_in
from tests.operators import Operator


def listed(operator: Operator, *, in_progress: bool) -> dict[str, BatchRow]:
    rows: list[BatchRow] = operator.ask(lambda cursor: batches_after(cursor, "", 50, in_progress=in_progress))
    assert operator.ask(lambda cursor: count_batches(cursor, "", in_progress=in_progress)) == len(rows)
    return {row.name: row for row in rows}


def test_a_batch_is_listed_with_what_became_of_its_records(operator: Operator):
    """Of four records one is repeated, two are nobody's, and no tariff has the component of the other one."""
    operator.subscriber()
    of_nobody = [record(3, "NOBODY", "2026-05-10", "1"), record(4, "NOBODY", "2026-05-11", "1")]
    one = record(2, "A0001", "2026-05-10", "1")
    take_in(operator, [one, *of_nobody, one | {"line": 5}], BatchId("s", "may"))

    row = BatchRow("s:may", records=4, repeated=1, refused=3, booked=0, state="booked", changed_on=TODAY)
    assert listed(operator, in_progress=False) == {"s:may": row}
    assert listed(operator, in_progress=True) == {}


def test_batches_in_progress_are_those_that_are_not_booked_whole(operator: Operator, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(booking, "CHUNK_DAYS", 1)
    first, second = operator.subscribers(2)
    for line, name in ((1, "a"), (3, "b"), (5, "c")):
        two = [record(line, first, "2026-05-10", "1"), record(line + 1, second, "2026-05-10", "1")]
        if name == "a":
            take_in(operator, two, BatchId("s", name))
        elif name == "b":
            with pytest.raises(Killed):
                take_in(operator, two, BatchId("s", name), KilledAt(operator, 3))
        else:
            received(operator, two, BatchId("s", name))

    states = {name: (row.state, row.records) for name, row in listed(operator, in_progress=True).items()}
    assert states == {"s:b": ("booking", 2), "s:c": ("received", 2)}
    assert listed(operator, in_progress=False)["s:a"].state == "booked"
