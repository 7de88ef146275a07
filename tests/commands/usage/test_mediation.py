"""A batch of usage from any source: received once and whole, its repeated and refused records told apart."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from billing_core.kernel.errors import NotFound
from billing_core.usage.mediation.batches import UsageBatchBooked
from billing_core.usage.mediation.deliveries import UsageReceived
from commands.corrections.account import CorrectAccount, Correction
from commands.usage.mediation import Received
from commands.usage.ports import BatchId
from commands.usage.waiting import DismissWaitingUsage
from tests.commands.services.conftest import Story
from tests.commands.usage.batches import batch_facts, recorded
from tests.commands.usage.rows import A, B, book_all, day, kept, receive, retry, retry_booking, row, waiting


def test_a_batch_is_one_event_with_the_sums_of_its_rows(homes: Story):
    rows = [
        row(2, "c1", "04-30 23:59:59", bytes_in=5), row(3, "c2", "05-01 00:00", B, seconds=30),
        row(4, "c3", "05-02 08:00", seconds=90, bytes_out=7),
    ]  # fmt: skip

    assert receive(homes.operator, "1.csv", rows) == Received("1.csv", 3, 0, 0)

    assert kept(homes.operator, "key", "account", "subscription", "used_on", "seconds") == [
        ("c1", "A0001", "main", day("04-30"), 60), ("c2", "B0001", "main", day("05-01"), 30),
        ("c3", "A0001", "main", day("05-02"), 90),
    ]  # fmt: skip
    (fact,) = homes.operator.facts("usage/switch:1.csv")
    assert isinstance(fact, UsageReceived)
    assert (fact.taken, fact.first_at, fact.last_at) == (
        3, datetime(2026, 4, 30, 23, 59, 59, tzinfo=UTC), datetime(2026, 5, 2, 8, tzinfo=UTC),
    )  # fmt: skip
    assert [(m.month, m.rows, m.seconds, m.quantity, m.bytes_in, m.bytes_out) for m in fact.months] == [
        ("2026-04", 1, 60, 1_000_000, 5, 0), ("2026-05", 2, 120, 2_000_000, 0, 7),
    ]  # fmt: skip


def test_a_key_is_known_whatever_batch_it_comes_in(homes: Story):
    receive(homes.operator, "1", [row(1, "c1", "05-31 08:00"), row(2, "c2", "05-10 08:01")])
    again = [
        row(1, "c1", "05-31 08:00"), row(2, "c2", "05-10 08:01", seconds=61), row(3, "c3", "05-10 08:02"),
        row(4, "c3", "05-10 08:02"), row(5, "c3", "05-10 08:03"), row(6, "c1", "06-01 08:00"),
    ]  # fmt: skip

    assert receive(homes.operator, "2", again) == Received("2", 1, 2, 3)

    assert kept(homes.operator, "key", "batch", "line") == [("c1", "1", 1), ("c2", "1", 2), ("c3", "2", 3)]
    assert waiting(homes.operator) == [
        ("2", 2, "c2", "key", "c2"),
        ("2", 5, "c3", "key", "c3"),
        ("2", 6, "c1", "key", "c1"),
    ]


def test_what_is_wrong_in_a_row_is_refused_and_the_others_are_taken(homes: Story):
    rows = [
        row(1, "", "05-10 08:00"), row(2, "c2", "05-10 08:00", seconds=-5), row(3, "c3", "05-10 08:00", "NOBODY"),
        row(4, "c4", "05-10 08:00", A), row(5, "c5", "06-03 08:00"), row(6, "c6", "05-10 08:00", number="1" * 251),
        row(7, "c7", "05-10 08:00", network="a\0b"), row(8, "c8", "05-10 08:00", "A0001/other"),
        row(9, "c9", "05-10 08:00", started_at=datetime(1970, 1, 1, tzinfo=UTC)),
    ]  # fmt: skip

    assert receive(homes.operator, "1", rows) == Received("1", 1, 0, 8)

    assert [(line, field) for _, line, _, field, _ in waiting(homes.operator)] == [
        (1, "key"), (2, "seconds"), (3, "subscriber"), (5, "started_at"), (6, "number"), (7, "network"),
        (8, "subscriber"), (9, "started_at"),
    ]  # fmt: skip


def test_what_waits_is_taken_when_it_is_mended(homes: Story):
    receive(homes.operator, "1", [row(1, "c1", "05-10 08:00", "C0009/main"), row(2, "c2", "05-10 08:00", "NOBODY")])
    assert retry(homes.operator) == [Received("1, again 1", 0, 0, 2)]
    homes.subscriber("C0009", "home", "2026-04-01")

    assert retry(homes.operator) == [Received("1, again 1", 1, 0, 1)]

    assert kept(homes.operator, "key", "batch", "line", "account") == [("c1", "1, again 1", 1, "C0009")]
    assert [key for _, _, key, _, _ in waiting(homes.operator)] == ["c2"]
    (fact,) = homes.operator.facts("usage/switch:1, again 1")
    assert isinstance(fact, UsageReceived)
    assert (fact.again_of, fact.taken, fact.mended, fact.refused) == ("1", 1, 1, 0)
    assert homes.operator.findings() == []


def test_a_record_that_waits_and_comes_again_mended_is_taken_and_waits_no_longer(homes: Story):
    receive(homes.operator, "1", [row(1, "c1", "05-10 08:00", seconds=-1), row(2, "c2", "05-10 08:00", seconds=-1)])

    again = [row(1, "c1", "05-10 08:00", seconds=1), row(2, "c2", "05-10 08:00", seconds=-2)]
    assert receive(homes.operator, "2", again) == Received("2", 1, 1, 0)

    assert kept(homes.operator, "key", "batch") == [("c1", "2")]
    assert waiting(homes.operator) == [("1", 2, "c2", "seconds", "-2")]
    assert homes.operator.findings() == []


def test_records_that_wait_are_dismissed_with_a_reason(homes: Story):
    receive(homes.operator, "1", [row(line, f"c{line}", "05-10 08:00", "NOBODY") for line in (1, 2, 3)])

    homes.operator.tell(DismissWaitingUsage(source="switch", batch="1", lines=(2,), reason="a test call"))
    with pytest.raises(NotFound, match=r"line '2': no record of batch 1 waits there"):
        homes.operator.tell(DismissWaitingUsage(source="switch", batch="1", lines=(2, 3), reason="test calls"))

    assert [line for _, line, *_ in waiting(homes.operator)] == [1, 3]
    homes.operator.tell(DismissWaitingUsage(source="switch", batch="1", reason="test calls"))
    assert waiting(homes.operator) == []
    assert homes.operator.findings() == []


def test_rows_of_a_component_priced_by_quantity_are_booked(homes: Story):
    """1.5 and 2 units of 10 May, 1 of June: what the account learns is a fact for each period."""
    rows = [
        row(1, "c1", "05-10 08:00", quantity=1_500_000), row(2, "c2", "05-10 09:00", quantity=2_000_000),
        row(3, "c3", "06-01 08:00", quantity=1), row(4, "c4", "05-10 08:00", component="calls"),
        row(5, "c5", "05-10 08:00", B, quantity=7_000_000),
    ]  # fmt: skip
    receive(homes.operator, "1", rows)

    book_all(homes.operator)

    assert recorded(homes.operator, "A0001") == [("switch:1", ["05-10 3.5"]), ("switch:1", ["06-01 0.000001"])]
    assert recorded(homes.operator, "B0001") == [("switch:1", ["05-10 7"])]
    (fact,) = batch_facts(homes.operator, UsageBatchBooked, BatchId("switch", "1"))
    assert (fact.records, fact.late, [(day.component, day.field) for day in fact.refused]) == (
        4, 0, [("calls", "component")],
    )  # fmt: skip
    assert homes.operator.findings() == []


def test_records_of_a_period_that_was_billed_are_late(homes: Story):
    receive(homes.operator, "1", [row(1, "c1", "05-31 23:00"), row(2, "c2", "06-01 08:00")])
    homes.bill("2026-06-02", "A0001")

    book_all(homes.operator)

    (fact,) = batch_facts(homes.operator, UsageBatchBooked, BatchId("switch", "1"))
    assert (fact.records, fact.late) == (2, 1)
    data = [line for line in homes.bill("2026-07-02", "A0001") if line.startswith("data")]
    assert data == ["data 05-01..06-01 0.50", "data 06-01..07-01 0.50"]


def test_days_that_could_not_be_booked_are_booked_when_it_is_mended(story: Story):
    """The subscription begins on 5 May at first; the records are of 4 and 5 May."""
    story.subscriber("A0001", "home", "2026-05-05")
    receive(
        story.operator, "1", [row(1, "c1", "05-04 08:00"), row(2, "c2", "05-04 09:00"), row(3, "c3", "05-05 08:00")]
    )
    book_all(story.operator)
    assert recorded(story.operator, "A0001") == [("switch:1", ["05-05 1"])]
    assert retry_booking(story.operator) == 0
    wrong = Correction(subscription="main", activated_on=day("05-04"))
    story.operator.tell(CorrectAccount(account="A0001", corrections=(wrong,), reason="wrong day"), today=day("05-06"))

    assert retry_booking(story.operator) == 2

    assert recorded(story.operator, "A0001") == [("switch:1", ["05-05 1"]), ("switch:1", ["05-04 2"])]
    assert retry_booking(story.operator) == 0
    assert story.operator.findings() == []
