"""A batch that was cut off, or sent by mistake, is discarded, and its records come in another one."""

from __future__ import annotations

import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.errors import Conflict
from commands.usage.discarding import DiscardUsageBatch
from commands.usage.ports import BatchId
from tests.commands.services.conftest import Story
from tests.commands.usage.batches import (
    AGAIN,
    FIVE,
    MAY,
    TODAY,
    A,
    B,
    Killed,
    KilledAt,
    Meanwhile,
    importing,
    record,
    recorded,
    take_in,
)
from tests.operators import Operator, silent


def discard(operator: Operator, batch: BatchId = MAY) -> None:
    operator.tell(DiscardUsageBatch(source=batch.source, batch=batch.batch, reason="the file was lost"), today=TODAY)


@pytest.mark.usefixtures("small")
def test_references_of_a_batch_that_was_cut_off_do_not_count_as_known(homes: Story):
    """Two of five records came; the corrected file comes under another name. After the first one is discarded, all
    five are booked."""
    five = [record(number, A, f"2026-05-{number:02}", "1", reference=f"r{number}") for number in range(2, 7)]
    with pytest.raises(Killed):
        take_in(homes.operator, five, store=KilledAt(homes.operator, 2))
    with pytest.raises(Conflict, match=r"batch '2026-05 again'.*batch '2026-05', which was not received whole"):
        take_in(homes.operator, five, AGAIN)
    assert recorded(homes.operator, A) == []

    discard(homes.operator)
    report = take_in(homes.operator, five, AGAIN)

    assert (report.accepted, report.unchanged, report.rejected) == (5, 0, [])
    assert recorded(homes.operator, A) == [
        ("mediation:2026-05 again", ["05-02 1", "05-03 1", "05-04 1", "05-05 1", "05-06 1"])
    ]
    assert homes.operator.findings() == []


def test_a_batch_that_was_received_whole_is_discarded_before_it_is_booked(homes: Story):
    usage, origin = importing(homes.operator), origin_of_process("clerk", TODAY)
    one = [record(2, A, "2026-05-10", "1", reference="r1"), record(3, A, "2026-05-10", "1", reference="r1")]
    usage.receive(MAY, one, origin, silent)
    discard(homes.operator)
    usage.book(MAY, origin, silent)

    assert recorded(homes.operator, A) == []
    with pytest.raises(Conflict, match="was discarded"):
        take_in(homes.operator, one)
    assert take_in(homes.operator, one[:1], AGAIN).accepted == 1
    assert homes.operator.findings() == []


@pytest.mark.usefixtures("small")
def test_a_batch_that_is_being_booked_is_not_discarded(homes: Story):
    usage, origin = importing(homes.operator), origin_of_process("clerk", TODAY)
    usage.receive(MAY, FIVE, origin, silent)
    with pytest.raises(Killed):
        importing(homes.operator, KilledAt(homes.operator, 2)).book(MAY, origin, silent)

    with pytest.raises(Conflict, match="is booked up to account A0001"):
        discard(homes.operator)

    usage.book(MAY, origin, silent)
    assert recorded(homes.operator, B) == [("mediation:2026-05", ["05-10 6"])]
    assert homes.operator.findings() == []


def test_a_batch_that_is_discarded_while_it_is_booked_is_booked_nowhere(homes: Story):
    usage, origin = importing(homes.operator), origin_of_process("clerk", TODAY)
    usage.receive(MAY, FIVE, origin, silent)
    store = Meanwhile(homes.operator, lambda: discard(homes.operator))
    importing(homes.operator, store).book(MAY, origin, silent)

    assert recorded(homes.operator, A) == recorded(homes.operator, B) == []
    assert homes.operator.findings() == []
