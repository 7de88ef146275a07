"""A batch of usage: received with its records, booked once on the accounts it names, and reported row by row."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from functools import partial

import pytest

from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.usage_records import PostgresUsageRecords
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import Percentage
from billing_core.kernel.errors import Conflict, InvalidValue
from billing_core.usage.mediation.batches import UsageBatchBooked, UsageBatchReceived, UsageRecord
from billing_core.usage.mediation.booking import DayRecords
from billing_core.usage.records import UsageWithdrawn
from commands.platform.batch import BatchReport
from commands.services import MoveSubscription, RecordUsage, TerminateSubscription, WithdrawUsage
from commands.usage.batch_import import UsageImport
from commands.usage.ports import BatchId
from tests.commands.services.conftest import Story, tariff
from tests.commands.usage.batches import (
    FIVE,
    MAY,
    TODAY,
    A,
    B,
    C,
    Killed,
    KilledAt,
    Meanwhile,
    batch_facts,
    importing,
    record,
    recorded,
    take_in,
)
from tests.operators import silent

# --- booked


def test_an_account_holds_one_fact_for_each_period_of_its_records(homes: Story):
    """3, 4 and 5 units of May and 1 of June cost 6.00 and 0.50."""
    records = [
        record(2, A, "2026-05-10", "1"), record(3, B, "2026-05-10", "700"), record(4, A, "2026-05-20", "4"),
        record(5, A, "2026-05-10", "2.00"), record(6, A, "2026-06-01", "1"), record(7, A, "2026-05-31", "5"),
    ]  # fmt: skip
    report = take_in(homes.operator, records)

    assert (report.accepted, report.unchanged, report.rejected) == (6, 0, [])
    name = "mediation:2026-05"
    assert recorded(homes.operator, A) == [(name, ["05-10 3", "05-20 4", "05-31 5"]), (name, ["06-01 1"])]
    assert recorded(homes.operator, B) == [(name, ["05-10 700"])]
    data = [line for line in homes.bill("2026-07-01", A) if line.startswith("data")]
    assert data == ["data 05-01..06-01 6.00", "data 06-01..07-01 0.50"]
    assert homes.operator.findings() == []


def test_the_same_batch_again_answers_the_same_and_changes_nothing(homes: Story):
    records = [record(2, A, "2026-05-10", "1"), record(3, "NOBODY", "2026-05-10", "7")]
    first = take_in(homes.operator, records)
    before = homes.operator.store_contents()
    again = take_in(homes.operator, [record(2, A, "2026-05-10", "1.0"), records[1]])

    assert (first.accepted, first.unchanged) == (1, 0)
    assert (again.accepted, again.unchanged) == (0, 1)
    assert again.rejected == first.rejected != []
    assert homes.operator.store_contents() == before


@pytest.mark.parametrize(
    "other",
    [
        [record(2, A, "2026-05-10", "2"), record(3, B, "2026-05-10", "7")],
        [record(2, B, "2026-05-10", "1"), record(3, B, "2026-05-10", "7")],
        [record(3, B, "2026-05-10", "7"), record(4, A, "2026-05-10", "1")],
        [record(2, A, "2026-05-10", "1")],
        [record(2, A, "2026-05-10", "1"), record(3, B, "2026-05-10", "7"), record(4, B, "2026-05-10", "7")],
        [],
    ],
)
def test_another_content_under_the_name_of_a_batch_is_refused(homes: Story, other: list[UsageRecord]):
    take_in(homes.operator, [record(2, A, "2026-05-10", "1"), record(3, B, "2026-05-10", "7")])
    before = homes.operator.store_contents()

    with pytest.raises(Conflict, match=r"batch '2026-05'.*another batch"):
        take_in(homes.operator, other)

    assert homes.operator.store_contents() == before


def test_records_that_cannot_be_booked_are_reported_one_by_one_and_the_others_are_booked(homes: Story):
    homes.tell(TerminateSubscription, "2026-05-16", B, on="2026-05-16", reason="moves")
    report = take_in(
        homes.operator,
        [
            record(2, "NOBODY", "2026-05-10", "1"), record(3, A, "2026-05-10", "1"), record(4, B, "2026-05-20", "1"),
            record(5, B, "2026-05-15", "1"), record(6, A, "2026-05-10", "1", component="fee"),
            record(7, A, "2026-05-10", "1", component="voice"), record(8, A, "2026-05-10", "1", subscription="tv"),
            record(9, B, "2026-05-20", "2"), record(10, A, "2026-03-31", "1"),
        ],
    )  # fmt: skip

    assert report.accepted == 2
    assert [(row.line, row.field, row.value) for row in report.rejected] == [
        (2, "account", "NOBODY"), (4, "date", "2026-05-20"), (6, "component", "fee"), (7, "component", "voice"),
        (8, "subscription", "tv"), (9, "date", "2026-05-20"), (10, "date", "2026-03-31"),
    ]  # fmt: skip
    assert recorded(homes.operator, A) == [("mediation:2026-05", ["05-10 1"])]
    assert recorded(homes.operator, B) == [("mediation:2026-05", ["05-15 1"])]
    assert homes.operator.findings() == []


def test_records_of_days_to_come_are_refused_and_stay_so_when_the_batch_comes_again(homes: Story):
    """2062 in place of 2026; the same file a year later has the same content."""
    records = [record(2, A, "2062-05-10", "1", reference="r1"), record(3, A, "2026-06-02", "2"),
               record(4, A, "2026-05-10", "3", reference="r1")]  # fmt: skip
    first = take_in(homes.operator, records)
    usage, again = importing(homes.operator), BatchReport()
    was_booked = usage.receive(MAY, records, origin_of_process("clerk", date(2027, 6, 1)), silent)
    usage.report(MAY, again, was_booked=was_booked)

    (refused,) = first.rejected
    assert (refused.line, refused.field, refused.value) == (2, "on", "2062-05-10")
    assert refused.reason == "is after today, 2026-06-01; usage is recorded after it was used"
    assert (first.accepted, again.accepted, again.unchanged, again.rejected) == (2, 0, 2, first.rejected)
    assert recorded(homes.operator, A) == [("mediation:2026-05", ["05-10 3"]), ("mediation:2026-05", ["06-02 2"])]
    assert homes.operator.findings() == []


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("number", [0, 4, 5])
def test_a_batch_whose_numbers_do_not_rise_is_refused_from_there_on(homes: Story, number: int):
    records = [*FIVE[:2], record(5, A, "2026-05-12", "1"), record(number, A, "2026-05-13", "1")]
    with pytest.raises(InvalidValue, match=f"number '{number}'"):
        take_in(homes.operator, records)
    assert [part.last_number for part in batch_facts(homes.operator, UsageBatchReceived)] == [3]


def test_a_price_that_counts_usage_events_gets_the_quantity_of_each(story: Story):
    """1 % of 300 and 2.00 for each of two events: 7.00; a sum of the day would be one event."""
    price = Percentage(rate=Decimal(1), per_event=Decimal(2))
    story.publish(tariff("card", Usage(code="data", name="data", vat_rate=Decimal(0), pricing=price)))
    story.subscriber(A, "card", "2026-05-01")
    take_in(story.operator, [record(2, A, "2026-05-10", "100"), record(3, A, "2026-05-10", "200")])

    assert recorded(story.operator, A) == [("mediation:2026-05", ["05-10 100 200"])]
    assert story.bill("2026-06-01", A) == ["data 05-01..06-01 7.00"]


def test_late_records_of_a_period_that_was_billed_are_charged_on_top(homes: Story):
    homes.bill("2026-06-01", A)
    take_in(homes.operator, [record(2, A, "2026-05-10", "10")])

    assert homes.bill("2026-06-02", A) == ["data 05-01..06-01 5.00"]


def test_a_part_of_a_days_sum_is_withdrawn_by_hand(homes: Story):
    take_in(homes.operator, [record(2, A, "2026-05-10", "10"), record(3, A, "2026-05-10", "4")])
    homes.tell(WithdrawUsage, "2026-06-01", A, component="data", quantity="4", on="2026-05-10", reason="metered twice")

    data = [line for line in homes.bill("2026-06-01", A) if line.startswith("data")]
    assert data == ["data 05-01..06-01 5.00"]
    assert [type(fact) for fact in homes.operator.facts(f"account/{A}")].count(UsageWithdrawn) == 1
    assert homes.operator.findings() == []


def test_the_account_that_a_subscription_moved_to_learns_of_records_before_the_move(homes: Story):
    """The same as a single record: what was used before the move stays charged where it was."""
    homes.account("D0001")
    homes.tell(MoveSubscription, "2026-05-16", A, to_account="D0001")
    report = take_in(
        homes.operator,
        [record(2, A, "2026-05-10", "10"), record(3, "D0001", "2026-05-20", "4"), record(4, A, "2026-05-20", "1")],
    )

    assert (report.accepted, [row.line for row in report.rejected]) == (2, [4])
    there = homes.operator.account("D0001").subscriptions["main"]
    assert [used.quantities for used in there.used_before] == [(Decimal(10),)]
    assert homes.operator.findings() == []


# --- in parts


@pytest.mark.usefixtures("small")
def test_a_batch_is_received_in_parts_and_booked_by_account(homes: Story):
    assert take_in(homes.operator, FIVE).accepted == 5

    parts = batch_facts(homes.operator, UsageBatchReceived)
    assert [(part.first_number, part.last_number, part.records, part.is_last) for part in parts] == [
        (2, 3, 2, False), (4, 5, 2, False), (6, 6, 1, True),
    ]  # fmt: skip
    steps = batch_facts(homes.operator, UsageBatchBooked)
    assert [(step.until_account, step.records, step.is_complete) for step in steps] == [
        (A, 2, False), (B, 2, False), (C, 1, True),
    ]  # fmt: skip
    assert recorded(homes.operator, B) == [("mediation:2026-05", ["05-10 6"])]
    assert take_in(homes.operator, FIVE).unchanged == 5
    assert homes.operator.findings() == []


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6])
def test_a_batch_that_is_interrupted_anywhere_goes_on_when_it_comes_again(homes: Story, number: int):
    """Three parts and three accounts are six writes."""
    with pytest.raises(Killed):
        take_in(homes.operator, FIVE, store=KilledAt(homes.operator, number))
    assert homes.operator.findings() == []

    report = take_in(homes.operator, FIVE)

    assert (report.accepted, report.unchanged, report.rejected) == (5, 0, [])
    assert [days for _, days in recorded(homes.operator, A)] == [["05-11 2", "05-13 4"]]
    assert len(batch_facts(homes.operator, UsageBatchReceived)) == len(batch_facts(homes.operator, UsageBatchBooked))
    assert homes.operator.findings() == []


@pytest.mark.usefixtures("small")
def test_two_programs_that_book_the_same_batch_book_it_once(homes: Story):
    usage, origin = importing(homes.operator), origin_of_process("clerk", TODAY)
    usage.receive(MAY, FIVE, origin, silent)
    store = Meanwhile(homes.operator, lambda: usage.book(MAY, origin, silent))
    importing(homes.operator, store).book(MAY, origin, silent)

    assert [days for _, days in recorded(homes.operator, A)] == [["05-11 2", "05-13 4"]]
    assert len(batch_facts(homes.operator, UsageBatchBooked)) == 3
    assert homes.operator.findings() == []


@pytest.mark.usefixtures("small")
def test_a_program_that_falls_behind_another_books_nothing_twice(homes: Story):
    """After its first account the other one books the rest, and what it has read to be booked is booked already."""
    usage, origin = importing(homes.operator), origin_of_process("clerk", TODAY)
    usage.receive(MAY, FIVE, origin, silent)
    importing(homes.operator).book(MAY, origin, lambda records: usage.book(MAY, origin, silent))

    assert recorded(homes.operator, B) == [("mediation:2026-05", ["05-10 6"])]
    assert len(batch_facts(homes.operator, UsageBatchBooked)) == 3
    assert homes.operator.findings() == []


def test_two_programs_that_refuse_the_same_records_refuse_them_once(homes: Story):
    """The second one writes the numbers of the refused records while the first one has not committed them yet."""
    usage, origin = importing(homes.operator), origin_of_process("clerk", TODAY)
    usage.receive(MAY, [record(2, "NOBODY", "2026-05-10", "1"), record(3, A, "2026-05-10", "1")], origin, silent)
    waits = "SELECT FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted"
    seconds = list[Future[None]]()

    def wait_for_the_second() -> None:
        seconds.append(threads.submit(usage.book, MAY, origin, silent))
        while not homes.operator.select(waits):
            assert not seconds[0].done()

    with ThreadPoolExecutor(1) as threads:
        importing(homes.operator, Meanwhile(homes.operator, wait_for_the_second)).book(MAY, origin, silent)
        seconds[0].result(60)

    assert len(batch_facts(homes.operator, UsageBatchBooked)) == 1
    assert homes.operator.findings() == []


def test_an_account_that_changes_while_it_is_booked_is_read_again(homes: Story):
    usage, origin = importing(homes.operator), origin_of_process("clerk", TODAY)
    usage.receive(MAY, FIVE, origin, silent)
    store = Meanwhile(
        homes.operator, lambda: homes.tell(TerminateSubscription, "2026-05-12", A, on="2026-05-12", reason="moves")
    )
    importing(homes.operator, store).book(MAY, origin, silent)
    report = BatchReport()
    usage.report(MAY, report, was_booked=False)

    assert (report.accepted, [row.line for row in report.rejected]) == (4, [5])
    assert recorded(homes.operator, A) == [("mediation:2026-05", ["05-11 2"])]


class CountedReads(PostgresUsageRecords):
    """Counts how often the records of a batch are read to be booked."""

    reads = 0

    def days(self, batch: BatchId, after_account: str) -> Iterator[DayRecords]:
        self.reads += 1
        return super().days(batch, after_account)


def use_by_hand(homes: Story) -> None:
    homes.tell(RecordUsage, "2026-06-01", A, component="data", quantity="1", on="2026-05-20")


def test_the_records_of_a_batch_are_read_once_though_its_accounts_change(homes: Story):
    """The first write fails three times, because the account has changed: only its chunk is decided again."""
    usage, origin = importing(homes.operator), origin_of_process("clerk", TODAY)
    usage.receive(MAY, FIVE, origin, silent)
    records = CountedReads(homes.operator.application.datastore)
    store = Meanwhile(homes.operator, *[partial(use_by_hand, homes)] * 3)
    application = homes.operator.application
    UsageImport(store, records, application.models(), application.rating).book(MAY, origin, silent)

    assert records.reads == 1
    assert ("mediation:2026-05", ["05-11 2", "05-13 4"]) in recorded(homes.operator, A)
    assert homes.operator.findings() == []


# --- names


@pytest.mark.parametrize("batch", [BatchId("", "b"), BatchId("s", " "), BatchId("a:b", "c"), BatchId("s", "b\n")])
def test_a_batch_needs_a_name(homes: Story, batch: BatchId):
    with pytest.raises(InvalidValue):
        take_in(homes.operator, FIVE, batch)


def test_a_batch_without_records_is_none(homes: Story):
    assert take_in(homes.operator, []) == BatchReport()
    assert homes.operator.facts("usage/mediation:2026-05") == []


# --- the check


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE billing.usage_records SET quantity = 3 WHERE number = 2", "mediation:2026-05 from record 2 on"),
        ("UPDATE billing.usage_records SET account = 'C0001' WHERE number = 2", "mediation:2026-05 from record 2 on"),
        ("UPDATE billing.usage_records SET reference = 'r' WHERE number = 2", "mediation:2026-05 from record 2 on"),
        ("DELETE FROM billing.usage_records WHERE number = 2", "mediation:2026-05 from record 2 on"),
        ("UPDATE billing.usage_records SET batch = 'x' WHERE number = 2", "mediation:x, number of records"),
        ("UPDATE billing.usage_records SET is_left_out = true WHERE number = 2",
         "mediation:2026-05 A0001 main/data on 2026-05-10"),
    ],
)  # fmt: skip
def test_the_check_names_records_that_were_tampered_with(homes: Story, damage: str, told: str):
    take_in(homes.operator, [record(2, A, "2026-05-10", "1"), record(3, B, "2026-05-10", "7")])
    homes.operator.ask(lambda cursor: None)
    assert homes.operator.findings() == []
    assert homes.operator.execute(damage) == 1

    assert told in [offender for finding in homes.operator.findings() for offender in finding.offenders]


def test_the_check_names_an_account_that_holds_something_else(homes: Story):
    take_in(homes.operator, [record(2, A, "2026-05-10", "1"), record(3, B, "2026-05-10", "7")])
    changed = "convert_to(replace(convert_from(state, 'UTF8'), '\"7\"', '\"8\"'), 'UTF8')"
    assert homes.operator.execute(f"UPDATE billing.events SET state = {changed} WHERE originator_id = 'account/{B}' "
                                  "AND topic LIKE 'usage-recorded/%'") == 1  # fmt: skip

    assert "mediation:2026-05 B0001 main/data on 2026-05-10" in [
        offender for finding in homes.operator.findings() for offender in finding.offenders
    ]
