"""Reports on traffic, calls, sessions and batches of a small house, with figures worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing_core.party_changes import SellerChanges
from commands.parties import ChangeSeller
from tests.adapters.reports.asked import asked, only
from tests.operators import Operator

MARCH = {"from_": "2026-03-01", "to": "2026-04-01"}
TODAY = date(2026, 4, 2)
GIGABYTE = 1_000_000_000
ADD = """
    INSERT INTO billing.{table} (hour_at, used_on, account, subscription, component, kind, network, direction, records,
        seconds, quantity, bytes_in, bytes_out)
    VALUES (%s, %s, %s, 'main', 'data', %s, %s, '', %s, %s, 0, %s, %s)
"""
TOTAL = """
    INSERT INTO billing.usage_totals
    SELECT hour_at, used_on, component, kind, network, direction, sum(records), sum(seconds), sum(quantity),
           sum(bytes_in), sum(bytes_out)
    FROM billing.usage_sums GROUP BY 1, 2, 3, 4, 5, 6
"""
OPEN = """
    INSERT INTO billing.access_sessions (server, session, subscriber, address, begun_at, heard_at, ended_at, ended_by,
        interim_seconds, seconds, bytes_in, bytes_out)
    VALUES (%s, %s, %s, '', %s, %s, %s, %s, 300, 3600, 5000000000, 1000000000)
"""


def at(text: str) -> datetime:
    """An instant in UTC: `03-10 23:30` is one of 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


@pytest.fixture
def house(operator: Operator) -> Operator:
    """Two customers of a seller in Prague, which is an hour ahead of UTC, and two hours from 29 March on."""
    operator.tell(ChangeSeller(code="north", changes=SellerChanges(time_zone="Europe/Prague")), today=date(2026, 1, 1))
    operator.publish("fast", "30.00")
    operator.subscriber("A0001")
    operator.subscriber("A0002", tariff="fast")
    operator.application.runner.catch_up()
    operator.execute("UPDATE live.customers SET dealer = 'east' WHERE number = 'A0002'")
    return operator


@pytest.fixture
def used(house: Operator) -> Operator:
    """Data on two networks, of which the newest hours are not added up yet.

    A0001, n1: 2 GB in the hour from 23:00 UTC of 9 March, which is the first one of the 10th in Prague
    A0001, n1: 3 GB in the evening of the 10th, of which 1 is not added up yet; 4 GB in February
    A0002, n2: 5 GB in the evening of the 10th, and one call of 90 seconds
    """
    for table, hour, on, account, kind, network, records, seconds, bytes_in, bytes_out in (
        ("usage_sums", "03-09 23:00", "2026-03-10", "A0001", "data", "n1", 1, 3600, 1, 1),
        ("usage_sums", "03-10 19:00", "2026-03-10", "A0001", "data", "n1", 2, 7200, 2, 0),
        ("usage_sums", "03-10 19:00", "2026-03-10", "A0002", "data", "n2", 1, 3600, 4, 1),
        ("usage_sums", "03-10 10:00", "2026-03-10", "A0002", "call", "n2", 1, 90, 0, 0),
        ("usage_sums", "02-10 19:00", "2026-02-10", "A0001", "data", "n1", 1, 3600, 4, 0),
        ("usage_sums_added", "03-10 19:00", "2026-03-10", "A0001", "data", "n1", 1, 3600, 1, 0),
    ):
        house.execute(ADD.format(table=table), at(hour), on, account, kind, network, records, seconds,
                      bytes_in * GIGABYTE, bytes_out * GIGABYTE)  # fmt: skip
    house.execute(TOTAL)
    return house


def test_the_traffic_of_a_day_is_that_of_the_day_of_the_seller(used: Operator):
    (day,) = asked(used, "traffic-by-day", TODAY, **MARCH)
    assert (day["used_on"], day["records"], day["gigabytes"]) == (date(2026, 3, 10), 6, 10)

    hours = asked(used, "traffic-by-hour", TODAY, on="2026-03-10", kind="data")
    assert only(hours, "hour", "records", "gigabytes") == [(0, 1, 2), (20, 4, 8)]


def test_traffic_is_the_same_by_network_tariff_and_dealer(used: Operator):
    by_network = asked(used, "traffic-by-network", TODAY, **MARCH, kind="data")
    assert only(by_network, "network", "gigabytes", "share") == [("n1", 5, Decimal("0.5")), ("n2", 5, Decimal("0.5"))]

    by_tariff = asked(used, "traffic-by-tariff", TODAY, **MARCH)
    assert only(by_tariff, "tariff", "services", "records", "gigabytes") == [("fast", 1, 2, 5), ("net", 1, 4, 5)]
    by_dealer = asked(used, "traffic-by-dealer", TODAY, **MARCH)
    assert only(by_dealer, "dealer", "services", "gigabytes") == [("-", 1, 5), ("east", 1, 5)]
    of_house = asked(used, "traffic-of-services", TODAY, **MARCH, dealer="-")
    assert only(of_house, "account", "records") == [("A0001", 4)]
    assert only(asked(used, "traffic-by-product", TODAY, **MARCH), "product", "gigabytes") == [("-", 10)]
    top = asked(used, "traffic-of-services", TODAY, **MARCH, kind="call")
    assert only(top, "account", "subscription", "seconds") == [("A0002", "main", 90)]


def test_a_dealer_sees_the_traffic_of_own_customers_alone(used: Operator):
    rows = asked(used, "traffic-of-services", TODAY, asking="east", **MARCH)

    assert only(rows, "account", "gigabytes") == [("A0002", 5)]


def test_growth_compares_a_month_with_the_one_before(used: Operator):
    """4 GB in February, 10 in March: two and a half times as much."""
    rows = asked(used, "traffic-by-month", TODAY)

    assert only(rows, "month", "gigabytes", "growth") == [
        (date(2026, 2, 1), 4, None), (date(2026, 3, 1), 10, Decimal("1.5")),
    ]  # fmt: skip


def test_a_busy_hour_is_one_of_the_clock_of_the_house(used: Operator):
    """Before summer time 19:00 UTC is 20:00. 8 GB in an hour are 64 gigabits in 3600 s, 17.778 megabits a second."""
    rows = asked(used, "busy-hours", TODAY, **MARCH, kind="data")

    assert only(rows, "hour", "days", "gigabytes_a_day", "megabits_a_second") == [
        (0, 1, 2, Decimal("4.444")), (20, 1, 8, Decimal("17.778")),
    ]  # fmt: skip


def test_calls_cost_the_same_by_destination_and_by_service(house: Operator):
    """Of A0001 120 seconds to Germany for 0.10, of A0002 60 for a third of a cent; 30 of the seconds were free."""
    for account, destination, units, free, parts in (
        ("A0001", "Germany", 120, 30, 30_000), ("A0002", "Germany", 60, 0, 1_000), ("A0002", "Poland", 60, 0, 3_000),
    ):  # fmt: skip
        house.execute(
            """INSERT INTO billing.usage_rated
               VALUES (%s, 'main', 'calls', '2026-03-10', 'world', '2026-01-01', %s, 'day', 1, %s, %s, %s, 300000)""",
            account, destination, units, free, parts,
        )  # fmt: skip

    rows = asked(house, "calls-by-destination", TODAY, **MARCH)

    assert only(rows, "destination", "records", "minutes", "free_units", "amount", "currency") == [
        ("Germany", 2, 3, 30, Decimal("0.103333"), "EUR"), ("Poland", 1, 1, 0, Decimal("0.010000"), "EUR"),
    ]  # fmt: skip
    of_germany = asked(house, "rated-usage-of-services", TODAY, **MARCH, price_list="world", destination="Germany")
    assert only(of_germany, "account", "amount") == [("A0001", Decimal("0.100000")), ("A0002", Decimal("0.003333"))]


def test_sessions_are_those_of_who_had_the_name_when_they_began(house: Operator):
    """Online are one of A0001, one of nobody; a third one, of A0002, ended by itself at 22:59 UTC, before midnight."""
    for server, session, subscriber, begun, heard, ended, ended_by in (
        ("nas1", "s1", "A0001/main", "03-10 23:30", "03-11 08:00", None, ""),
        ("nas1", "s2", "stranger", "03-10 22:30", "03-11 09:00", None, ""),
        ("nas1", "s3", "A0002/main", "03-10 22:00", "03-10 22:59", "03-10 22:59", "silence"),
    ):
        house.execute(OPEN, server, session, subscriber, at(begun), at(heard), at(ended) if ended else None, ended_by)

    online = asked(house, "sessions-online", TODAY)
    assert only(online, "server", "sessions", "unknown", "customers") == [("nas1", 2, 1, 1)]
    by_day = asked(house, "sessions-by-day", TODAY, **MARCH)
    assert only(by_day, "begun_on", "sessions", "open", "silent") == [
        (date(2026, 3, 10), 2, 1, 1), (date(2026, 3, 11), 1, 1, 0),
    ]  # fmt: skip
    (nobody,) = asked(house, "unknown-sessions", TODAY, **MARCH)
    assert (nobody["sessions"], nobody["unknown"], nobody["share"]) == (3, 1, Decimal("0.3333"))
    assert only(asked(house, "sessions", TODAY, server="nas1"), "session", "account", "customer") == [
        ("s2", "", ""), ("s1", "A0001", "A0001"),
    ]  # fmt: skip
    assert asked(house, "sessions", TODAY, asking="east") == []


def test_usage_that_waits_is_counted_by_reason_and_by_batch(house: Operator):
    for line, field, reason in (
        (1, "subscriber", "nobody's"),
        (2, "subscriber", "nobody's"),
        (3, "bytes", "no number"),
    ):
        house.execute(
            "INSERT INTO billing.usage_waiting VALUES ('radius', 'b1', %s, 'p', %s, %s, 'v', %s, 'raw', true)",
            line, f"k{line}", field, reason,
        )  # fmt: skip

    rows = asked(house, "usage-waiting-by-reason", TODAY)

    assert only(rows, "field", "reason", "records") == [("subscriber", "nobody's", 2), ("bytes", "no number", 1)]
    listed = asked(house, "usage-waiting", TODAY, source="radius", field="bytes")
    assert only(listed, "batch", "records", "first_line") == [("b1", 1, 3)]
