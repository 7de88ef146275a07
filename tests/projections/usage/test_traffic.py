"""Traffic by every value and step of time, with figures worked out by hand."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Event

import psycopg
import pytest

from adapters.postgres.usage_sums import UsageSums, add_up
from billing_core.parties.details import Address
from billing_core.parties.number_series import NumberSeries, SeriesKind
from billing_core.parties.sellers import Seller
from commands.parties import RegisterSeller
from commands.services.terms import ChangeTariff
from projections.usage.traffic import Asked, Place, TrafficRow, top_traffic, traffic
from tests.operators import Operator
from tests.projections.usage.rows import call, session, write_rows

OCTOBER = date(2026, 10, 1), date(2026, 11, 1)


def asked(operator: Operator, by: str, every: str = "all", days: tuple[date, date] = OCTOBER, **more: object):
    rows: list[TrafficRow] = operator.ask(traffic, Asked(by, every, *days, **more))  # type: ignore[arg-type]
    return rows


def amounts(rows: list[TrafficRow]) -> list[tuple[object, ...]]:
    return [(row.of, row.records, row.seconds, row.bytes_in, row.bytes_out) for row in rows]


def added_up(operator: Operator) -> None:
    with psycopg.connect(operator.database_url) as connection:
        add_up(connection.cursor(), 1_000_000)


@pytest.fixture
def october(operator: Operator) -> Operator:
    """Two subscribers: A0001 calls twice over trunk1 and is called once over trunk2; both use data."""
    operator.subscribers(2)
    write_rows(
        operator.database_url,
        [
            call("2026-10-10T08:15+02:00", 60),
            call("2026-10-10T08:50+02:00", 30),
            call("2026-10-11T23:30+02:00", 600, network="trunk2", direction="in"),
            session("2026-10-10T08:00+02:00", 7_000, 500),
            session("2026-10-12T09:00+02:00", 1_000, 100, account="A0002"),
        ],
    )
    return operator


def test_traffic_by_network_has_records_seconds_and_bytes_in_both_directions(october: Operator):
    expected = [("nas1", 2, 0, 8_000, 600), ("trunk1", 2, 90, 0, 0), ("trunk2", 1, 600, 0, 0)]

    assert amounts(asked(october, "network")) == expected
    added_up(october)
    assert amounts(asked(october, "network")) == expected


def test_traffic_by_day_and_hour_is_of_the_day_in_the_sellers_zone(october: Operator):
    by_day = asked(october, "kind", "day", kind="call")
    assert [(row.on.day, row.seconds) for row in by_day] == [(10, 90), (11, 600)]

    by_hour = asked(october, "kind", "hour", kind="call")
    assert [(row.hour_at, row.records) for row in by_hour] == [
        (datetime(2026, 10, 10, 6, tzinfo=UTC), 2), (datetime(2026, 10, 11, 21, tzinfo=UTC), 1),
    ]  # fmt: skip


def test_traffic_is_narrowed_to_a_value_a_kind_and_an_account(october: Operator):
    assert amounts(asked(october, "network", of="trunk2")) == [("trunk2", 1, 600, 0, 0)]
    assert amounts(asked(october, "direction", kind="call")) == [("in", 1, 600, 0, 0), ("out", 2, 90, 0, 0)]
    assert amounts(asked(october, "network", account="A0002")) == [("nas1", 1, 0, 1_000, 100)]


def test_a_day_of_the_dst_night_has_25_hours_each_with_its_own_records(operator: Operator):
    """At 2:30 twice: once in summer time, once an hour later in winter time. 23:30 of the day before is not of it."""
    series: dict[SeriesKind, NumberSeries] = {
        "invoice": NumberSeries(prefix="2", width=9), "credit-note": NumberSeries(prefix="6", width=9)
    }  # fmt: skip
    south = Seller(code="south", name="South", address=Address(), time_zone="Europe/Prague", series=series)
    operator.tell(RegisterSeller(seller=south), today=date(2020, 1, 1))
    operator.subscriber(seller="south")
    write_rows(
        operator.database_url,
        [call("2026-10-24T23:30+02:00", 1), call("2026-10-25T00:00+02:00", 2), call("2026-10-25T02:30+02:00", 3),
         call("2026-10-25T02:30+01:00", 4), call("2026-10-25T23:59+01:00", 5)],
    )  # fmt: skip
    the_day = date(2026, 10, 25), date(2026, 10, 26)

    assert [row.seconds for row in asked(operator, "all", "day", the_day)] == [14]
    assert [(row.hour_at.hour, row.seconds) for row in asked(operator, "all", "hour", the_day) if row.hour_at] == [
        (22, 2), (0, 3), (1, 4), (22, 5),
    ]  # fmt: skip


def test_traffic_by_tariff_is_that_of_the_day_on_which_it_was_had(october: Operator):
    """A0001 changes from `net` to `fast` on 11 October: its calls of the 10th, 90 s, stay with `net`."""
    october.publish("fast", "30.00")
    october.tell(ChangeTariff(account="A0001", subscription="main", tariff="fast", on=date(2026, 10, 11)))

    assert [(row.of, row.seconds, row.bytes_in) for row in asked(october, "tariff")] == [
        ("fast", 600, 0), ("net", 90, 8_000),
    ]  # fmt: skip
    by_product = asked(october, "product", products={"net": "internet", "fast": "internet"})
    assert [(row.of, row.records) for row in by_product] == [("internet", 5)]


def test_top_talkers_are_in_order_of_what_is_measured(october: Operator):
    question = Asked("subscriber", "all", *OCTOBER)

    by_bytes = october.ask(top_traffic, question, "bytes", 10)
    assert [(row.of, row.amount("bytes")) for row in by_bytes] == [("A0001/main", 7_500), ("A0002/main", 1_100)]
    (first,) = october.ask(top_traffic, question, "seconds", 1)
    assert (first.of, first.amount("seconds")) == ("A0001/main", Decimal(690))


def test_a_report_goes_on_after_the_last_row_of_a_part(october: Operator):
    question = Asked("network", "hour", *OCTOBER)
    whole = october.ask(traffic, question)

    for at, row in enumerate(whole):
        assert october.ask(traffic, question, None, Place(row.on, row.hour_at, row.of)) == whole[at + 1 :]
    by_day = Asked("network", "day", *OCTOBER)
    first, *rest = october.ask(traffic, by_day)
    assert october.ask(traffic, by_day, None, Place(first.on, None, first.of)) == rest


def test_the_sums_are_those_of_the_rows_whether_added_up_or_not(october: Operator):
    assert october.findings() == []
    added_up(october)
    write_rows(october.database_url, [call("2026-10-10T08:20+02:00", 5)], batch="b2")
    assert october.findings() == []
    assert [row.seconds for row in asked(october, "network", of="trunk1")] == [95]

    added_up(october)
    assert october.select("SELECT count(*) FROM billing.usage_sums_added") == [(0,)]
    october.execute("UPDATE billing.usage_sums SET seconds = seconds + 1 WHERE network = 'trunk2'")
    october.execute("UPDATE billing.usage_totals SET bytes_in = 0 WHERE used_on = '2026-10-12'")
    broken = {finding.invariant: finding.offenders for finding in october.findings()}
    assert broken == {
        "the sums of usage are those of its rows": ["A0001 main 2026-10-11 21:00 calls trunk2"],
        "the sums of usage of all subscriptions are the sums of each": [
            "2026-10-11 21:00 calls trunk2", "2026-10-12 07:00 data nas1",
        ],
    }  # fmt: skip


def test_the_sums_are_right_while_batches_are_written_and_sums_added_up_at_the_same_time(operator: Operator):
    """Two write 20 batches of the same hours each, and two add up a few at a time."""
    operator.subscriber()
    write_rows(operator.database_url, [call("2026-10-10T08:00+02:00", 1)], batch="first")
    written = Event()

    def write(name: str) -> None:
        for number in range(20):
            batch = [call(f"2026-10-10T0{hour}:00+02:00", 1) for hour in range(1, 6)]
            write_rows(operator.database_url, batch, batch=f"{name}{number}", source=name)

    def keep_adding_up() -> None:
        sums = UsageSums(operator.application.tables)
        while not written.is_set():
            sums.advance()
            with psycopg.connect(operator.database_url) as connection:
                add_up(connection.cursor(), 3)

    with ThreadPoolExecutor(4) as threads:
        adding = [threads.submit(keep_adding_up) for _ in range(2)]
        writing = [threads.submit(write, name) for name in ("a", "b")]
        for each in writing:
            each.result()
        written.set()
        for each in adding:
            each.result()

    (row,) = asked(operator, "network")
    assert (row.records, row.seconds) == (201, 201)
    assert [found for found in operator.findings() if "sums" in found.invariant] == []
