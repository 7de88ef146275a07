"""The ladders of the systems that ours replaces, as policy data played by `billing simulate`: days worked out by hand.

Each file in `ladders` says what the ladder is. Fees are invoiced by a later run and are dunned as well, so the days of
an account are looked at up to a day.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.adapters.cli.simulating import Simulator

LADDERS = Path(__file__).parent / "ladders"


def told(happened: dict[str, Any]) -> str:
    """A day in few words."""
    facts = happened["facts"]
    match happened["event"]:
        case "dunning-step-taken":
            what = f"step {facts['step']}"
        case "charges-posted":
            what = f"fee {facts['charges'][0]['amount']['amount']}"
        case "subscription-suspended":
            what = f"suspended: {facts['reason']}"
        case "subscription-terminated":
            what = f"ended: {facts['reason']}"
        case "subscription-resumed":
            what = "returned"
        case "payment-received":
            what = f"paid {facts['amount']['amount']}"
        case "promise-broken":
            what = f"promise broken, {facts['missing']['amount']} missing"
        case event:
            what = event
    return f"{happened['on']} {what}"


@pytest.fixture
def played(tmp_path: Path) -> Any:
    """What happens on an account of a ladder up to a day, without its activation."""

    def play(ladder: str, account: str, until: str = "9") -> list[str]:
        runs = Simulator(tmp_path)(LADDERS.joinpath(f"{ladder}.yaml").read_text(encoding="utf-8")).runs
        days = [happened for run in runs for happened in run["accounts"][account]["days"]]
        return [
            told(happened) for happened in days
            if happened["event"] != "subscription-activated" and happened["on"] < until
        ]  # fmt: skip

    return play


def test_adminus_reminds_three_times_and_never_on_a_weekend(played: Any) -> None:
    """Due on Saturday, 31 January: 7 days later is a Saturday too, so all of it is on Mondays, a week apart."""
    assert played("adminus", "January", "2026-11-30") == [
        "2026-02-09 step first",
        "2026-02-16 step second",
        "2026-02-16 fee 50",
        "2026-02-23 step third",
        "2026-03-02 step debtor",
        "2026-03-02 suspended: non-payment",
    ]


def test_adminus_sends_nothing_from_good_friday_to_easter_monday(played: Any) -> None:
    """Due on 20 March: the second reminder waits from 3 to 7 April, and the days after it are kept."""
    assert played("adminus", "Easter", "2026-11-30") == [
        "2026-03-27 step first",
        "2026-04-07 step second",
        "2026-04-07 fee 50",
        "2026-04-14 step third",
        "2026-04-21 step debtor",
        "2026-04-21 suspended: non-payment",
    ]


def test_adminus_sends_nothing_at_christmas(played: Any) -> None:
    """Due on 10 December: the second reminder waits from the 24th over three holidays and a Sunday to the 28th."""
    assert played("adminus", "Christmas") == [
        "2026-12-17 step first",
        "2026-12-28 step second",
        "2026-12-28 fee 50",
        "2027-01-04 step third",
        "2027-01-11 step debtor",
        "2027-01-11 suspended: non-payment",
    ]


def test_mango_charges_a_level_blocks_ends_and_hands_over(played: Any) -> None:
    """Due on 31 March: 5 and 15 days after it, the first of June, and 75 days after it."""
    assert played("mango", "never-pays") == [
        "2026-04-05 step level-1",
        "2026-04-05 fee 30",
        "2026-04-15 step block",
        "2026-04-15 fee 100",
        "2026-04-15 suspended: non-payment",
        "2026-06-01 step end",
        "2026-06-01 ended: unpaid",
        "2026-06-14 step collection",
    ]


def test_mango_stands_still_until_the_day_of_the_pause(played: Any) -> None:
    """Ten days of pause move all that comes after them by ten days."""
    assert played("mango", "paused") == [
        "2026-04-05 step level-1",
        "2026-04-05 fee 30",
        "2026-04-10 dunning-paused",
        "2026-04-25 step block",
        "2026-04-25 fee 100",
        "2026-04-25 suspended: non-payment",
        "2026-06-11 step end",
        "2026-06-11 ended: unpaid",
        "2026-06-24 step collection",
    ]


def test_mango_restores_when_what_was_dunned_is_paid_and_blocks_again_when_it_bounces(played: Any) -> None:
    """1000 of 3600 do not bring the service back; no step is taken twice after the payment bounced.

    The 47 days from the block to the end are counted from the day of the bounce.
    """
    assert played("mango", "pays-what-was-dunned")[5:] == [
        "2026-04-18 paid 1000.00",
        "2026-04-22 paid 2600.00",
        "2026-04-22 returned",
        "2026-04-25 payment-reversed",
        "2026-04-25 suspended: non-payment",
        "2026-06-11 step end",
        "2026-06-11 ended: unpaid",
        "2026-06-24 step collection",
    ]


@pytest.mark.parametrize(
    ("account", "warned", "late", "cut"),
    [
        ("January", "2026-01-28", "2026-02-01", "2026-02-06"),
        ("summer-time", "2026-03-24", "2026-03-28", "2026-04-02"),
        ("common-year", "2027-02-21", "2027-02-25", "2027-03-02"),
        ("leap-year", "2028-02-21", "2028-02-25", "2028-03-01"),
    ],
)
def test_the_bulgarian_billing_warns_three_days_before_and_tolerates_five_after(
    played: Any, account: str, warned: str, late: str, cut: str
) -> None:
    """Tolerated up to the fifth day after the due date, and cut on the day after it."""
    assert played("bulgarian", account)[:3] == [
        f"{warned} step warn",
        f"{late} step cut",
        f"{cut} suspended: non-payment",
    ]


def test_who_pays_on_the_last_day_of_tolerance_is_never_cut(played: Any) -> None:
    days = played("bulgarian", "just-in-time")
    assert days[:3] == ["2026-01-28 step warn", "2026-02-01 step cut", "2026-02-05 paid 240.00"]
    assert not any(day.startswith("2026") for day in days[3:])


def test_bcrm_suspends_below_one_balance_and_resumes_at_another(played: Any) -> None:
    """-5000 is served, -10000 is not on the next morning; at -5000 it is suspended still, and at 0 it returns."""
    assert played("bcrm", "A") == [
        "2026-01-02 step debt",
        "2026-02-02 step debt",
        "2026-02-02 suspended: non-payment",
        "2026-02-10 paid 4000.00",
        "2026-02-12 paid 1000.00",
        "2026-02-20 paid 5000.00",
        "2026-02-20 returned",
    ]


def test_hydra_serves_up_to_the_permanent_limit(played: Any) -> None:
    """20.00 are owed in January; 40.00 are too much on 2 February. The first item ends the services on 2 March."""
    assert played("hydra", "limit", "2026-04-15") == [
        "2026-01-02 step block",
        "2026-01-21 step overdue-fee",
        "2026-01-21 fee 3",
        "2026-02-02 step block",
        "2026-02-02 suspended: non-payment",
        "2026-02-21 step overdue-fee",
        "2026-02-21 fee 3",
        "2026-03-02 step end",
        "2026-03-02 ended: debt",
        "2026-04-02 step end",
    ]


def test_hydra_serves_beyond_it_until_the_temporary_limit_ends(played: Any) -> None:
    """19 days of more credit: the block of the second item, its fee, and the end come 19 days later."""
    assert played("hydra", "temporary", "2026-04-15") == [
        "2026-01-02 step block",
        "2026-01-21 step overdue-fee",
        "2026-01-21 fee 3",
        "2026-02-01 dunning-paused",
        "2026-02-20 suspended: non-payment",
        "2026-02-21 step block",
        "2026-03-12 step overdue-fee",
        "2026-03-12 fee 3",
        "2026-03-21 step end",
        "2026-03-21 ended: debt",
    ]


def test_postpaid_is_blocked_seven_days_after_the_end_of_the_period(played: Any) -> None:
    assert played("hydra", "deferral") == ["2026-09-08 step block", "2026-09-08 suspended: non-payment"]


def test_splynx_blocks_on_the_day_after_the_15th_unless_it_is_a_weekend(played: Any) -> None:
    """16 May is a Saturday, so the block waits to the 18th, and ten days are between it and the next step."""
    assert played("splynx", "January")[:4] == [
        "2026-01-16 step block",
        "2026-01-16 suspended: non-payment",
        "2026-01-26 step inactive",
        "2026-01-26 ended: inactive",
    ]
    assert played("splynx", "May") == [
        "2026-05-18 step block",
        "2026-05-18 suspended: non-payment",
        "2026-05-28 step inactive",
        "2026-05-28 ended: inactive",
    ]


@pytest.mark.parametrize(("account", "days"), [("common-year", "2026-02-28"), ("leap-year", "2028-02-29")])
def test_a_reminder_on_the_31st_comes_on_the_last_day_of_february(played: Any, account: str, days: str) -> None:
    year = days[:4]
    assert played("splynx", account)[:3] == [
        f"{year}-02-10 step on-10",
        f"{year}-02-20 step on-20",
        f"{days} step on-31",
    ]
