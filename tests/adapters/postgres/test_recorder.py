"""The event-sourcing library's own tests of a recorder, on our recorder, our table and our names of streams."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from unittest import TestCase

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, Notification, StoredEvent
from eventsourcing.tests import persistence
from eventsourcing.tests.persistence import (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
    ProcessRecorderTestCase,
    TrackingRecorderTestCase,
)
from psycopg.rows import tuple_row

from adapters.postgres.datastore import Datastore, open_datastore
from adapters.postgres.final_positions import newest_position
from adapters.postgres.recorder import EventRecorder, EventRow
from adapters.postgres.tracking import FollowerEventRecorder, FollowerRecorder
from billing_core.accounts.events import AccountOpened
from billing_core.accounts.plans import BillingPlan
from billing_core.kernel.events import Event, decode, encode, topic_of
from billing_core.kernel.money import Money
from billing_core.parties.customers import Customer, CustomerRegistered
from billing_core.payments.events import PaymentReceived
from billing_core.services.events import SubscriptionActivated


@pytest.fixture
def datastore(initialised_url: str) -> Iterator[Datastore]:
    with open_datastore(initialised_url) as datastore:
        yield datastore


class Patient(EventRecorder):
    """Waits until what was written is final: other tests may be in the middle of a transaction on the same server."""

    def select_notifications(self, *arguments: Any, **details: Any) -> Sequence[Notification]:
        with self.datastore.get_connection() as connection:
            written = newest_position(connection.cursor(row_factory=tuple_row))
        while True:
            found = super().select_notifications(*arguments, **details)
            if self._final.mark >= written:
                return found
            time.sleep(0.01)


class OnOurTable:
    """What the library's cases need to run: a fresh database for each, and streams named by text."""

    @pytest.fixture(autouse=True)
    def on_a_fresh_database(self, datastore: Datastore, database_url: str) -> None:
        self.datastore = datastore
        # The library counts the versions of some streams from 0, we count them from 1.
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("ALTER TABLE billing.events DROP CONSTRAINT events_originator_version_check")

    def new_originator_id(self) -> str:
        return f"account/{uuid.uuid4()}"

    def create_recorder(self) -> Any:
        return Patient(self.datastore)


class TestAsAnApplicationRecorder(OnOurTable, ApplicationRecorderTestCase):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class Silent(EventRecorder):
    """The library's case for recorders without positions expects no answer."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        super().insert_events(stored_events, **kwargs)


class TestAsAnAggregateRecorder(OnOurTable, AggregateRecorderTestCase):
    def create_recorder(self) -> Any:
        return Silent(self.datastore)


class TestPositionsOfWritersDoNotInterleave(OnOurTable, NonInterleavingNotificationIDsBaseCase):
    """Holds with the table lock only: ordinary writers do not queue, the mark is what readers rely on."""

    insert_num = 1000

    def create_recorder(self) -> Any:
        return Patient(self.datastore, locks_table=True)


class TestAsATrackingRecorder(OnOurTable, TrackingRecorderTestCase):
    def create_recorder(self) -> Any:
        return FollowerRecorder(self.datastore)


class TestAsAProcessRecorder(OnOurTable, ProcessRecorderTestCase):
    def create_recorder(self) -> Any:
        return FollowerEventRecorder(self.datastore)


CASES = (
    TestAsAnApplicationRecorder,
    TestAsAnAggregateRecorder,
    TestPositionsOfWritersDoNotInterleave,
    TestAsATrackingRecorder,
    TestAsAProcessRecorder,
)
NOT_FOR_US = {
    "RecorderTestCase": "the base of the others, without a test of its own",
    "InfrastructureFactoryTestCase": "it tries the library's transcoder, cipher and compressor, and tables by name",
    "TranscoderTestCase": "events encode themselves with msgspec, see billing_core/events.py",
}


def test_every_case_of_the_library_runs_here_or_is_explained():
    cases = {name: case for name, case in vars(persistence).items() if is_case_of_the_library(case)}
    running = {name for name, case in cases.items() if any(issubclass(ours, case) for ours in CASES)}
    assert running | set(NOT_FOR_US) == set(cases)


def is_case_of_the_library(found: object) -> bool:
    return isinstance(found, type) and issubclass(found, TestCase) and found.__module__ == persistence.__name__


EVENTS: list[Event] = [
    CustomerRegistered(effective_on=date(2026, 1, 1), customer=Customer(number="C1", kind="person", name="Օննա Žaļā")),
    AccountOpened(
        effective_on=date(2026, 1, 1),
        account="A1",
        customer="C1",
        seller="S",
        currency="EUR",
        plan=BillingPlan(billing_day=31, due_days=14, tolerance_days=7),
    ),
    SubscriptionActivated(
        effective_on=date(2026, 1, 1), subscription="main", tariff="net", agreed_prices={"fee": Decimal("19.900000")}
    ),
    PaymentReceived(
        customer="C1",
        effective_on=date(2026, 1, 20),
        source="bank",
        reference="T1",
        amount=Money(Decimal("1234567890123.45"), "EUR"),
    ),
]


NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def event_row(number: int) -> EventRow:
    entry = as_stored(number, 1)
    return EventRow(str(entry.originator_id), 1, entry.topic, entry.state, '{"actor":"clerk"}', date(2026, 1, 1), NOW)


def as_stored(number: int, version: int) -> StoredEvent:
    return stored(f"customer/C{number}", version, EVENTS[0])


def stored(stream: str, version: int, event: Event) -> StoredEvent:
    return StoredEvent(stream, version, topic_of(type(event)), encode(event))


def test_events_come_back_from_the_database_exactly_as_they_were(datastore: Datastore):
    recorder = EventRecorder(datastore)
    recorder.insert_events([stored("account/A1", version, event) for version, event in enumerate(EVENTS, start=1)])

    found = [decode(entry.topic, entry.state) for entry in recorder.select_events("account/A1")]

    assert found == EVENTS
    assert str(found[2].agreed_prices["fee"]) == "19.900000"  # type: ignore[attr-defined]


def test_an_event_is_kept_as_json_that_people_and_sql_can_read(datastore: Datastore, database_url: str):
    EventRecorder(datastore).insert_events([stored("account/A1", 1, EVENTS[3])])
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT topic, state -> 'amount', state ->> 'effective_on' FROM billing.event_log")
        assert rows.fetchall() == [("payment-received/1", ["1234567890123.45", "EUR"], "2026-01-20")]


@pytest.mark.parametrize("count", [1, 49, 50, 2_000], ids=lambda count: f"{count} rows")
def test_few_rows_by_insert_and_many_by_copy_are_the_same_to_a_reader(
    datastore: Datastore, database_url: str, count: int
):
    recorder = Patient(datastore)
    rows = [event_row(number) for number in range(count)]
    with datastore.transaction(commit=True) as cursor:
        cursor.row_factory = tuple_row  # type: ignore[assignment]
        position = recorder.append(cursor, rows)

    notifications = recorder.select_notifications(None, count + 1)
    assert [notification.originator_id for notification in notifications] == [row.originator_id for row in rows]
    assert position == notifications[-1].id
    with psycopg.connect(database_url) as connection:
        beside = "SELECT DISTINCT metadata ->> 'actor', effective_on, recorded_at = %s FROM billing.event_log"
        (row,) = connection.execute(beside, [NOW]).fetchall()
    assert row == ("clerk", date(2026, 1, 1), True)


def test_a_copy_that_meets_a_version_that_is_taken_leaves_nothing(datastore: Datastore):
    recorder = EventRecorder(datastore)
    recorder.insert_events([as_stored(70, 1)])
    with pytest.raises(IntegrityError), datastore.transaction(commit=True) as cursor:
        recorder.append(cursor, [event_row(number) for number in range(100)])
    assert recorder.select_events("customer/C1") == []
    assert recorder.max_notification_id() == 1
