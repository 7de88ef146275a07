"""What is agreed beside the price list, through `billing simulate`: awkward days, every amount worked out on paper.

Periods are cut on the 29th of February and on the 31st; a change is learnt before or after its days were billed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.cli.simulating import Simulator, lines, part, scenario

MONTHLY = 'code: monthly, kind: recurring, price: "310"'
OWN = f"{MONTHLY}, align: own"
SPORTS = 'code: sports, kind: recurring, price: "31", option: true'


@pytest.fixture
def simulate(tmp_path: Path) -> Simulator:
    return Simulator(tmp_path)


# --- phases


def test_a_tariff_that_changes_within_a_phase_goes_on_in_its_own_phase(simulate: Simulator):
    """The second period, 29 February to 31 March, has 10 days of the old and 21 of the new tariff's phase."""
    fee = f'{MONTHLY}, phases: [{{periods: 2, price: "155"}}]'
    fast = 'fast: code: monthly, kind: recurring, price: "620", phases: [{periods: 3, price: "310"}]'
    timeline = ["on: 2024-01-31, do: activate", "on: 2024-03-10, do: change-tariff, tariff: fast"]
    runs = ["2024-02-29", "2024-03-10", "2024-03-31", "2024-04-30"]
    played = simulate.bill(fee, timeline, runs, account="billing_day: 31", others=fast)

    assert played.lines("2024-02-29") == lines(
        "monthly 2024-01-31 2024-02-29 155.00", "monthly 2024-02-29 2024-03-31 155.00"
    )
    assert played.lines("2024-03-10") == lines(
        "monthly 2024-03-10 2024-03-31 -105.00", "monthly 2024-03-10 2024-03-31 210.00"
    )
    assert played.lines("2024-03-31") == lines("monthly 2024-03-31 2024-04-30 310.00")
    assert played.lines("2024-04-30") == lines("monthly 2024-04-30 2024-05-31 620.00")


def test_an_agreed_price_goes_before_a_phase_and_what_is_left_of_the_phase_follows_it(simulate: Simulator):
    fee = f'{MONTHLY}, phases: [{{periods: 3, price: "100"}}]'
    timeline = ['on: 2024-01-01, do: activate, prices: {monthly: "50"}, until: 2024-02-11']
    played = simulate.bill(fee, timeline, ["2024-03-01", "2024-04-01"])

    assert played.all_lines() == lines(
        "monthly 2024-01-01 2024-02-01 50.00",
        f"monthly 2024-02-01 2024-02-11 {part('50', 10, 29)}",
        f"monthly 2024-02-11 2024-03-01 {part('100', 19, 29)}",
        "monthly 2024-03-01 2024-04-01 100.00",
        "monthly 2024-04-01 2024-05-01 310.00",
    )


def test_a_hold_uses_up_free_periods(simulate: Simulator):
    """A phase is so many periods of the grid; half of the second of two free ones was paused, the third one costs."""
    timeline = ["on: 2024-01-31, do: activate", "on: 2024-03-10, do: hold, until: 2024-04-10"]
    played = simulate.bill(f"{OWN}, free_periods: 2", timeline, ["2024-02-29", "2024-03-31", "2024-04-30"])

    assert [line for line in played.all_lines() if line.amount != "0.00"] == lines(
        f"monthly 2024-04-10 2024-04-30 {part('310', 20, 30)}", "monthly 2024-04-30 2024-05-31 310.00"
    )


def test_nobody_is_asked_in_a_scenario_for_what_a_tariff_asks_of_its_subscribers(simulate: Simulator):
    text = scenario(MONTHLY, ["on: 2024-01-01, do: activate"], "2024-01-01")
    played = simulate(text.replace("    components:", "    parameters: [{code: user}]\n    components:"))
    assert played.balances() == ["-310.00"]


# --- agreed prices


@pytest.mark.parametrize("recorded", ["2024-01-31", "2024-03-05"])
def test_an_agreed_price_ends_within_a_period_that_begins_on_29_february(simulate: Simulator, recorded: str):
    """15 days, 29 February to 14 March, at the agreed price, 16 by the list; learnt before and after it was billed."""
    timeline = [
        "on: 2024-01-31, do: activate",
        f'on: 2024-01-31, do: change-price, price: "155", until: 2024-03-15, recorded: {recorded}',
    ]
    played = simulate.bill(OWN, timeline, ["2024-01-31", "2024-02-29", "2024-03-31"])

    assert played.balances()[-1] == "-700.00"  # 155 + 75 + 160 + 310


def test_an_agreed_price_until_29_february_leaves_one_day_to_the_list(simulate: Simulator):
    timeline = ['on: 2024-01-01, do: activate, prices: {monthly: "155"}, until: 2024-02-29']
    played = simulate.bill(MONTHLY, timeline, "2024-02-01")

    assert played.all_lines() == lines(
        "monthly 2024-01-01 2024-02-01 155.00", "monthly 2024-02-01 2024-02-29 149.66",
        "monthly 2024-02-29 2024-03-01 10.69",
    )  # fmt: skip


def test_whoever_keeps_a_price_meets_the_new_list_on_the_day_on_which_it_ends(simulate: Simulator):
    """The list goes from 310.00 to 400.00 on 1 April; 155.00 are agreed until 11 April."""
    fee = (
        'code: monthly, kind: recurring, prices: [{amount: "310", from: 2024-01-01, to: 2024-04-01}, '
        '{amount: "400", from: 2024-04-01}]'
    )
    timeline = ['on: 2024-03-01, do: activate, prices: {monthly: "155"}, until: 2024-04-11']
    played = simulate.bill(fee, timeline, ["2024-03-01", "2024-04-01", "2024-05-01"])

    assert played.all_lines() == lines(
        "monthly 2024-03-01 2024-04-01 155.00",
        f"monthly 2024-04-01 2024-04-11 {part('155', 10, 30)}",
        f"monthly 2024-04-11 2024-05-01 {part('400', 20, 30)}",
        "monthly 2024-05-01 2024-06-01 400.00",
    )


def test_a_change_of_tariff_that_is_cancelled_gives_the_agreed_price_back(simulate: Simulator):
    timeline = [
        'on: 2024-01-01, do: activate, prices: {monthly: "155"}, until: 2024-03-16',
        "on: 2024-02-10, do: change-tariff, tariff: fast",
        "on: 2024-02-10, do: cancel, change: change-tariff, recorded: 2024-02-20",
    ]
    fast = 'fast: code: monthly, kind: recurring, price: "620"'
    played = simulate.bill(MONTHLY, timeline, ["2024-02-01", "2024-02-10", "2024-02-20", "2024-03-01"], others=fast)

    assert played.lines("2024-02-10") == lines(
        f"monthly 2024-02-10 2024-03-01 -{part('155', 20, 29)}", f"monthly 2024-02-10 2024-03-01 {part('620', 20, 29)}"
    )
    assert played.balances()[2] == "-310.00"
    assert played.lines("2024-03-01") == lines(
        f"monthly 2024-03-01 2024-03-16 {part('155', 15, 31)}", f"monthly 2024-03-16 2024-04-01 {part('310', 16, 31)}"
    )


# --- discounts for so many billed periods

HALF = 'code: half, kind: discount, on: [monthly], percent: "50", billed_periods: 3'


@pytest.mark.parametrize("recorded", ["2024-02-01", "2024-02-20"])
def test_a_period_on_hold_costs_nothing_so_the_discount_lasts_one_longer(simulate: Simulator, recorded: str):
    """Three of January, March and April, for February is on hold; the hold is learnt before or after it was billed."""
    timeline = [
        "on: 2024-01-01, do: activate",
        f"on: 2024-02-01, do: hold, until: 2024-03-01, recorded: {recorded}",
    ]  # fmt: skip
    runs = ["2024-01-01", "2024-02-01", "2024-02-20", "2024-03-01", "2024-04-01", "2024-05-01"]
    played = simulate.bill([MONTHLY, HALF], timeline, runs)

    assert played.balances()[2:] == ["-155.00", "-310.00", "-465.00", "-775.00"]


@pytest.mark.parametrize("recorded", ["2024-02-10", "2024-03-05"])
def test_a_period_of_which_some_days_are_charged_counts_as_billed(simulate: Simulator, recorded: str):
    """Held from 10 February to 20 March: 9 and 12 days are charged, so April is the fourth and costs all."""
    timeline = [
        "on: 2024-01-01, do: activate",
        f"on: 2024-02-10, do: hold, until: 2024-03-20, recorded: {recorded}",
    ]  # fmt: skip
    runs = ["2024-01-01", "2024-02-01", "2024-02-10", "2024-03-01", "2024-03-05", "2024-04-01"]
    played = simulate.bill([MONTHLY, HALF], timeline, runs)

    # 155.00, half of 310 x 9/29 = 96.21 is 48.11, half of 310 x 12/31 = 120.00 is 60.00, then 310.00.
    assert played.balances()[-1] == "-573.10"


def test_an_amount_off_three_periods_is_prorated_with_the_days_that_are_charged(simulate: Simulator):
    off = 'code: off, kind: discount, on: [monthly], price: "62", billed_periods: 3'
    timeline = ["on: 2024-01-16, do: activate", "on: 2024-03-11, do: change-tariff, tariff: fast"]
    fast = 'fast: code: monthly, kind: recurring, price: "620"'
    grant = f"on: 2024-01-16, do: grant-discount, discount: {{{off}}}"
    played = simulate.bill(MONTHLY, [timeline[0], grant, timeline[1]], ["2024-03-11", "2024-04-01"], others=fast)

    assert [line for line in played.all_lines() if line.component == "off"] == lines(
        "off 2024-01-16 2024-02-01 -32.00", "off 2024-02-01 2024-03-01 -62.00",
        "off 2024-03-01 2024-03-11 -20.00", "off 2024-03-11 2024-04-01 -42.00",
    )  # fmt: skip


def test_a_discount_that_comes_with_a_revision_counts_its_periods_from_there(simulate: Simulator):
    """Five months were billed before it; it holds in June, July and August."""
    played = simulate(
        f"""
currency: EUR
tariffs:
  - code: net
    components: [{{{MONTHLY}}}]
    revisions:
      - {{from: 2024-06-01, components: [{{{MONTHLY}}}, {{{HALF}}}]}}
accounts:
  - code: A
    subscriptions:
      - {{code: S, tariff: net, timeline: [{{on: 2024-01-01, do: activate}}]}}
runs: [2024-05-01, 2024-07-01, 2024-09-01]
"""
    )
    assert played.balances() == ["-1550.00", "-1860.00", "-2325.00"]


# --- options


def test_an_option_added_and_dropped_on_one_day_was_never_chosen(simulate: Simulator):
    """Before the month is billed and after it; and what was dropped and added again on one day was never given up."""
    counter = ["on: 2024-02-29, do: add-option, option: sports", "on: 2024-02-29, do: drop-option, option: sports"]
    late = [f"{entry}, recorded: 2024-03-05" for entry in counter]
    for changes in (counter, late):
        played = simulate.bill(
            [MONTHLY, SPORTS], ["on: 2024-02-01, do: activate", *changes], ["2024-02-29", "2024-03-05"]
        )
        assert {line.component for line in played.all_lines()} == {"monthly"}

    kept = ["on: 2024-02-01, do: add-option, option: sports", *(counter[::-1])]
    played = simulate.bill([MONTHLY, SPORTS], ["on: 2024-02-01, do: activate", *kept], ["2024-02-01", "2024-02-29"])
    assert [line for line in played.all_lines() if line.component == "sports"] == lines(
        "sports 2024-02-01 2024-03-01 31.00"
    )


def test_a_channel_from_the_31st_to_29_february_is_one_period_and_on_29_february_alone_one_day(simulate: Simulator):
    timeline = [
        "on: 2024-01-31, do: activate", "on: 2024-01-31, do: add-option, option: sports",
        "on: 2024-02-29, do: drop-option, option: sports",
    ]  # fmt: skip
    fees = [OWN, f"{SPORTS}, align: own"]
    played = simulate.bill(fees, timeline, ["2024-01-31", "2024-02-29"])
    channel = [line for line in played.all_lines() if line.component == "sports"]
    assert channel == lines("sports 2024-01-31 2024-02-29 31.00")

    timeline = [
        "on: 2024-01-31, do: activate", "on: 2024-02-29, do: add-option, option: sports",
        "on: 2024-03-01, do: drop-option, option: sports",
    ]  # fmt: skip
    played = simulate.bill(fees, timeline, ["2024-02-29", "2024-03-01"])
    assert sum(float(line.amount) for line in played.all_lines() if line.component == "sports") == 1


# --- instalments


def test_instalments_of_the_31st_fall_on_the_last_day_of_shorter_months(simulate: Simulator):
    fee = 'code: device, kind: one-off, price: "100", instalments: 3'
    played = simulate.bill(
        fee, ["on: 2024-01-31, do: activate"], ["2024-02-29", "2024-03-31"], account="billing_day: 31"
    )
    assert played.all_lines() == lines(
        "device 2024-01-31 2024-02-01 33.34", "device 2024-02-29 2024-03-01 33.33", "device 2024-03-31 2024-04-01 33.33"
    )
