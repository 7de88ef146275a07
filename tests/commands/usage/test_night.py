"""What the work of the night does about batches whose import was cut off."""

from __future__ import annotations

from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.works import book_usage
from commands.platform.timed_work import Task
from tests.commands.services.conftest import Story
from tests.commands.usage.batches import MAY, TODAY, importing, record, recorded
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
