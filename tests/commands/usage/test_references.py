"""A record that its source has given an id is booked once, whatever batches it comes in."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.usage.mediation.batches import UsageBatchBooked, UsageBatchReceived
from commands.platform.batch import BatchReport
from commands.usage.ports import BatchId
from tests.commands.services.conftest import Story
from tests.commands.usage.batches import (
    AGAIN,
    MAY,
    TODAY,
    A,
    Meanwhile,
    batch_facts,
    importing,
    record,
    recorded,
    take_in,
)
from tests.operators import silent


def test_a_record_is_booked_once_whatever_batches_it_comes_in(homes: Story):
    take_in(homes.operator, [record(2, A, "2026-05-10", "1", reference="r1")])
    report = take_in(
        homes.operator,
        [
            record(2, A, "2026-05-10", "1.0", reference="r1"), record(3, A, "2026-05-11", "2", reference="r2"),
            record(4, A, "2026-05-11", "2", reference="r2"), record(5, A, "2026-05-10", "3", reference="r1"),
        ],
        BatchId("mediation", "2026-05 again"),
    )  # fmt: skip

    assert (report.accepted, report.unchanged) == (1, 2)
    (refused,) = report.rejected
    assert (refused.line, refused.field, refused.value) == (5, "reference", "r1")
    assert refused.reason == (
        "was received before with another content: 1 of data on 2026-05-10, subscription main of account A0001"
    )
    assert [days for _, days in recorded(homes.operator, A)] == [["05-10 1"], ["05-11 2"]]
    assert homes.operator.findings() == []


@pytest.mark.parametrize(("account", "accepted", "unchanged", "rejected"), [(A, 0, 1, []), ("D0001", 0, 0, [2])])
def test_a_batch_is_booked_before_its_references_count_as_known(
    homes: Story, account: str, accepted: int, unchanged: int, rejected: list[int]
):
    """The import of the first batch was cut off before it was booked. What is refused of it comes again under its
    reference, and is refused with the reason."""
    one = [record(2, account, "2026-05-10", "1", reference="r1")]
    importing(homes.operator).receive(MAY, one, origin_of_process("clerk", TODAY), silent)
    report = take_in(homes.operator, one, AGAIN)

    assert (report.accepted, report.unchanged, [row.line for row in report.rejected]) == (accepted, unchanged, rejected)
    assert [step.is_complete for step in batch_facts(homes.operator, UsageBatchBooked)] == [True]
    assert homes.operator.findings() == []


def test_two_sources_may_use_the_same_references_and_names(homes: Story):
    for source in ("north", "south"):
        one = [record(2, A, "2026-05-10", "1", reference="r1")]
        assert take_in(homes.operator, one, BatchId(source, "2026-05")).accepted == 1
    assert [batch for batch, _ in recorded(homes.operator, A)] == ["north:2026-05", "south:2026-05"]


def test_a_batch_of_repeated_records_alone_books_nothing(homes: Story):
    one = [record(2, A, "2026-05-10", "1", reference="r1")]
    take_in(homes.operator, one)
    report = take_in(homes.operator, one, BatchId("mediation", "again"))

    assert (report.accepted, report.unchanged, report.rejected) == (0, 1, [])
    assert len(recorded(homes.operator, A)) == 1
    assert homes.operator.findings() == []


def test_a_refused_record_may_come_again_under_its_reference(homes: Story):
    one = [record(2, "D0001", "2026-05-10", "1", reference="r1"), record(3, A, "2026-05-10", "1", reference="r2")]
    assert [row.line for row in take_in(homes.operator, one).rejected] == [2]
    homes.subscriber("D0001", "home", "2026-04-01")
    report = take_in(homes.operator, one, BatchId("mediation", "again"))

    assert (report.accepted, report.unchanged, report.rejected) == (1, 1, [])
    assert recorded(homes.operator, "D0001") == [("mediation:again", ["05-10 1"])]
    assert homes.operator.findings() == []


@pytest.mark.parametrize("other", [MAY, BatchId("mediation", "other")])
def test_what_somebody_else_sends_at_the_same_time_is_booked_once(homes: Story, other: BatchId):
    """The same batch, or the same reference in another batch: who comes second waits until the first has written."""
    one = [record(2, A, "2026-05-10", "1", reference="r1")]
    is_writing, seconds = Event(), list[Future[BatchReport]]()

    def wait_for_the_second() -> None:
        is_writing.set()
        while not homes.operator.select("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
            assert not any(program.done() for program in seconds)

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(take_in, homes.operator, one, other, Meanwhile(homes.operator, wait_for_the_second))
        assert is_writing.wait(30)
        seconds.append(threads.submit(take_in, homes.operator, one))
        assert first.result(60).rejected == seconds[0].result(60).rejected == []

    assert recorded(homes.operator, A) == [(f"mediation:{other.batch}", ["05-10 1"])]
    assert len(batch_facts(homes.operator, UsageBatchReceived, other)) == 1
    assert homes.operator.findings() == []
