"""What the work of the night does about batches whose import was cut off."""

from __future__ import annotations

import pytest

from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.works import book_usage
from billing_core.kernel.errors import RuleViolation
from commands.platform.timed_work import Task
from commands.usage.ports import BatchId
from tests.commands.services.conftest import Story
from tests.commands.usage.batches import TODAY, A, B, received, record, recorded
from tests.operators import silent


def test_a_batch_that_was_received_and_not_booked_is_booked_by_the_work_of_the_night(homes: Story):
    """The import was cut off between its two steps; of one record the tariff has no component."""
    application, origin = homes.operator.application, origin_of_process("clerk", TODAY)
    received(homes.operator, [record(1, A, "2026-05-10", "1.5"), record(2, A, "2026-05-10", "1", component="voice")])
    assert recorded(homes.operator, A) == []

    said = book_usage(application, Task(origin, silent))

    assert said == "batches booked: 1 (mediation:2026-05 with 1 refused record)"
    assert recorded(homes.operator, A) == [("mediation:2026-05", ["05-10 1.5"])]
    assert book_usage(application, Task(origin, silent)) == "batches booked: 0"


def test_a_batch_that_cannot_be_booked_keeps_no_other_from_being_booked(homes: Story):
    """The first batch names an account whose events cannot be read; the second one does not."""
    origin = origin_of_process("clerk", TODAY)
    for name, account in (("1", A), ("2", B)):
        received(homes.operator, [record(2, account, "2026-05-10", "1", key=name)], BatchId("s", name))
    homes.operator.application.runner.catch_up()
    homes.operator.execute("UPDATE live.account_states SET version = 0")
    homes.operator.execute("UPDATE billing.events SET state = 'broken' WHERE originator_id = %s", f"account/{A}")

    with pytest.raises(RuleViolation, match="batches booked: 1; s:1 could not be booked: "):
        book_usage(homes.operator.application, Task(origin, silent))

    assert recorded(homes.operator, B) == [("s:2", ["05-10 1"])]
