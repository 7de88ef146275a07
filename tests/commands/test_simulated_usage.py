"""Records of a scenario are rated as those of the live system, with figures worked out by hand.

Germany costs 0.30 a minute at peak and 0.12 off peak with a fee of 0.05, in steps of 60/1; Czechia 0.06 a minute.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from adapters.calendars.holiday_calendar import calendar_of
from adapters.files.scenario import scenario_in
from adapters.files.yaml_documents import document_in
from billing_core.kernel.errors import InvalidValue
from commands.simulation import RunOutcome, play

LISTS = """
price_lists:
  - code: retail
    name: Calls
    unit: minute
    zone: Europe/Prague
    country: CZ
    bands:
      - code: peak
        hours: {monday: ["08:00-19:00"], tuesday: ["08:00-19:00"], wednesday: ["08:00-19:00"],
                thursday: ["08:00-19:00"], friday: ["08:00-19:00"]}
      - {code: off-peak}
    from: 2026-01-01
    destinations:
      - {prefix: "49", destination: Germany, prices: {peak: "0.30", off-peak: "0.12"}, connection: "0.05", first: 60,
         next: 1}
      - {prefix: "420", destination: Czechia, prices: {peak: "0.06", off-peak: "0.06"}, group: national}
      - {prefix: "112", destination: Emergency, prices: {peak: "0", off-peak: "0"}, special: true}
  - {code: data, name: Data, unit: MB, zone: Europe/Prague, from: 2026-01-01,
     destinations: [{destination: Data, price: "0.01"}]}
  - {code: vod, name: Films, unit: item, zone: Europe/Prague, from: 2026-01-01,
     destinations: [{destination: Films, price: "2.50"}]}
ported: {"420601000111": "49"}
"""
TARIFFS = """
tariffs:
  - code: voice
    components:
      - {code: calls, kind: usage, model: destinations, price_list: retail}
      - {code: data, kind: usage, model: destinations, price_list: data, counts: bytes}
      - {code: vod, kind: usage, model: destinations, price_list: vod, counts: items}
  - code: free
    components:
      - code: calls
        kind: usage
        model: destinations
        price_list: retail
        packages: [{code: national, units: 100, groups: [national]}]
  - code: carried
    components:
      - code: calls
        kind: usage
        model: destinations
        price_list: retail
        packages: [{code: national, units: 100, groups: [national], carried_periods: 1}]
  - code: family
    components:
      - code: calls
        kind: usage
        model: destinations
        price_list: retail
        packages: [{code: family, units: 100, shared: true}]
"""
GERMANY, CZECHIA = "49151234567", "420777123456"


def call(started: str, number: str, seconds: int, **changed: Any) -> str:
    written = {"component": "calls", "number": f'"{number}"', "seconds": seconds, **changed}
    return "{" + ", ".join([f'started: "{started}"', *(f"{key}: {value}" for key, value in written.items())]) + "}"


def played(
    *records: str, tariff: str = "voice", runs: str = "2026-03-01, 2026-04-01", timeline: str = "", lists: str = LISTS,
    others: str = "",
) -> list[RunOutcome]:  # fmt: skip
    lines = "\n".join(f"          - {record}" for record in records)
    text = f"""
currency: EUR
{lists}{TARIFFS}
accounts:
  - code: A1
    subscriptions:
      - code: S1
        tariff: {tariff}
        timeline: [{{on: 2026-02-01, do: activate}}{timeline}]
        records:
{lines}
{others}
runs: [{runs}]
"""
    return play(scenario_in(document_in(text, "scenario")), calendar_of)


def charged(outcomes: list[RunOutcome]) -> list[list[str]]:
    """The charges of each run: component, the first day of its period, amount."""
    return [
        [f"{each.component} {each.from_on:%m-%d} {each.amount.amount}" for each in outcome.accounts["A1"].charges]
        for outcome in outcomes
    ]


def test_a_call_over_the_border_of_bands_is_cut_and_a_late_one_is_a_line_of_its_own():
    """18:59:30, 10 s count as 60: 30 s peak 0.15, 30 s off-peak 0.06, fee 0.05. Then 60 s 0.30, 15 s 0.03, fee 0.05."""
    outcomes = played(
        call("2026-02-11T18:59:30+01:00", GERMANY, 10),
        call("2026-02-12T18:59:00+01:00", GERMANY, 75, recorded="2026-03-05"),
    )

    assert charged(outcomes) == [["calls 02-01 0.26"], ["calls 02-01 0.38"]]


def test_a_holiday_of_the_country_has_the_hours_of_a_weekday_unless_the_band_says_otherwise():
    """Good Friday, 3 April 2026: the list has no hours of a holiday, so it is off peak: 0.12 + 0.05."""
    outcomes = played(call("2026-04-03T10:00:00+02:00", GERMANY, 60), runs="2026-05-01")

    assert charged(outcomes) == [["calls 04-01 0.17"]]


def test_special_and_ported_numbers_data_and_items_have_their_prices():
    """Ported to 49: 0.30 + 0.05. 1500000 bytes of 0.01 a MB are 0.015, rounded to 0.02. Two films are 5.00."""
    outcomes = played(
        call("2026-02-11T10:00:00+01:00", "420601000111", 60),
        call("2026-02-11T11:00:00+01:00", "112", 60),
        '{started: "2026-02-11T10:00:00+01:00", component: data, kind: data, bytes_in: 1000000, bytes_out: 500000}',
        '{started: "2026-02-11T10:00:00+01:00", component: vod, kind: item, number: Metropolis, quantity: "2"}',
        runs="2026-03-01",
    )

    assert charged(outcomes) == [["calls 02-01 0.35", "data 02-01 0.02", "vod 02-01 5.00"]]
    steps = {each.component: tuple(map(str, each.steps)) for each in outcomes[0].accounts["A1"].charges}
    assert steps["calls"] == ("2 records, 0:02:00",)
    assert steps["data"] == ("1 record, 1500000 bytes, 0.015000 before rounding",)
    assert steps["vod"] == ("1 record, 2 items",)


CALLS = (
    call("2026-02-03T10:00:00+01:00", CZECHIA, 90, recorded="2026-02-20"),
    call("2026-02-09T10:00:00+01:00", CZECHIA, 60),
    call("2026-02-10T10:00:00+01:00", GERMANY, 60),
)


def test_free_units_are_used_in_the_order_of_time_whenever_records_come():
    """100 s: 90 s on the 3rd, 10 s on the 9th; 50 s of it at 0.06 are 0.05. Germany is no national call: 0.35."""
    for records in permutations(CALLS):
        assert charged(played(*records, tariff="free", runs="2026-03-01")) == [["calls 02-01 0.40"]]


def test_a_record_that_comes_after_the_bill_takes_free_units_from_the_others():
    """Billed: 60 s of 100 free, Germany 0.35. With the call of the 3rd 50 s of 150 are paid: 0.05 more."""
    late = call("2026-02-03T10:00:00+01:00", CZECHIA, 90, recorded="2026-03-20")

    assert charged(played(late, *CALLS[1:], tariff="free")) == [["calls 02-01 0.35"], ["calls 02-01 0.05"]]


def test_unused_units_are_carried_over_from_a_month_without_calls():
    """100 of February and 100 of March are free in March: 240 s - 200 s are 40 s at 0.06, 0.04."""
    march = call("2026-03-10T10:00:00+01:00", CZECHIA, 240)

    assert charged(played(march, tariff="carried")) == [[], ["calls 03-01 0.04"]]
    assert charged(played(march, tariff="free")) == [[], ["calls 03-01 0.14"]]


def test_a_shared_package_is_one_for_the_services_of_the_account():
    """S1 uses 60 s at 10:00, S2 40 s of its 60 at 11:00: 20 s at 0.06 are 0.02."""
    second = f"""
      - code: S2
        tariff: family
        timeline: [{{on: 2026-02-01, do: activate}}]
        records: [{call("2026-02-09T11:00:00+01:00", CZECHIA, 60)}]
"""
    first = call("2026-02-09T10:00:00+01:00", CZECHIA, 60)

    outcomes = played(first, tariff="family", others=second, runs="2026-03-01")

    amounts = {each.subscription: each.amount.amount for each in outcomes[0].accounts["A1"].charges}
    assert amounts.get("S1", Decimal(0)) == 0
    assert amounts["S2"] == Decimal("0.02")


def test_the_version_of_the_list_that_holds_on_the_day_prices_a_record():
    second = """
  - {code: data, name: Data, unit: MB, zone: Europe/Prague, from: 2026-02-15,
     destinations: [{destination: Data, price: "0.02"}]}
"""
    records = [
        f'{{started: "2026-02-{day}T00:30:00+01:00", component: data, kind: data, bytes_in: 1000000}}'
        for day in (14, 15)
    ]

    outcomes = played(*records, lists=LISTS.replace("\nported", f"{second}ported"), runs="2026-03-01")

    assert charged(outcomes) == [["data 02-01 0.03"]]


def test_records_of_a_service_that_has_ended_meanwhile_are_charged_up_to_its_end():
    """Terminated on 10 February, which becomes known on the 20th; the call of the 9th stays, 60 s at 0.06."""
    ended = ", {on: 2026-02-10, do: terminate, recorded: 2026-02-20}"

    assert charged(played(CALLS[1], timeline=ended, runs="2026-03-01")) == [["calls 02-01 0.06"]]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (call("2026-02-09T10:00:00+01:00", "33123", 60), r"records\[0\].*the price list has no row for its number"),
        (call("2026-01-31T10:00:00+01:00", CZECHIA, 60), r"records\[0\].*no price list prices this component"),
    ],
)
def test_a_record_that_cannot_be_rated_is_told_with_its_place(record: str, reason: str):
    with pytest.raises(InvalidValue, match=reason):
        played(record)


def test_a_list_that_does_not_hold_yet_prices_nothing():
    lists = LISTS.replace("from: 2026-01-01\n", "from: 2026-02-10\n")

    with pytest.raises(InvalidValue, match="no price list holds yet on its day"):
        played(CALLS[1], lists=lists)
