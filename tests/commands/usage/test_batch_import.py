"""A batch of usage: received with its records, and booked once on the accounts it names."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from functools import partial

import pytest

from adapters.postgres.usage_records import PostgresUsageRecords
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import Percentage
from billing_core.usage.mediation.batches import UsageBatchBooked
from billing_core.usage.mediation.booking import DayRecords
from billing_core.usage.mediation.deliveries import UsageReceived
from billing_core.usage.records import UsageWithdrawn
from commands.services import MoveSubscription, RecordUsage, TerminateSubscription, WithdrawUsage
from commands.usage.batch_import import UsageImport
from commands.usage.mediation import Received
from tests.commands.services.conftest import Story, tariff
from tests.commands.usage.batches import (
    FIVE,
    MAY,
    ORIGIN,
    A,
    B,
    Killed,
    KilledAt,
    Meanwhile,
    batch_facts,
    importing,
    received,
    record,
    recorded,
    refused,
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
    assert take_in(homes.operator, records) == Received("2026-05", 6, 0, 0)

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

    assert take_in(homes.operator, records) == first._replace(is_known=True)
    assert first == Received("2026-05", 1, 0, 1)
    assert homes.operator.store_contents() == before


def test_days_that_cannot_be_booked_are_refused_with_the_reason_and_the_others_are_booked(homes: Story):
    homes.tell(TerminateSubscription, "2026-05-16", B, on="2026-05-16", reason="moves")
    found = take_in(
        homes.operator,
        [
            record(2, "NOBODY", "2026-05-10", "1"), record(3, A, "2026-05-10", "1"), record(4, B, "2026-05-20", "1"),
            record(5, B, "2026-05-15", "1"), record(6, A, "2026-05-10", "1", component="fee"),
            record(7, A, "2026-05-10", "1", component="voice"), record(8, A, "2026-05-10", "1", subscriber="A0001/tv"),
            record(9, B, "2026-05-20", "2"), record(10, A, "2026-03-31", "1"),
        ],
    )  # fmt: skip

    assert found == Received("2026-05", 7, 0, 2)
    assert refused(homes.operator) == [
        (A, date(2026, 3, 31), "date", "2026-03-31"), (A, date(2026, 5, 10), "component", "fee"),
        (A, date(2026, 5, 10), "component", "voice"), (B, date(2026, 5, 20), "date", "2026-05-20"),
    ]  # fmt: skip
    assert recorded(homes.operator, A) == [("mediation:2026-05", ["05-10 1"])]
    assert recorded(homes.operator, B) == [("mediation:2026-05", ["05-15 1"])]
    assert homes.operator.findings() == []


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
    take_in(
        homes.operator,
        [record(2, A, "2026-05-10", "10"), record(3, "D0001", "2026-05-20", "4"), record(4, A, "2026-05-20", "1")],
    )

    assert refused(homes.operator) == [(A, date(2026, 5, 20), "date", "2026-05-20")]
    there = homes.operator.account("D0001").subscriptions["main"]
    assert [used.quantities for used in there.used_before] == [(Decimal(10),)]
    assert homes.operator.findings() == []


# --- interrupted, and by two at once


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_batch_that_is_interrupted_anywhere_goes_on_when_it_comes_again(homes: Story, number: int):
    """What is received is one write, and each of three accounts one."""
    with pytest.raises(Killed):
        take_in(homes.operator, FIVE, store=KilledAt(homes.operator, number))
    assert homes.operator.findings() == []

    assert take_in(homes.operator, FIVE)[:4] == ("2026-05", 5, 0, 0)

    assert [days for _, days in recorded(homes.operator, A)] == [["05-11 2", "05-13 4"]]
    assert len(batch_facts(homes.operator, UsageReceived)) == 1
    assert homes.operator.findings() == []


@pytest.mark.usefixtures("small")
def test_two_programs_that_book_the_same_batch_book_it_once(homes: Story):
    usage = importing(homes.operator)
    received(homes.operator, FIVE)
    store = Meanwhile(homes.operator, lambda: usage.book(MAY, ORIGIN, silent))
    importing(homes.operator, store).book(MAY, ORIGIN, silent)

    assert [days for _, days in recorded(homes.operator, A)] == [["05-11 2", "05-13 4"]]
    assert len(batch_facts(homes.operator, UsageBatchBooked)) == 3
    assert homes.operator.findings() == []


@pytest.mark.usefixtures("small")
def test_a_program_that_falls_behind_another_books_nothing_twice(homes: Story):
    """After its first account the other one books the rest, and what it has read to be booked is booked already."""
    usage = importing(homes.operator)
    received(homes.operator, FIVE)
    importing(homes.operator).book(MAY, ORIGIN, lambda records: usage.book(MAY, ORIGIN, silent))

    assert recorded(homes.operator, B) == [("mediation:2026-05", ["05-10 6"])]
    assert len(batch_facts(homes.operator, UsageBatchBooked)) == 3
    assert homes.operator.findings() == []


def test_an_account_that_changes_while_it_is_booked_is_read_again(homes: Story):
    received(homes.operator, FIVE)
    store = Meanwhile(
        homes.operator, lambda: homes.tell(TerminateSubscription, "2026-05-12", A, on="2026-05-12", reason="moves")
    )
    importing(homes.operator, store).book(MAY, ORIGIN, silent)

    assert refused(homes.operator) == [(A, date(2026, 5, 13), "date", "2026-05-13")]
    assert recorded(homes.operator, A) == [("mediation:2026-05", ["05-11 2"])]


class CountedReads(PostgresUsageRecords):
    """Counts how often the records of a batch are read to be booked."""

    reads = 0

    def days_of_rows(self, received: UsageReceived, after_account: str, rated: Collection[str]) -> Iterator[DayRecords]:
        self.reads += 1
        return super().days_of_rows(received, after_account, rated)


def use_by_hand(homes: Story) -> None:
    homes.tell(RecordUsage, "2026-06-01", A, component="data", quantity="1", on="2026-05-20")


def test_the_records_of_a_batch_are_read_once_though_its_accounts_change(homes: Story):
    """The first write fails three times, because the account has changed: only its chunk is decided again."""
    received(homes.operator, FIVE)
    records = CountedReads(homes.operator.application.datastore)
    store = Meanwhile(homes.operator, *[partial(use_by_hand, homes)] * 3)
    application = homes.operator.application
    UsageImport(store, records, application.models(), application.rating).book(MAY, ORIGIN, silent)

    assert records.reads == 1
    assert ("mediation:2026-05", ["05-11 2", "05-13 4"]) in recorded(homes.operator, A)
    assert homes.operator.findings() == []


# --- the check


def test_the_check_names_an_account_that_holds_something_else(homes: Story):
    take_in(homes.operator, [record(2, A, "2026-05-10", "1"), record(3, B, "2026-05-10", "7")])
    changed = "convert_to(replace(convert_from(state, 'UTF8'), '\"7\"', '\"8\"'), 'UTF8')"
    assert homes.operator.execute(f"UPDATE billing.events SET state = {changed} WHERE originator_id = 'account/{B}' "
                                  "AND topic LIKE 'usage-recorded/%'") == 1  # fmt: skip

    assert "mediation:2026-05 B0001 main/data on 2026-05-10" in [
        offender for finding in homes.operator.findings() for offender in finding.offenders
    ]
