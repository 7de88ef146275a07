"""What the work of the night does about batches whose import was cut off."""

from __future__ import annotations

import pytest

from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.works import book_usage
from billing_core.kernel.errors import RuleViolation
from commands.platform.timed_work import Task
from commands.usage.discarding import DiscardUsageBatch
from commands.usage.ports import BatchId
from tests.commands.services.conftest import Story
from tests.commands.usage.batches import (
    FIVE,
    MAY,
    TODAY,
    A,
    B,
    Killed,
    KilledAt,
    importing,
    record,
    recorded,
    take_in,
)
from tests.operators import silent


def test_a_batch_that_was_received_and_not_booked_is_booked_by_the_work_of_the_night(homes: Story):
    """The import was cut off between its two steps."""
    application = homes.operator.application
    usage, origin = importing(homes.operator), origin_of_process("clerk", TODAY)
    usage.receive(MAY, [record(1, "A0001", "2026-05-10", "1.5")], origin, silent)
    assert recorded(homes.operator, "A0001") == []

    assert book_usage(application, Task(origin, silent)) == "batches booked: 1"

    assert recorded(homes.operator, "A0001") == [("mediation:2026-05", ["05-10 1.5"])]
    assert book_usage(application, Task(origin, silent)) == "batches booked: 0"


@pytest.mark.usefixtures("small")
def test_the_night_names_refused_records_and_batches_that_were_not_received_whole(homes: Story):
    usage, origin = importing(homes.operator), origin_of_process("clerk", TODAY)
    usage.receive(MAY, [record(2, A, "2026-05-10", "1"), record(3, "NOBODY", "2026-05-10", "1"),
                        record(4, "NOBODY", "2026-05-10", "2")], origin, silent)  # fmt: skip
    for name in ("cut off", "discarded"):
        with pytest.raises(Killed):
            take_in(homes.operator, FIVE, BatchId("s", name), KilledAt(homes.operator, 2))
    homes.operator.tell(DiscardUsageBatch(source="s", batch="discarded", reason="sent by mistake"))

    assert book_usage(homes.operator.application, Task(origin, silent)) == (
        "batches booked: 1 (mediation:2026-05 with 2 refused records); "
        "not received whole: s:cut off; send them again, or discard them"
    )


def test_a_batch_that_cannot_be_booked_keeps_no_other_from_being_booked(homes: Story):
    """The first batch names an account whose events cannot be read; the second one does not."""
    usage, origin = importing(homes.operator), origin_of_process("clerk", TODAY)
    for name, account in (("1", A), ("2", B)):
        usage.receive(BatchId("s", name), [record(2, account, "2026-05-10", "1")], origin, silent)
    homes.operator.application.runner.catch_up()
    homes.operator.execute("UPDATE live.account_states SET version = 0")
    homes.operator.execute("UPDATE billing.events SET state = 'broken' WHERE originator_id = %s", f"account/{A}")

    with pytest.raises(RuleViolation, match="batches booked: 1; s:1 could not be booked: "):
        book_usage(homes.operator.application, Task(origin, silent))

    assert recorded(homes.operator, B) == [("s:2", ["05-10 1"])]
