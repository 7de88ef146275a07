"""Scenarios through `billing simulate FILE --json`, every amount worked out on paper from the rules of the field."""

from __future__ import annotations

import re
from calendar import monthrange
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.cli.program import program
from tests.adapters.cli.simulating import Simulator, half_up, lines, part, scenario

MONTHLY = 'code: monthly, kind: recurring, price: "310"'
OWN = 'code: monthly, kind: recurring, price: "310", align: own'
ARREARS = 'code: monthly, kind: recurring, price: "310", in: arrears'
JUNE = 'code: monthly, kind: recurring, price: "300"'
TIERS = 'tiers: [{up_to: "10", unit: "10", flat: "2"}, {unit: "5", flat: "3"}]'

FIXED_FORMAT = """
currency: EUR
tariffs:
  - code: net-100
    components:
      - {code: monthly, kind: recurring, price: "249.95", every: "1 month",   # day, week, month, year; also "30 days"
         align: account,            # account | own
         in: advance,               # advance | arrears
         proration: whole,          # whole | sliced | fixed-30 | none
         first_stub: prorate, last_stub: prorate, vat: "0"}
      - {code: install, kind: one-off, price: "100", vat: "0"}
      - {code: data, kind: usage, in: arrears, every: "1 month", model: graduated, vat: "0",
         tiers: [{up_to: "10", unit: "10", flat: "2"}, {unit: "5", flat: "3"}]}
  - code: net-200
    components:
      - {code: monthly, kind: recurring, price: "349.95", every: "1 month"}
accounts:
  - code: A1
    billing_day: 31                 # 1..31 or last
    plan: postpaid                  # postpaid | prepaid
    subscriptions:
      - code: S1
        tariff: net-100
        quantity: "1"
        timeline:
          - {on: 2017-01-31, do: activate}
          - {on: 2017-05-04, do: change-tariff, tariff: net-200, recorded: 2017-06-02}   # recorded: when we learnt it
        usage:
          - {on: 2017-02-11, component: data, quantity: "12"}
    payments: [{on: 2017-03-01, amount: "100"}]
runs: [2017-02-28, 2017-03-31, 2017-04-30, 2017-05-31, 2017-06-30]
"""


@pytest.fixture
def simulate(tmp_path: Path) -> Simulator:
    return Simulator(tmp_path)


# --- the format


def test_a_year_of_the_31st_with_usage_a_payment_and_a_change_that_is_learnt_late(simulate: Simulator):
    played = simulate(FIXED_FORMAT)

    assert played.lines("2017-02-28", "A1") == lines(
        "monthly 2017-01-31 2017-02-28 249.95",
        "monthly 2017-02-28 2017-03-31 249.95",
        "data 2017-01-31 2017-02-28 115.00",  # 10 x 10 + 2, 2 x 5 + 3
        "install 2017-01-31 2017-02-01 100.00",
    )
    assert played.lines("2017-03-31", "A1") == lines("monthly 2017-03-31 2017-04-30 249.95")
    assert played.lines("2017-04-30", "A1") == lines("monthly 2017-04-30 2017-05-31 249.95")
    assert played.lines("2017-05-31", "A1") == lines("monthly 2017-05-31 2017-06-30 249.95")
    assert played.lines("2017-06-30", "A1") == lines(
        f"monthly 2017-05-04 2017-05-31 -{part('249.95', 27, 31)}",
        f"monthly 2017-05-04 2017-05-31 {part('349.95', 27, 31)}",
        "monthly 2017-05-31 2017-06-30 -249.95",
        "monthly 2017-05-31 2017-06-30 349.95",
        "monthly 2017-06-30 2017-07-31 349.95",
    )
    assert played.balances("A1") == ["-714.90", "-864.85", "-1114.80", "-1364.75", "-1901.80"]
    credit = played.account("2017-06-30", "A1")["charges"][0]
    assert credit["corrects"]["from"] == "2017-04-30" and credit["corrects"]["to"] == "2017-05-31"
    assert credit["corrects"]["amount"] == "249.95"


def test_the_keys_of_the_answer(simulate: Simulator):
    played = simulate(FIXED_FORMAT)

    assert played.runs[0].keys() >= {"on", "accounts"}
    account = played.account("2017-02-28", "A1")
    assert account.keys() >= {"charges", "invoices", "balance", "state"}
    assert account["state"] == {"S1": "active"}
    for charge in account["charges"]:
        assert charge.keys() >= {"subscription", "component", "from", "to", "amount", "corrects", "explanation"}
        assert charge["corrects"] is None and charge["explanation"]
    (invoice,) = account["invoices"]
    assert (invoice["net"], invoice["vat"], invoice["gross"], len(invoice["lines"])) == ("714.90", "0.00", "714.90", 4)


# --- grids that do not drift


def test_the_31st_is_the_last_day_of_every_month_for_ten_years(simulate: Simulator):
    ends = [f"{year}-{month:02}-{monthrange(year, month)[1]}" for year in range(2017, 2027) for month in range(1, 13)]

    for day in ("31", "last"):
        played = simulate.bill(MONTHLY, [f"on: {ends[0]}, do: activate"], ends[:-1], account=f"billing_day: {day}")

        expected = [f"monthly {start} {end} 310.00" for start, end in pairwise(ends)]
        assert played.all_lines() == lines(*expected)


def test_a_subscriptions_own_grid_comes_back_to_its_day_after_february(simulate: Simulator):
    for since, boundaries in {
        "2024-01-31": "2024-01-31 2024-02-29 2024-03-31 2024-04-30 2024-05-31",
        "2023-01-30": "2023-01-30 2023-02-28 2023-03-30 2023-04-30 2023-05-30",
        "2023-12-29": "2023-12-29 2024-01-29 2024-02-29 2024-03-29 2024-04-29",
    }.items():
        days = boundaries.split()
        played = simulate.bill(OWN, [f"on: {since}, do: activate"], days[-2])
        expected = [f"monthly {start} {end} 310.00" for start, end in pairwise(days)]
        assert played.all_lines() == lines(*expected), since


@pytest.mark.parametrize(
    ("every", "since", "run", "boundaries"),
    [
        ("1 year", "2024-02-29", "2028-02-28", "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29"),
        ("2 years", "2024-02-29", "2027-12-31", "2024-02-29 2026-02-28 2028-02-29"),
        ("3 months", "2023-11-30", "2024-06-01", "2023-11-30 2024-02-29 2024-05-30 2024-08-30"),
        ("1 week", "2024-02-26", "2024-03-11", "2024-02-26 2024-03-04 2024-03-11 2024-03-18"),
        ("2 weeks", "2024-12-30", "2025-01-13", "2024-12-30 2025-01-13 2025-01-27"),
        ("1 day", "2024-02-28", "2024-03-01", "2024-02-28 2024-02-29 2024-03-01 2024-03-02"),
        ("30 days", "2024-01-31", "2024-03-31", "2024-01-31 2024-03-01 2024-03-31 2024-04-30"),
        ("month", "2024-12-31", "2025-02-28", "2024-12-31 2025-01-31 2025-02-28 2025-03-31"),
    ],
)
def test_periods_of_every_length_on_the_subscriptions_own_grid(
    simulate: Simulator, every: str, since: str, run: str, boundaries: str
):
    days = boundaries.split()
    expected = lines(*(f"fee {start} {end} 70.00" for start, end in pairwise(days)))
    fee = f'code: fee, kind: recurring, price: "70", align: own, every: {every}'

    assert simulate.bill(fee, [f"on: {since}, do: activate"], run).all_lines() == expected
    in_arrears = simulate.bill(f"{fee}, in: arrears", [f"on: {since}, do: activate"], days[-1])
    assert in_arrears.all_lines() == expected


def test_longer_periods_on_the_accounts_billing_day_begin_with_the_first_one_after_activation(simulate: Simulator):
    quarter = 'code: fee, kind: recurring, price: "910", every: 3 months'
    played = simulate.bill(quarter, ["on: 2024-03-15, do: activate"], "2024-04-01")
    assert played.all_lines() == lines(
        f"fee 2024-03-15 2024-04-01 {part('910', 17, 91)}",  # 1 January to 1 April has 91 days
        "fee 2024-04-01 2024-07-01 910.00",
    )

    year = 'code: fee, kind: recurring, price: "366", every: 1 year'
    played = simulate.bill(year, ["on: 2024-03-01, do: activate"], "2025-03-15", account="billing_day: 15")
    assert played.all_lines() == lines(
        "fee 2024-03-01 2024-03-15 14.00",  # 15 March 2023 to 15 March 2024 has 366 days
        "fee 2024-03-15 2025-03-15 366.00",
        "fee 2025-03-15 2026-03-15 366.00",
    )


def test_a_fixed_anchor_is_the_same_for_every_subscription(simulate: Simulator):
    fee = 'code: fee, kind: recurring, price: "91", every: 3 months, anchor: 2024-01-01'
    played = simulate.bill(fee, ["on: 2024-03-22, do: activate"], "2024-04-01", account="billing_day: 20")
    assert played.all_lines() == lines("fee 2024-03-22 2024-04-01 10.00", "fee 2024-04-01 2024-07-01 91.00")


def test_another_billing_day_cuts_the_period_that_runs(simulate: Simulator):
    played = simulate.bill(
        MONTHLY,
        ["on: 2024-03-01, do: activate"],
        ["2024-03-05", "2024-03-10", "2024-03-20"],
        account="billing_days: [{on: 2024-03-10, day: 20}]",
    )
    assert played.lines("2024-03-05") == lines("monthly 2024-03-01 2024-04-01 310.00")
    assert played.lines("2024-03-10") == lines(f"monthly 2024-03-20 2024-04-01 -{part('310', 12, 31)}")
    assert played.lines("2024-03-20") == lines("monthly 2024-03-20 2024-04-20 310.00")


# --- when what is due


def test_in_advance_a_run_bills_what_begins_up_to_and_on_its_day_and_in_arrears_what_has_ended(simulate: Simulator):
    runs = ["2024-01-31", "2024-02-01", "2024-02-29", "2024-03-01"]
    activated = ["on: 2024-01-15, do: activate"]

    advance = simulate.bill(MONTHLY, activated, runs)
    assert [len(advance.lines(on)) for on in runs] == [1, 1, 0, 1]
    arrears = simulate.bill(ARREARS, activated, runs)
    assert [len(arrears.lines(on)) for on in runs] == [0, 1, 0, 1]
    assert arrears.lines("2024-02-01") == lines(f"monthly 2024-01-15 2024-02-01 {part('310', 17, 31)}")
    assert arrears.balances() == ["0.00", "-170.00", "-170.00", "-480.00"]


def test_in_arrears_a_termination_makes_the_rest_due_at_once(simulate: Simulator):
    timeline = ["on: 2024-03-01, do: activate", "on: 2024-03-11, do: terminate"]
    played = simulate.bill(ARREARS, timeline, ["2024-03-10", "2024-03-11", "2024-04-30"])
    assert played.lines("2024-03-10") == []
    assert played.lines("2024-03-11") == lines("monthly 2024-03-01 2024-03-11 100.00")
    assert played.lines("2024-04-30") == []
    assert played.states() == ["active", "terminated", "terminated"]


def test_a_run_after_a_run_posts_nothing(simulate: Simulator):
    played = simulate.bill(MONTHLY, ["on: 2024-01-15, do: activate"], ["2024-02-01", "2024-02-01", "2024-02-01"])
    assert [len(run["accounts"]["A"]["charges"]) for run in played.runs] == [2, 0, 0]
    assert [len(run["accounts"]["A"]["invoices"]) for run in played.runs] == [1, 0, 0]


def test_a_service_that_begins_later_is_pending(simulate: Simulator):
    timeline = ["on: 2024-03-11, do: activate, recorded: 2024-01-20"]
    played = simulate.bill(MONTHLY, timeline, ["2024-01-31", "2024-03-10", "2024-03-11"])
    assert played.states() == ["pending", "pending", "active"]
    assert played.all_lines() == lines(f"monthly 2024-03-11 2024-04-01 {part('310', 21, 31)}")


# --- stubs


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("prorate", ["monthly 2024-03-15 2024-04-01 170.00", "monthly 2024-04-01 2024-05-01 310.00"]),
        ("full", ["monthly 2024-03-15 2024-04-01 310.00", "monthly 2024-04-01 2024-05-01 310.00"]),
        ("free", ["monthly 2024-04-01 2024-05-01 310.00"]),
        ("join", ["monthly 2024-03-15 2024-05-01 480.00"]),
    ],
)
def test_first_stubs(simulate: Simulator, policy: str, expected: list[str]):
    for charged_in, last_run in (("advance", "2024-04-01"), ("arrears", "2024-05-01")):
        fee = f"{MONTHLY}, in: {charged_in}, first_stub: {policy}"
        played = simulate.bill(fee, ["on: 2024-03-15, do: activate"], ["2024-03-15", last_run])
        assert played.all_lines() == lines(*expected), charged_in
        due_at_once = charged_in == "advance" and policy in ("prorate", "full")
        assert len(played.lines("2024-03-15")) == int(due_at_once)


def test_a_joined_stub_that_is_not_prorated_is_one_period_with_the_next(simulate: Simulator):
    timeline = ["on: 2024-03-15, do: activate", "on: 2024-04-20, do: change-quantity, quantity: 1"]
    played = simulate.bill(f"{MONTHLY}, first_stub: join, proration: none", timeline, ["2024-04-01", "2024-04-20"])
    assert played.lines("2024-04-01") == lines("monthly 2024-03-15 2024-05-01 310.00")
    assert played.lines("2024-04-20") == []


@pytest.mark.parametrize("mode", ["whole", "sliced", "fixed-30"])
def test_of_a_stub_charged_in_full_some_days_cost_their_part_of_it(simulate: Simulator, mode: str):
    fee = f'code: fee, kind: recurring, price: "300", every: 1 year, first_stub: full, proration: {mode}'
    timeline = ["on: 2024-01-06, do: activate", "on: 2024-01-09, do: hold"]
    played = simulate.bill(fee, timeline, "2024-01-09", account="billing_day: 15")
    assert played.all_lines() == lines("fee 2024-01-06 2024-01-09 100.00")  # 3 of the 9 days of the stub
    assert "3/9 days of the first stub" in played.explanations("2024-01-09")[0]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("prorate", ["monthly 2024-03-15 2024-03-20 50.00"]),
        ("full", ["monthly 2024-03-15 2024-04-01 170.00"]),
        ("none", []),
    ],
)
@pytest.mark.parametrize("charged_in", ["advance", "arrears"])
def test_a_first_stub_is_not_joined_to_a_period_that_never_begins(
    simulate: Simulator, policy: str, expected: list[str], charged_in: str
):
    fee = f"{MONTHLY}, in: {charged_in}, first_stub: join, last_stub: {policy}"
    timeline = ["on: 2024-03-15, do: activate", "on: 2024-03-20, do: terminate"]
    played = simulate.bill(fee, timeline, ["2024-03-15", "2024-03-20", "2024-05-31"])
    assert played.lines("2024-03-20") == played.all_lines() == lines(*expected)


def test_an_activation_on_the_billing_day_has_no_stub(simulate: Simulator):
    for policy in ("prorate", "full", "free", "join"):
        played = simulate.bill(f"{MONTHLY}, first_stub: {policy}", ["on: 2024-03-01, do: activate"], "2024-03-31")
        assert played.all_lines() == lines("monthly 2024-03-01 2024-04-01 310.00"), policy


@pytest.mark.parametrize(
    ("policy", "known", "learnt_late"),
    [
        ("prorate", ["monthly 2024-05-01 2024-05-11 100.00"], ["monthly 2024-05-11 2024-06-01 -210.00"]),
        ("full", ["monthly 2024-05-01 2024-06-01 310.00"], []),
        ("none", [], ["monthly 2024-05-01 2024-06-01 -310.00"]),
    ],
)
def test_last_stubs_before_and_after_they_were_billed(
    simulate: Simulator, policy: str, known: list[str], learnt_late: list[str]
):
    fee = f"{MONTHLY}, last_stub: {policy}"
    activated = "on: 2024-05-01, do: activate"

    played = simulate.bill(fee, [activated, "on: 2024-05-11, do: terminate, recorded: 2024-05-01"], "2024-05-31")
    assert played.all_lines() == lines(*known)
    played = simulate.bill(fee, [activated, "on: 2024-05-11, do: terminate"], ["2024-05-01", "2024-05-31"])
    assert played.lines("2024-05-01") == lines("monthly 2024-05-01 2024-06-01 310.00")
    assert played.lines("2024-05-31") == lines(*learnt_late)
    in_arrears = simulate.bill(f"{fee}, in: arrears", [activated, "on: 2024-05-11, do: terminate"], "2024-05-31")
    assert in_arrears.all_lines() == lines(*known)


# --- proration


@pytest.mark.parametrize(
    ("mode", "billing_day", "since", "to_on", "amount"),
    [
        ("whole", 1, "2024-03-15", "2024-04-01", "246.77"),  # 17/31
        ("whole", 10, "2024-03-15", "2024-04-10", "377.42"),  # 26/31 of [10 March, 10 April)
        ("sliced", 1, "2024-03-15", "2024-04-01", "246.77"),  # 17/31
        ("sliced", 10, "2024-03-15", "2024-04-10", "381.77"),  # 17/31 + 9/30
        ("fixed-30", 1, "2024-03-15", "2024-04-01", "240.00"),  # 16/30
        ("fixed-30", 1, "2024-03-31", "2024-04-01", "15.00"),  # the 31st counts as the 30th
        ("fixed-30", 1, "2023-02-10", "2023-03-01", "315.00"),  # 21/30: 30 days in February, too
        ("none", 1, "2024-03-15", "2024-04-01", "450.00"),
    ],
)
def test_proration_modes(simulate: Simulator, mode: str, billing_day: int, since: str, to_on: str, amount: str):
    fee = f'code: fee, kind: recurring, price: "450", proration: {mode}'
    played = simulate.bill(fee, [f"on: {since}, do: activate"], since, account=f"billing_day: {billing_day}")
    assert played.all_lines() == lines(f"fee {since} {to_on} {amount}")


def test_a_long_first_stub_that_spans_months_is_sliced_at_their_ends(simulate: Simulator):
    # [10 Jan, 10 Apr): active from 20 February 2024: 10/29 of February, March, 9/30 of April, of three months.
    fee = 'code: fee, kind: recurring, price: "300", every: 3 months, anchor: 2024-01-10, proration: sliced'
    played = simulate.bill(fee, ["on: 2024-02-20, do: activate"], "2024-02-20")
    months = Fraction(10, 29) + 1 + Fraction(9, 30)
    assert played.all_lines() == lines(f"fee 2024-02-20 2024-04-10 {half_up(300 * months / 3)}")
    assert "sliced" in played.explanations("2024-02-20")[0]


def test_the_parts_of_a_period_cut_in_every_mode_sum_to_the_period(simulate: Simulator):
    for mode in ("whole", "sliced", "fixed-30"):
        fee = f'code: fee, kind: recurring, price: "100", proration: {mode}'
        cuts = [f"on: 2024-03-{day:02}, do: change-quantity, quantity: {1 + day % 2}" for day in (3, 8, 15, 22, 31)]
        same = [f"on: 2024-03-{day:02}, do: change-quantity, quantity: 1" for day in (3, 8, 15, 22, 31)]
        played = simulate.bill(fee, ["on: 2024-03-01, do: activate", *same], "2024-03-31")
        assert sum(Fraction(line.amount) for line in played.all_lines()) == 100, mode
        played = simulate.bill(fee, ["on: 2024-03-01, do: activate", *cuts, *same], "2024-03-31")
        assert sum(Fraction(line.amount) for line in played.all_lines()) == 100, mode


def test_a_hold_touches_no_day_before_it_in_whatever_mode(simulate: Simulator):
    """17/31 + 14/28 are the whole of 15 January to 15 February, sliced; 30 days in the other mode."""
    whole = Fraction(17, 31) + Fraction(14, 28)
    kept = half_up(400 * (Fraction(1, 31) + Fraction(7, 28)) / whole)
    for mode, before, after, credit in (
        ("sliced", half_up(200 * Fraction(16, 31) / whole), "203.08", half_up(Fraction("203.08") - Fraction(kept))),
        ("fixed-30", "100.00", "200.00", "93.33"),
    ):
        fee = f'code: fee, kind: recurring, price: "200", proration: {mode}'
        timeline = [
            "on: 2026-01-15, do: activate", "on: 2026-01-31, do: change-quantity, quantity: 2, recorded: 2026-01-15",
            "on: 2026-02-08, do: hold",
        ]  # fmt: skip
        played = simulate.bill(fee, timeline, ["2026-01-15", "2026-02-08"], account="billing_day: 15")
        assert played.lines("2026-01-15") == lines(
            f"fee 2026-01-15 2026-01-31 {before}", f"fee 2026-01-31 2026-02-15 {after}"
        )
        assert played.lines("2026-02-08") == lines(f"fee 2026-02-08 2026-02-15 -{credit}"), mode


def test_what_a_stub_leaves_of_a_period_is_credited_and_said(simulate: Simulator):
    fee = 'code: fee, kind: recurring, price: "1000", proration: sliced'
    timeline = ["on: 2024-01-20, do: activate", "on: 2024-02-05, do: terminate"]
    played = simulate.bill(fee, timeline, ["2024-01-20", "2024-02-05"], account="billing_day: 20")
    stays = half_up(1000 * (Fraction(12, 31) + Fraction(4, 29)))
    assert stays == "525.03"
    assert played.lines("2024-02-05") == lines("fee 2024-02-05 2024-02-20 -474.97")
    assert played.explanations("2024-02-05") == ["credit: 1000.00 EUR charged, 525.03 EUR stays, price list net"]


# --- changes


@pytest.mark.parametrize("recorded", ["2024-06-01", "2024-06-11"])
def test_quantity_before_and_after_the_period_was_billed(simulate: Simulator, recorded: str):
    timeline = [
        "on: 2024-06-01, do: activate",
        f"on: 2024-06-11, do: change-quantity, quantity: 3, recorded: {recorded}",
    ]
    played = simulate.bill(JUNE, timeline, ["2024-06-01", "2024-06-30", "2024-07-01"])

    before, after = played.lines("2024-06-01"), played.lines("2024-06-30")
    if recorded == "2024-06-01":
        assert before == lines("monthly 2024-06-01 2024-06-11 100.00", "monthly 2024-06-11 2024-07-01 600.00")
        assert after == []
    else:
        assert before == lines("monthly 2024-06-01 2024-07-01 300.00")
        assert after == lines("monthly 2024-06-11 2024-07-01 -200.00", "monthly 2024-06-11 2024-07-01 600.00")
    assert played.lines("2024-07-01") == lines("monthly 2024-07-01 2024-08-01 900.00")
    assert played.balances() == [
        before and ("-700.00" if recorded == "2024-06-01" else "-300.00"),
        "-700.00",
        "-1600.00",
    ]


def test_a_fee_for_the_subscription_is_the_same_for_any_quantity(simulate: Simulator):
    timeline = ["on: 2024-06-01, do: activate", "on: 2024-06-11, do: change-quantity, quantity: 3"]
    played = simulate.bill(f"{JUNE}, per: subscription", timeline, ["2024-06-01", "2024-07-01"])
    assert played.all_lines() == lines("monthly 2024-06-01 2024-07-01 300.00", "monthly 2024-07-01 2024-08-01 300.00")


def test_300_moved_to_500_in_the_middle_of_june(simulate: Simulator):
    activated = "on: 2024-06-01, do: activate"
    for change in ("change-tariff, tariff: big", 'change-price, price: "500"'):
        played = simulate.bill(
            JUNE,
            [activated, f"on: 2024-06-11, do: {change}"],
            ["2024-06-01", "2024-06-30"],
            others='big: code: monthly, kind: recurring, price: "500"',
        )
        assert played.lines("2024-06-30") == lines(
            "monthly 2024-06-11 2024-07-01 -200.00", "monthly 2024-06-11 2024-07-01 333.33"
        )
        documents = played.account("2024-06-30")["invoices"]
        assert [(document["kind"], document["gross"]) for document in documents] == [
            ("credit-note", "-200.00"), ("invoice", "333.33"),
        ]  # fmt: skip


def test_what_costs_the_same_in_the_new_tariff_is_neither_credited_nor_charged_again(simulate: Simulator):
    timeline = [
        "on: 2024-06-01, do: activate", "on: 2024-06-11, do: change-tariff, tariff: both",
        "on: 2024-06-21, do: hold", "on: 2024-06-26, do: resume",
    ]  # fmt: skip
    text = scenario([JUNE, 'code: install, kind: one-off, price: "50"'], timeline, ["2024-06-01", "2024-06-30"])
    both = f"""  - code: both
    components: [{{{JUNE}}}, {{code: tv, kind: recurring, price: "30"}}, {{code: install, kind: one-off, price: "50"}}]
accounts:"""
    played = simulate(text.replace("accounts:", both, 1))
    assert played.lines("2024-06-30") == lines(
        "monthly 2024-06-21 2024-06-26 -50.00", "tv 2024-06-11 2024-06-21 10.00", "tv 2024-06-26 2024-07-01 5.00"
    )
    at_once = simulate(text.replace("accounts:", both, 1).replace("2024-06-01, 2024-06-30]", "2024-06-30]"))
    assert at_once.balances()[-1] == played.balances()[-1] == "-315.00"


@pytest.mark.parametrize("on", ["2024-06-01", "2024-06-11"])
def test_usage_and_discounts_alike_in_both_tariffs_stand_as_well(simulate: Simulator, on: str):
    fees = [
        JUNE, 'code: tenth, kind: discount, on: [monthly], percent: "10"',
        'code: data, kind: usage, model: package, size: 1, price: "1", free: 5',
    ]  # fmt: skip
    timeline = ["on: 2024-06-01, do: activate", f"on: {on}, do: change-tariff, tariff: same, recorded: 2024-07-05"]
    usage = ", ".join(f"{{on: 2024-06-{day}, component: data, quantity: 4}}" for day in ("05", "15"))
    text = scenario(fees, timeline, ["2024-06-01", "2024-07-01", "2024-07-05"], usage=usage)
    same = "  - code: same\n    components:\n" + "".join(f"      - {{{fee}}}\n" for fee in fees)
    played = simulate(text.replace("accounts:", f"{same}accounts:", 1))
    assert played.lines("2024-07-01") == lines(
        "monthly 2024-07-01 2024-08-01 300.00", "tenth 2024-07-01 2024-08-01 -30.00",
        "data 2024-06-01 2024-07-01 3.00",
    )  # fmt: skip
    assert played.lines("2024-07-05") == []


@pytest.mark.parametrize("rule", ["last_stub: full", "first_stub: free", "in: arrears", "proration: sliced"])
def test_a_change_to_a_tariff_with_another_rule_credits_no_more_than_its_days(simulate: Simulator, rule: str):
    timeline = ["on: 2024-06-01, do: activate", "on: 2024-06-11, do: change-tariff, tariff: big"]
    big = f'big: code: monthly, kind: recurring, price: "600", {rule}'
    played = simulate.bill(JUNE, timeline, ["2024-06-01", "2024-06-30", "2024-07-01"], others=big)
    assert played.lines("2024-06-30") + played.lines("2024-07-01") == lines(
        "monthly 2024-06-11 2024-07-01 -200.00", "monthly 2024-06-11 2024-07-01 400.00"
    ) + ([] if rule == "in: arrears" else lines("monthly 2024-07-01 2024-08-01 600.00"))


def test_a_fee_that_is_not_prorated_covers_no_day_of_the_tariff_between(simulate: Simulator):
    timeline = [
        "on: 2024-06-01, do: activate", "on: 2024-06-11, do: change-tariff, tariff: big",
        "on: 2024-06-21, do: change-tariff, tariff: net",
    ]  # fmt: skip
    big = 'big: code: monthly, kind: recurring, price: "600", last_stub: full'
    played = simulate.bill(f"{JUNE}, proration: none", timeline, ["2024-06-01", "2024-06-30"], others=big)
    assert played.lines("2024-06-01") == lines("monthly 2024-06-01 2024-07-01 300.00")
    in_the_end = simulate.bill(f"{JUNE}, proration: none", timeline, "2024-06-30", others=big)
    assert in_the_end.all_lines() == lines(
        "monthly 2024-06-01 2024-06-11 300.00", "monthly 2024-06-11 2024-06-21 200.00"
    )
    assert played.balances()[-1] == in_the_end.balances()[-1] == "-500.00"


def test_a_price_list_that_changes_in_the_middle_of_a_period(simulate: Simulator):
    prices = '[{price: "300", from: 2020-01-01, to: 2024-06-11}, {price: "500", from: 2024-06-11}]'
    fee = f"code: m, kind: recurring, prices: {prices}"
    played = simulate.bill(fee, ["on: 2024-06-01, do: activate"], ["2024-06-01", "2024-07-01"])
    assert played.lines("2024-06-01") == lines("m 2024-06-01 2024-06-11 100.00", "m 2024-06-11 2024-07-01 333.33")
    assert played.lines("2024-07-01") == lines("m 2024-07-01 2024-08-01 500.00")


def test_an_agreed_price_holds_until_its_day_and_then_the_list_again(simulate: Simulator):
    timeline = ['on: 2024-06-01, do: activate, prices: {monthly: "150"}, until: 2024-07-11']
    played = simulate.bill(MONTHLY, timeline, ["2024-06-01", "2024-07-01", "2024-08-01"])
    assert played.all_lines() == lines(
        "monthly 2024-06-01 2024-07-01 150.00",
        f"monthly 2024-07-01 2024-07-11 {part('150', 10, 31)}",
        "monthly 2024-07-11 2024-08-01 210.00",
        "monthly 2024-08-01 2024-09-01 310.00",
    )


def test_a_customer_class_has_prices_of_its_own(simulate: Simulator):
    fee = 'code: m, kind: recurring, prices: [{price: "30"}, {price: "20", class: student}]'
    text_of = {"": "30.00", "student": "20.00", "pensioner": "30.00"}
    for customer_class, amount in text_of.items():
        tariff = "tariff: net\n        customer_class: " + customer_class if customer_class else "tariff: net"
        text = FIXED_FORMAT_SMALL.replace("tariff: net", tariff).replace("FEE", fee)
        assert simulate(text).all_lines() == lines(f"m 2024-06-01 2024-07-01 {amount}")


FIXED_FORMAT_SMALL = """
currency: EUR
tariffs: [{code: net, components: [{FEE}]}]
accounts:
  - code: A
    subscriptions:
      - code: S
        tariff: net
        timeline: [{on: 2024-06-01, do: activate}]
runs: [2024-06-01]
"""


def test_repeated_hold_and_resume_keep_the_grid_and_credit_the_gaps(simulate: Simulator):
    timeline = [
        "on: 2024-01-10, do: activate", "on: 2024-01-15, do: hold", "on: 2024-01-20, do: resume",
        "on: 2024-01-25, do: hold", "on: 2024-02-12, do: resume",
    ]  # fmt: skip
    runs = ["2024-01-10", "2024-01-15", "2024-01-20", "2024-01-25", "2024-02-10", "2024-02-12", "2024-03-10"]
    played = simulate.bill(OWN, timeline, runs)

    assert played.lines("2024-01-10") == lines("monthly 2024-01-10 2024-02-10 310.00")
    assert played.lines("2024-01-15") == lines("monthly 2024-01-15 2024-02-10 -260.00")
    assert played.lines("2024-01-20") == lines("monthly 2024-01-20 2024-02-10 210.00")
    assert played.lines("2024-01-25") == lines("monthly 2024-01-25 2024-02-10 -160.00")
    assert played.lines("2024-02-10") == []
    assert played.lines("2024-02-12") == lines(f"monthly 2024-02-12 2024-03-10 {part('310', 27, 29)}")
    assert played.lines("2024-03-10") == lines("monthly 2024-03-10 2024-04-10 310.00")
    assert played.states() == ["active", "held", "active", "held", "held", "active", "active"]
    at_once = simulate.bill(OWN, timeline, "2024-03-10")
    assert at_once.all_lines() == lines(
        "monthly 2024-01-10 2024-01-15 50.00",
        "monthly 2024-01-20 2024-01-25 50.00",
        f"monthly 2024-02-12 2024-03-10 {part('310', 27, 29)}",
        "monthly 2024-03-10 2024-04-10 310.00",
    )
    assert at_once.balances()[-1] == played.balances()[-1]


def test_a_hold_that_ends_by_itself_keeps_to_the_terms_of_the_tariff(simulate: Simulator):
    timeline = ["on: 2024-01-01, do: activate", "on: 2024-01-11, do: hold, until: 2024-01-21, charge_percent: 10"]
    text = scenario(MONTHLY, timeline, ["2024-01-15", "2024-01-21"])
    played = simulate(text)
    assert played.states() == ["held", "active"]
    assert played.balances() == ["-220.00", "-220.00"]  # 20 days, and 10 % of 10 days

    terms = text.replace("code: net\n", "code: net\n    hold: {least_days: 14, most_days: 60}\n")
    assert "is 10 days; tariff net asks for at least 14" in simulate.refusal(terms)


@pytest.mark.parametrize(
    ("suspension", "percent"),
    [
        ('reason: operator, charge_percent: "50"', 50),
        ("reason: operator", 0),
        ("reason: non-payment", 100),
        ('reason: holidays, charge_percent: "12.5"', Fraction("12.5")),
    ],
)
def test_a_suspension_goes_on_charging_what_its_reason_or_its_percentage_says(
    simulate: Simulator, suspension: str, percent: Fraction
):
    timeline = [
        "on: 2024-01-01, do: activate",
        f"on: 2024-01-11, do: suspend, {suspension}",
        "on: 2024-01-21, do: resume",
    ]
    played = simulate.bill(MONTHLY, timeline, "2024-01-31")

    suspended = Fraction(310) * 10 / 31 * percent / 100
    assert sum(Fraction(line.amount) for line in played.all_lines()) == 210 + suspended
    assert played.balances() == [half_up(-210 - suspended)]
    late = simulate.bill(MONTHLY, timeline, ["2024-01-01", "2024-01-11", "2024-01-21"])
    assert late.balances()[-1] == played.balances()[-1]
    assert late.states() == ["active", "suspended", "active"]


def test_a_change_and_its_counter_change_on_one_day_restore_the_total(simulate: Simulator):
    big = 'big: code: monthly, kind: recurring, price: "620"'
    timeline = [
        "on: 2024-01-01, do: activate",
        "on: 2024-01-11, do: change-tariff, tariff: big, recorded: 2024-02-10",
        "on: 2024-01-11, do: change-tariff, tariff: net, recorded: 2024-03-10",
    ]
    played = simulate.bill(MONTHLY, timeline, ["2024-01-31", "2024-02-29", "2024-03-31"], others=big)
    assert played.balances() == ["-310.00", "-1140.00", "-930.00"]

    on_the_spot = [timeline[0], *(entry.partition(", recorded")[0] for entry in timeline[1:])]
    played = simulate.bill(MONTHLY, on_the_spot, ["2024-01-01", "2024-01-31", "2024-03-31"], others=big)
    assert played.lines("2024-01-31") == []
    assert played.balances() == ["-310.00", "-310.00", "-930.00"]


def test_a_cancelled_change_restores_the_total(simulate: Simulator):
    timeline = [
        "on: 2024-01-01, do: activate",
        "on: 2024-01-11, do: change-quantity, quantity: 2",
        "on: 2024-01-11, do: cancel, change: change-quantity, recorded: 2024-02-20",
    ]
    played = simulate.bill(MONTHLY, timeline, ["2024-01-01", "2024-01-31", "2024-02-29"])
    assert played.balances() == ["-310.00", "-520.00", "-620.00"]


def test_a_termination_learnt_two_months_late_credits_what_was_billed_since(simulate: Simulator):
    timeline = ["on: 2024-01-01, do: activate", "on: 2024-02-11, do: terminate, recorded: 2024-04-10"]
    played = simulate.bill(MONTHLY, timeline, ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01", "2024-04-30"])
    assert played.lines("2024-04-30") == lines(
        f"monthly 2024-02-11 2024-03-01 -{part('310', 19, 29)}",
        "monthly 2024-03-01 2024-04-01 -310.00",
        "monthly 2024-04-01 2024-05-01 -310.00",
    )
    notes = played.account("2024-04-30")["invoices"]
    assert {note["kind"] for note in notes} == {"credit-note"} and len(notes) == 3
    assert played.balances()[-1] == half_up(-310 - Fraction(part("310", 10, 29)))


def test_an_activation_learnt_late_is_charged_from_its_day_with_what_happened_since(simulate: Simulator):
    timeline = [
        "on: 2024-01-15, do: activate, recorded: 2024-03-10",
        "on: 2024-02-11, do: change-quantity, quantity: 2",
    ]
    played = simulate.bill(MONTHLY, timeline, ["2024-02-29", "2024-03-31"])
    assert played.lines("2024-02-29") == []
    assert played.account("2024-02-29")["state"] == {}
    assert played.lines("2024-03-31") == lines(
        "monthly 2024-01-15 2024-02-01 170.00",
        f"monthly 2024-02-01 2024-02-11 {part('310', 10, 29)}",
        f"monthly 2024-02-11 2024-03-01 {part('620', 19, 29)}",
        "monthly 2024-03-01 2024-04-01 620.00",
    )


def test_an_option_is_charged_on_the_days_on_which_it_is_chosen(simulate: Simulator):
    sports = 'code: sports, kind: recurring, price: "31", option: true'
    timeline = [
        "on: 2024-01-01, do: activate", "on: 2024-01-11, do: add-option, option: sports",
        "on: 2024-01-21, do: drop-option, option: sports",
    ]  # fmt: skip
    played = simulate.bill([MONTHLY, sports], timeline, "2024-01-31")
    assert played.all_lines() == lines("monthly 2024-01-01 2024-02-01 310.00", "sports 2024-01-11 2024-01-21 10.00")


# --- fees of other kinds


def test_one_off_fees_on_their_occasions(simulate: Simulator):
    fees = [
        'code: install, kind: one-off, price: "50"',
        'code: reconnection, kind: one-off, price: "9", at: resume',
        'code: router, kind: one-off, price: "240", at: termination, committed_months: 24, falls: true',
    ]
    timeline = [
        "on: 2024-01-31, do: activate", "on: 2024-03-01, do: suspend, reason: abuse", "on: 2024-03-05, do: resume",
        "on: 2024-07-15, do: terminate",
    ]  # fmt: skip
    played = simulate.bill(fees, timeline, ["2024-01-31", "2024-03-04", "2024-03-05", "2024-07-14", "2024-07-15"])
    assert played.lines("2024-01-31") == lines("install 2024-01-31 2024-02-01 50.00")
    assert played.lines("2024-03-04") == []
    assert played.lines("2024-03-05") == lines("reconnection 2024-03-05 2024-03-06 9.00")
    assert played.lines("2024-07-14") == []
    assert played.lines("2024-07-15") == lines("router 2024-07-15 2024-07-16 190.00")  # 5 months are complete: 19/24


def test_instalments_sum_to_the_fee(simulate: Simulator):
    fee = 'code: device, kind: one-off, price: "100", instalments: 3'
    played = simulate.bill(fee, ["on: 2024-01-15, do: activate"], ["2024-01-15", "2024-02-01", "2024-04-01"])
    assert played.all_lines() == lines(
        "device 2024-01-15 2024-01-16 33.34", "device 2024-02-01 2024-02-02 33.33", "device 2024-03-01 2024-03-02 33.33"
    )


def test_phases_are_counted_from_the_first_period(simulate: Simulator):
    fee = f'{MONTHLY}, free_periods: 1, phases: [{{periods: 1, price: "155"}}]'
    played = simulate.bill(fee, ["on: 2024-01-01, do: activate"], "2024-03-01")
    assert played.all_lines() == lines(
        "monthly 2024-01-01 2024-02-01 0.00", "monthly 2024-02-01 2024-03-01 155.00",
        "monthly 2024-03-01 2024-04-01 310.00",
    )  # fmt: skip


def test_a_discount_on_a_fee_that_goes_by_another_rule_for_some_days(simulate: Simulator):
    timeline = [
        "on: 2024-06-01, do: activate", "on: 2024-06-11, do: change-tariff, tariff: big",
        "on: 2024-06-21, do: change-tariff, tariff: net",
    ]  # fmt: skip
    tenth = 'code: tenth, kind: discount, on: [monthly], percent: "10"'
    big = f"""  - code: big
    components: [{{code: monthly, kind: recurring, price: "600", last_stub: full}}, {{{tenth}}}]
accounts:"""
    played = simulate(scenario([JUNE, tenth], timeline, ["2024-06-30"]).replace("accounts:", big))
    assert played.all_lines() == lines(
        "monthly 2024-06-01 2024-06-11 100.00", "monthly 2024-06-21 2024-07-01 100.00",
        "tenth 2024-06-01 2024-07-01 -20.00",
        "monthly 2024-06-11 2024-06-21 200.00", "tenth 2024-06-11 2024-06-21 -20.00",
    )  # fmt: skip


def test_usage_with_a_joined_stub_counts_towards_the_minimum_of_the_period_it_ends_in(simulate: Simulator):
    data = 'code: data, kind: usage, model: unit, price: "300", first_stub: join'
    minimum = 'code: minimum, kind: minimum, price: "31", on: [data], first_stub: join'
    timeline = ["on: 2024-01-06, do: activate", "on: 2024-01-16, do: change-tariff, tariff: committed"]
    for runs in (["2024-02-03", "2024-02-28", "2024-03-01"], ["2024-03-01"]):
        text = scenario(data, timeline, runs, usage="{on: 2024-02-27, component: data, quantity: 2}")
        committed = f"  - {{code: committed, components: [{{{data}}}, {{{minimum}}}]}}\naccounts:"
        played = simulate(text.replace("accounts:", committed, 1))
        assert played.all_lines() == lines(
            "minimum 2024-01-16 2024-02-01 16.00", "data 2024-01-16 2024-03-01 600.00"
        ), runs


def test_discounts_stack_in_their_order_and_hold_for_so_many_billed_periods(simulate: Simulator):
    fees = [
        'code: monthly, kind: recurring, price: "100"',
        'code: first, kind: discount, on: [monthly], percent: "10", billed_periods: 2',
        'code: second, kind: discount, on: [monthly], percent: "20"',
    ]
    played = simulate.bill(fees, ["on: 2024-01-01, do: activate"], ["2024-02-01", "2024-03-01"])
    assert played.lines("2024-02-01") == lines(
        "monthly 2024-01-01 2024-02-01 100.00",
        "first 2024-01-01 2024-02-01 -10.00",
        "second 2024-01-01 2024-02-01 -18.00",
        "monthly 2024-02-01 2024-03-01 100.00",
        "first 2024-02-01 2024-03-01 -10.00",
        "second 2024-02-01 2024-03-01 -18.00",
    )
    assert played.lines("2024-03-01") == lines(
        "monthly 2024-03-01 2024-04-01 100.00", "second 2024-03-01 2024-04-01 -20.00"
    )


def test_a_discount_granted_to_one_subscription_ends_when_it_is_ended(simulate: Simulator):
    timeline = [
        "on: 2024-01-01, do: activate",
        'on: 2024-02-01, do: grant-discount, discount: {code: winter, kind: discount, on: [monthly], percent: "50"}',
        "on: 2024-03-01, do: end-discount, discount: winter",
    ]
    played = simulate.bill(MONTHLY, timeline, ["2024-01-01", "2024-02-01", "2024-03-01"])
    assert played.balances() == ["-310.00", "-465.00", "-775.00"]


def test_a_minimum_is_trued_up_when_the_period_is_over(simulate: Simulator):
    components = [
        'code: data, kind: usage, model: unit, price: "0.10"',
        'code: least, kind: minimum, on: [data], price: "50"',
    ]
    played = simulate.bill(
        components, ["on: 2024-01-01, do: activate"], ["2024-02-01", "2024-03-01"],
        usage='{on: 2024-01-10, component: data, quantity: "312"}, {on: 2024-02-10, component: data, quantity: "700"}',
    )  # fmt: skip
    assert played.lines("2024-02-01") == lines("data 2024-01-01 2024-02-01 31.20", "least 2024-01-01 2024-02-01 18.80")
    assert played.lines("2024-03-01") == lines("data 2024-02-01 2024-03-01 70.00")


# --- usage


@pytest.mark.parametrize(
    ("model", "quantities", "amount"),
    [
        (f"model: graduated, {TIERS}", ["10"], "102.00"),
        (f"model: graduated, {TIERS}", ["10.000001"], "105.00"),  # 105.000005
        (f"model: graduated, {TIERS}", ["4", "8"], "115.00"),
        (f"graduated: {{{TIERS}}}", ["12"], "115.00"),
        (f"model: volume, {TIERS}", ["10"], "102.00"),
        (f"model: volume, {TIERS}", ["12"], "63.00"),
        ("model: package, size: 5, price: 3, free: 1", ["6"], "3.00"),
        ("model: package, size: 5, price: 3, free: 1", ["6", "0.5"], "6.00"),
        ("package: {size: 5, price: 3, free: 1}", ["1"], "0.00"),
        (
            "percentage: {rate: 1.3, per_event: 2, free_events: 3, free_volume: 250}",
            ["50", "100", "250", "400"],
            "11.15",
        ),
        ("model: percentage, rate: 1.5", ["100", "33"], "2.00"),  # 1.995
        ("unit: {price: 0.005}", ["1"], "0.01"),  # a half goes up
        ("model: unit, price: 0.123456", ["100000"], "12345.60"),
    ],
)
def test_usage_models_at_their_boundaries(simulate: Simulator, model: str, quantities: list[str], amount: str):
    usage = ", ".join(
        f'{{on: 2024-01-{day}, component: data, quantity: "{used}"}}' for day, used in enumerate(quantities, 10)
    )
    played = simulate.bill(
        f"code: data, kind: usage, {model}", ["on: 2024-01-01, do: activate"], "2024-02-01", usage=usage
    )
    assert played.all_lines() == lines(f"data 2024-01-01 2024-02-01 {amount}")


def test_usage_belongs_to_the_period_of_its_day_however_late_it_is_learnt(simulate: Simulator):
    played = simulate.bill(
        f"code: data, kind: usage, model: graduated, {TIERS}",
        ["on: 2024-01-01, do: activate"],
        ["2024-01-31", "2024-02-01", "2024-02-15", "2024-03-01"],
        usage="""{on: 2024-01-31, component: data, quantity: "10"}, {on: 2024-02-01, component: data, quantity: "1"},
                 {on: 2024-01-20, component: data, quantity: "2", recorded: 2024-02-10}""",
    )
    assert played.lines("2024-01-31") == []
    assert played.lines("2024-02-01") == lines("data 2024-01-01 2024-02-01 102.00")
    assert played.lines("2024-02-15") == lines("data 2024-01-01 2024-02-01 13.00")  # 115 in all
    assert played.lines("2024-03-01") == lines("data 2024-02-01 2024-03-01 12.00")


def test_included_units_are_carried_over_within_their_limits(simulate: Simulator):
    """10 a month, for 2 months, at most 15: 4, 0, 12 and 30 used leave 7 beyond, at 1.00."""
    played = simulate.bill(
        "code: data, kind: usage, model: unit, price: 1, "
        'allowance: {quantity: "10", carried_periods: 2, most_carried: "15"}',
        ["on: 2024-01-01, do: activate"],
        ["2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01"],
        usage="{on: 2024-01-10, component: data, quantity: 4}, {on: 2024-03-10, component: data, quantity: 12}, "
        "{on: 2024-04-10, component: data, quantity: 30}",
    )
    assert played.all_lines() == lines(
        "data 2024-01-01 2024-02-01 0.00", "data 2024-03-01 2024-04-01 0.00", "data 2024-04-01 2024-05-01 7.00"
    )
    assert played.explanations("2024-05-01") == [
        "used 30: 13 carried over, 10 included, 7 priced; 7 at 1, price list net"
    ]


def test_usage_that_is_withdrawn_is_credited(simulate: Simulator):
    played = simulate.bill(
        "code: data, kind: usage, model: unit, price: 2",
        ["on: 2024-01-01, do: activate"],
        ["2024-02-01", "2024-02-10"],
        usage="{on: 2024-01-10, component: data, quantity: 4}, "
        "{on: 2024-01-11, component: data, quantity: 3, withdrawn: 2024-02-05}",
    )
    assert played.lines("2024-02-01") == lines("data 2024-01-01 2024-02-01 14.00")
    assert played.lines("2024-02-10") == lines("data 2024-01-01 2024-02-01 -6.00")


@pytest.mark.parametrize(("choice", "amount"), [("last-price", "13.00"), ("waive", "10.00")])
def test_usage_that_an_end_leaves_without_a_price_is_charged_at_the_last_one_or_waived(
    simulate: Simulator, choice: str, amount: str
):
    ended = f"on: 2024-01-16, do: terminate, recorded: 2024-01-25, unpriced_usage: {choice}"
    used = "{on: 2024-01-15, component: data, quantity: 10}, {on: 2024-01-20, component: data, quantity: 3}"
    component = "code: data, kind: usage, model: unit, price: 1"
    played = simulate.bill(component, ["on: 2024-01-01, do: activate", ended], "2024-02-01", usage=used)

    assert played.all_lines() == lines(f"data 2024-01-01 2024-01-16 {amount}")
    refused = simulate.refusal(
        scenario(component, ["on: 2024-01-01, do: activate", ended.rpartition(", ")[0]], "2024-02-01", usage=used)
    )
    assert "usage would have no price: 3 of data on 2024-01-20; say unpriced_usage=last-price" in refused


def test_usage_until_the_termination_is_charged_with_it(simulate: Simulator):
    played = simulate.bill(
        "code: data, kind: usage, model: unit, price: 2",
        ["on: 2024-01-01, do: activate", "on: 2024-01-20, do: terminate"],
        ["2024-01-20", "2024-02-01"],
        usage="{on: 2024-01-19, component: data, quantity: 3}, "
        "{on: 2024-01-18, component: data, quantity: 5, recorded: 2024-01-25}",
    )
    assert played.lines("2024-01-20") == lines("data 2024-01-01 2024-01-20 6.00")
    assert played.lines("2024-02-01") == lines("data 2024-01-01 2024-01-20 10.00")


# --- VAT, currencies, documents, balances


def test_vat_is_figured_on_the_sum_of_a_rate(simulate: Simulator):
    fees = [f'code: f{number}, kind: recurring, price: "0.35", vat: "21"' for number in range(3)]
    fees.append('code: book, kind: one-off, price: "10", vat: "10"')
    played = simulate.bill(fees, ["on: 2024-01-01, do: activate"], "2024-01-01")
    (invoice,) = played.account("2024-01-01")["invoices"]
    assert (invoice["net"], invoice["vat"], invoice["gross"]) == ("11.05", "1.22", "12.27")  # 0.2205 -> 0.22, 1.00
    assert played.balances() == ["-12.27"]


def test_prices_with_vat_in_them(simulate: Simulator):
    text = FIXED_FORMAT_SMALL.replace("{code: net,", "{code: net, prices_include_vat: true,").replace(
        "{FEE}",
        '{code: a, kind: recurring, price: "100", vat: "21"}, {code: b, kind: recurring, price: "50", vat: "21"}',
    )
    (invoice,) = simulate(text).account("2024-06-01")["invoices"]
    assert (invoice["net"], invoice["vat"], invoice["gross"]) == ("123.97", "26.03", "150.00")
    assert [line["net"] for line in invoice["lines"]] == ["82.65", "41.32"]


@pytest.mark.parametrize(
    ("currency", "digits", "price"), [("JPY", 0, "1000"), ("KWD", 3, "10"), ("CZK", 2, "450"), ("EUR", 2, "0.000001")]
)
def test_amounts_have_the_digits_of_the_currency(simulate: Simulator, currency: str, digits: int, price: str):
    fee = f'code: fee, kind: recurring, price: "{price}", vat: "10"'
    played = simulate.bill(fee, ["on: 2024-03-15, do: activate"], "2024-04-01", currency=currency)
    stub = part(price, 17, 31, digits)
    assert played.all_lines() == lines(
        f"fee 2024-03-15 2024-04-01 {stub}", f"fee 2024-04-01 2024-05-01 {half_up(Fraction(price), digits)}"
    )
    digits_written = re.compile(r"-?[0-9]+" + (rf"\.[0-9]{{{digits}}}" if digits else ""))
    account = played.account("2024-04-01")
    amounts = [
        account["balance"],
        *(document[key] for document in account["invoices"] for key in ("net", "vat", "gross")),
    ]
    assert all(digits_written.fullmatch(amount) for amount in amounts), amounts


def test_several_accounts_and_subscriptions_are_billed_each_on_its_own(simulate: Simulator):
    played = simulate("""
currency: EUR
tariffs: [{code: net, components: [{code: monthly, kind: recurring, price: "310"}]},
          {code: tv, components: [{code: monthly, kind: recurring, price: "62", vat: "20"}]}]
accounts:
  - code: A
    subscriptions:
      - {code: S, tariff: net, timeline: [{on: 2024-01-01, do: activate}]}
      - {code: T, tariff: tv, quantity: 2, timeline: [{on: 2024-01-16, do: activate}]}
    payments: [{on: 2024-01-20, amount: "400"}]
  - code: B
    billing_day: 16
    subscriptions:
      - {code: S, tariff: tv, timeline: [{on: 2024-01-16, do: activate}]}
runs: [2024-01-31]
""")
    assert played.lines("2024-01-31", "A") == lines(
        "monthly 2024-01-01 2024-02-01 310.00", "monthly 2024-01-16 2024-02-01 64.00"
    )
    assert played.lines("2024-01-31", "B") == lines("monthly 2024-01-16 2024-02-16 62.00")
    assert (played.balances("A"), played.balances("B")) == (["13.20"], ["-74.40"])  # 400 - 310 - 64 - 12.80
    assert played.account("2024-01-31", "A")["state"] == {"S": "active", "T": "active"}


def test_payments_count_from_the_day_on_which_they_are_learnt(simulate: Simulator):
    played = simulate.bill(
        MONTHLY, ["on: 2024-01-01, do: activate"], ["2024-01-01", "2024-01-10", "2024-01-31", "2024-02-01"],
        payments='{on: 2024-01-05, amount: "300"}, {on: 2024-01-06, amount: "20.5", recorded: 2024-01-31}',
    )  # fmt: skip
    assert played.balances() == ["-310.00", "-10.00", "10.50", "-299.50"]


# --- prepaid


PREPAID = "plan: prepaid"


def test_prepaid_is_served_while_the_balance_covers_a_period_to_the_cent(simulate: Simulator):
    for paid, states, balances in (
        ("600", ["active", "active", "suspended"], ["300.00", "0.00", "0.00"]),
        ("599.99", ["active", "suspended", "suspended"], ["299.99", "299.99", "299.99"]),
        ("299.99", ["suspended"] * 3, ["299.99"] * 3),
    ):
        played = simulate.bill(
            JUNE, ["on: 2024-06-01, do: activate"], ["2024-06-01", "2024-07-01", "2024-08-01"], account=PREPAID,
            payments=f'{{on: 2024-06-01, amount: "{paid}"}}',
        )  # fmt: skip
        assert (played.states(), played.balances()) == (states, balances), paid


def test_prepaid_with_vat_is_covered_with_vat(simulate: Simulator):
    for paid, state in (("360", "active"), ("359.99", "suspended")):
        played = simulate.bill(
            f'{JUNE}, vat: "20"', ["on: 2024-06-01, do: activate"], "2024-06-01", account=PREPAID,
            payments=f'{{on: 2024-06-01, amount: "{paid}"}}',
        )  # fmt: skip
        assert played.states() == [state], paid


def test_a_payment_resumes_what_money_suspended_on_the_old_grid_or_on_a_new_one(simulate: Simulator):
    runs = ["2024-06-01", "2024-06-30", "2024-07-01", "2024-07-16"]
    payments = '{on: 2024-06-01, amount: "299.99"}, {on: 2024-06-16, amount: "1000"}'
    timeline = ["on: 2024-06-01, do: activate"]
    fee = f"{JUNE}, align: own"

    old = simulate.bill(fee, timeline, runs, account=PREPAID, payments=payments)
    assert old.all_lines() == lines("monthly 2024-06-16 2024-07-01 150.00", "monthly 2024-07-01 2024-08-01 300.00")
    new = simulate.bill(fee, timeline, runs, account=f"{PREPAID}; resume_on: new-grid", payments=payments)
    assert new.all_lines() == lines("monthly 2024-06-16 2024-07-16 300.00", "monthly 2024-07-16 2024-08-16 300.00")
    assert old.states() == new.states() == ["suspended", "active", "active", "active"]


def test_as_many_days_as_the_money_buys(simulate: Simulator):
    played = simulate.bill(
        JUNE, ["on: 2024-06-01, do: activate"], ["2024-06-01", "2024-06-11", "2024-06-26"],
        account=f"{PREPAID}; covers: days", payments='{on: 2024-06-01, amount: "105"}, {on: 2024-06-25, amount: "55"}',
    )  # fmt: skip
    assert played.lines("2024-06-01") == lines("monthly 2024-06-01 2024-06-11 100.00")
    assert played.states() == ["active", "suspended", "active"]
    assert played.lines("2024-06-26") == lines("monthly 2024-06-25 2024-07-01 60.00")
    assert played.balances() == ["5.00", "5.00", "0.00"]


def test_no_days_are_sold_beyond_the_termination(simulate: Simulator):
    timeline = ["on: 2024-06-01, do: activate", "on: 2024-06-03, do: terminate, recorded: 2024-06-01"]
    played = simulate.bill(
        f"{JUNE}, last_stub: full", timeline, ["2024-06-01", "2024-06-30"], account=f"{PREPAID}; covers: days",
        payments='{on: 2024-06-01, amount: "15"}',
    )  # fmt: skip
    assert played.states() == ["active", "terminated"]
    assert played.balances() == ["5.00", "5.00"]


def test_daily_charging_stops_when_the_money_ends_and_goes_on_when_it_comes(simulate: Simulator):
    played = simulate.bill(
        'code: day, kind: recurring, price: "10", every: 1 day', ["on: 2024-06-01, do: activate"],
        ["2024-06-05", "2024-06-10", "2024-06-20"], account=PREPAID,
        payments='{on: 2024-06-01, amount: "70"}, {on: 2024-06-12, amount: "25"}',
    )  # fmt: skip
    assert [len(played.lines(on)) for on in ("2024-06-05", "2024-06-10", "2024-06-20")] == [5, 2, 2]
    assert played.balances() == ["20.00", "0.00", "5.00"]
    assert [line.from_on for line in played.lines("2024-06-20")] == ["2024-06-12", "2024-06-13"]


def test_a_balance_exactly_at_the_credit_limit_is_served(simulate: Simulator):
    for limit, states in (("300", ["active", "suspended"]), ("299.99", ["suspended", "suspended"])):
        played = simulate.bill(
            JUNE, ["on: 2024-06-01, do: activate"], ["2024-06-01", "2024-07-01"],
            account=f'{PREPAID}; credit_limit: "{limit}"',
        )  # fmt: skip
        assert played.states() == states, limit


def test_separate_thresholds_to_suspend_and_to_resume(simulate: Simulator):
    played = simulate.bill(
        JUNE, ["on: 2024-06-01, do: activate"], ["2024-06-01", "2024-06-11", "2024-06-21"],
        account=f'{PREPAID}; suspend_below: "50"; resume_at: "400"',
        payments='{on: 2024-06-01, amount: "349.99"}, {on: 2024-06-11, amount: "50"}, {on: 2024-06-21, amount: "0.01"}',
    )  # fmt: skip
    assert played.states() == ["suspended", "suspended", "active"]
    assert played.lines("2024-06-21") == lines("monthly 2024-06-21 2024-07-01 100.00")
    assert played.balances()[-1] == "300.00"


def test_a_payment_lifts_only_what_money_suspended(simulate: Simulator):
    timeline = ["on: 2024-06-01, do: activate", "on: 2024-06-11, do: suspend, reason: abuse, charge_percent: 0"]
    played = simulate.bill(
        JUNE, timeline, ["2024-06-10", "2024-06-30"], account=PREPAID,
        payments='{on: 2024-06-01, amount: "300"}, {on: 2024-06-20, amount: "500"}',
    )  # fmt: skip
    assert played.states() == ["active", "suspended"]
    assert played.balances() == ["0.00", "700.00"]


def test_a_service_whose_days_are_free_waits_for_the_money_for_its_one_off_fee(simulate: Simulator):
    fees = [f"{JUNE}, first_stub: full", 'code: install, kind: one-off, price: "25"']
    timeline = ["on: 2024-06-20, do: activate", "on: 2024-06-21, do: change-price, price: 0"]
    played = simulate.bill(
        fees, timeline, ["2024-06-20", "2024-06-30"], account=f"{PREPAID}; covers: days",
        payments='{on: 2024-06-25, amount: "25"}',
    )  # fmt: skip
    assert played.states() == ["suspended", "active"]
    assert played.balances() == ["0.00", "0.00"]


def test_what_goes_on_while_a_prepaid_service_is_suspended_for_another_reason_is_charged_in_any_case(
    simulate: Simulator,
):
    timeline = ["on: 2024-06-01, do: activate", "on: 2024-06-11, do: suspend, reason: abuse"]
    played = simulate.bill(
        JUNE, timeline, ["2024-06-01", "2024-06-30", "2024-07-01"], account=PREPAID,
        payments='{on: 2024-06-01, amount: "300"}',
    )  # fmt: skip
    assert played.states() == ["active", "suspended", "suspended"]
    assert played.balances() == ["0.00", "0.00", "-300.00"]


@pytest.mark.parametrize("pause", ["suspend, reason: abuse, charge_percent: 0", "hold"])
def test_another_pause_takes_the_place_of_one_for_money_and_no_payment_lifts_it(simulate: Simulator, pause: str):
    timeline = ["on: 2024-06-01, do: activate", f"on: 2024-06-05, do: {pause}", "on: 2024-06-21, do: resume"]
    played = simulate.bill(
        JUNE, timeline, ["2024-06-01", "2024-06-20", "2024-06-21"], account=PREPAID,
        payments='{on: 2024-06-10, amount: "300"}',
    )  # fmt: skip
    assert played.states() == ["suspended", "held" if pause == "hold" else "suspended", "active"]
    assert played.balances() == ["0.00", "300.00", "200.00"]


# --- how documents are made


CADENCE = """
currency: EUR
tariffs: [{code: net, components: [{code: daily, kind: recurring, price: "1", every: "1 day"}]}]
accounts:
  - code: A
    invoice_every: 2 months
    invoice_per: address
    minimum_invoice: "40.00"
    subscriptions:
      - {code: S1, tariff: net, address: home, timeline: [{on: 2026-01-01, do: activate}]}
      - {code: S2, tariff: net, address: office, timeline: [{on: 2026-02-15, do: activate}]}
runs: [2026-01-31, 2026-02-28, 2026-03-01, 2026-04-30, 2026-05-01]
"""


def test_charges_by_the_day_are_invoiced_by_the_plan(simulate: Simulator):
    played = simulate(CADENCE)

    gross = {run["on"]: [invoice["gross"] for invoice in run["accounts"]["A"]["invoices"]] for run in played.runs}
    assert gross == {
        "2026-01-31": [],  # 31 days at home are less than 40.00: carried over to 1 March.
        "2026-02-28": [],
        "2026-03-01": ["60.00"],  # 31 + 28 + 1; the 14 + 1 days at the office are carried over to 1 May.
        "2026-04-30": [],
        "2026-05-01": ["76.00", "61.00"],  # 15 + 61 at the office, and 61 days from 2 March to 1 May at home
    }
    named = [invoice["subject"] for invoice in played.runs[-1]["accounts"]["A"]["invoices"]]
    assert named == [{"subscription": "", "address": "office"}, {"subscription": "", "address": "home"}]
    assert "for address office: 76.00 EUR" in simulate.run(CADENCE).stdout


# --- for people


def test_the_same_for_people_in_a_narrow_and_in_a_wide_window(simulate: Simulator):
    for columns in (80, 120):
        result = simulate.run(FIXED_FORMAT, columns=columns)
        assert result.exit_code == 0
        assert all(len(line) <= columns for line in result.stdout.splitlines())
        said = " ".join(result.stdout.split())
        assert "Run on 2017-06-30 account A1: balance -1,901.80 EUR; S1 active" in said
        assert (
            "S1 monthly 2017-05-04 to 2017-05-31 -217.70 EUR credit: 249.95 EUR a month x 27/31 days of the whole "
            "period, price list net-100; corrects 249.95 EUR for 2017-04-30 to 2017-05-31"
        ) in said
        assert "credit note 5 for invoice 3: -217.70 EUR" in said
        assert "invoice 7: 1,004.70 EUR, due 2017-07-14" in said


def test_a_fault_is_one_line_on_standard_error(simulate: Simulator):
    told = simulate.refusal(FIXED_FORMAT.replace("component: data", "component: dat"))
    assert re.fullmatch(
        r"Error: file '.*scenario\.yaml': line 29, accounts\[0\]\.subscriptions\[0\]\.usage\[0\]\.component: "
        r"'dat' is no usage component of the subscription's tariffs: data",
        told,
    )
    assert "line 27, accounts[0].subscriptions[0].timeline[1]" in simulate.refusal(
        FIXED_FORMAT.replace("do: change-tariff, tariff: net-200, recorded: 2017-06-02", "do: resume")
    )


def test_a_file_that_is_not_there(simulate: Simulator):
    result = CliRunner().invoke(program, ["simulate", "no-such-file.yaml"], prog_name="billing")
    assert result.exit_code in (1, 2)
    assert "no-such-file.yaml" in result.stderr and "Traceback" not in result.stderr
