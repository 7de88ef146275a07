"""Price lists and records of a scenario are read as they are written, and every fault is told with line and path."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from adapters.files.scenario import read_scenario
from billing_core.kernel.errors import InvalidValue
from billing_core.usage.price_lists.lists import PortedNumber
from commands.simulated_usage import RecordUsed
from commands.simulation import Scenario
from tests.billing_core.usage.lists import row

SCENARIO = """currency: EUR
price_lists:
  - code: retail
    name: Calls
    unit: minute
    zone: Europe/Prague
    country: CZ
    bands: [{code: peak, hours: {monday: ["08:00-19:00"]}}, {code: off-peak}]
    from: 2026-01-01
    destinations:
      - {prefix: "49", destination: Germany, prices: {peak: "0.05", off-peak: "0.02"}, first: 60, next: 1}
      - {prefix: "112", destination: Emergency, prices: {peak: "0"}, special: true}
  - {code: data, name: Data, unit: MB, zone: UTC, from: 2026-01-01, destinations: [{destination: Data, price: "0.01"}]}
  - {code: data, name: Data, unit: MB, zone: UTC, from: 2026-02-01, destinations: [{destination: Data, price: "0.02"}]}
ported: {"420601000111": "49151"}
tariffs:
  - code: voice
    components:
      - {code: calls, kind: usage, model: destinations, price_list: retail}
      - {code: data, kind: usage, model: destinations, price_list: data, counts: bytes}
      - {code: sms, kind: usage, model: unit, price: "0.10"}
accounts:
  - code: A1
    subscriptions:
      - code: S1
        tariff: voice
        timeline: [{on: 2026-01-01, do: activate, recorded: 2026-01-20}]
        records:
          - {started: "2026-01-31T23:30:00Z", component: calls, number: "+49151234567", seconds: 90}
          - {started: "2026-01-05T08:00:00+01:00", component: data, kind: data, bytes_in: 2000000, bytes_out: 5}
          - {started: "2026-02-03T08:00:00+01:00", component: calls, number: "112", seconds: 5, recorded: 2026-03-01}
runs: [2026-02-28]
"""


def read(folder: Path, text: str = SCENARIO) -> Scenario:
    path = folder / "scenario.yaml"
    path.write_text(text)
    return read_scenario(path)


def test_records_are_of_the_day_of_the_lists_clock_and_known_from_their_day_on(tmp_path: Path):
    """23:30 UTC is 00:30 of the next day in Prague; the activation was known on 20 January only."""
    (account,) = read(tmp_path).accounts

    facts = [fact for fact, _ in account.records]
    assert facts[0] == RecordUsed(
        effective_on=date(2026, 2, 1), recorded_on=date(2026, 2, 1), subscription="S1", component="calls",
        number="49151234567", started_at=datetime(2026, 1, 31, 23, 30, tzinfo=UTC), seconds=90, quantity=0,
        bytes_in=0, bytes_out=0,
    )  # fmt: skip
    assert [(fact.effective_on, fact.recorded_on) for fact in facts[1:]] == [
        (date(2026, 1, 5), date(2026, 1, 20)), (date(2026, 2, 3), date(2026, 3, 1)),
    ]  # fmt: skip
    assert account.records[1][1].endswith("line 30, accounts[0].subscriptions[0].records[1]")


def test_lists_have_their_versions_and_rows(tmp_path: Path):
    found = read(tmp_path)

    assert {code: [each.valid_from_on for each in lists] for code, lists in found.price_lists.versions.items()} == {
        "retail": [date(2026, 1, 1)], "data": [date(2026, 1, 1), date(2026, 2, 1)],
    }  # fmt: skip
    (retail,) = found.price_lists.versions["retail"]
    assert retail.terms.currency == "EUR"
    assert retail.rows == (
        row("49", "Germany", "0.05", "0.02", first=60, next=1), row("112", "Emergency", "0", None, is_special=True),
    )  # fmt: skip
    assert found.price_lists.ported == {"420601000111": PortedNumber(number="420601000111", prefix="49151")}


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ('calls, number: "+49', 'sms, number: "+49', r"line 29, .*component: 'sms' is not a component"),
        ("price_list: retail", "price_list: other", r"line 19, .*price_list: 'other' no such price list"),
        ("price_list: data, counts: bytes", "price_list: data", r"'data' prices by the MB, but the component counts"),
        ('started: "2026-01-31T23:30:00Z"', "started: 2026-01-31T23:30:00", "is not an instant"),
        ("seconds: 90", "seconds: -1", "must be from 0"),
        ("seconds: 90", "quantity: 1", "is not for records of the kind call: seconds"),
        ("recorded: 2026-03-01", "recorded: 2026-02-02", "lies before the day on which it began"),
        ('prices: {peak: "0"}', 'price: "0"', r"the list has several bands"),
        ('prices: {peak: "0"}', 'prices: {night: "0"}', r"line 12, .*night.*is none of the bands"),
        ('prices: {peak: "0"}, special: true', "special: true", "supply either price or prices"),
        ('prefix: "112"', 'prefix: "49x"', r"line 12, price_lists\[0\].destinations\[1\].prefix"),
        ("zone: Europe/Prague", "zone: Prague", "is no time zone"),
        ("code: retail\n", "code: retail\n    currency: CZK\n", "is not that of the scenario"),
        ("from: 2026-02-01", "from: 2026-01-01", "begins another version of this list too"),
        ('"420601000111": "49151"', '"420601000111": "x"', "must have digits only"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place(tmp_path: Path, before: str, after: str, reason: str):
    assert SCENARIO.count(before) == 1

    with pytest.raises(InvalidValue, match=reason):
        read(tmp_path, SCENARIO.replace(before, after))
