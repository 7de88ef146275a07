"""What `billing simulate FILE` says: as JSON and for people, and how it names what is wrong with a scenario.

What it charges is for the tests of the rules to say; one whole story is told here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.cli.program import program
from tests.adapters.cli.simulating import Simulator, lines
from tests.command_line import CliRunner

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


# --- as JSON


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
        "monthly 2017-05-04 2017-05-31 -217.70",
        "monthly 2017-05-04 2017-05-31 304.80",
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


@pytest.mark.parametrize(
    ("currency", "price", "amounts"),
    [
        # 17 of 31 days, then a month; 10 % VAT on both.
        ("JPY", "1000", ["548", "1000", "1548", "155", "1703", "-1703"]),
        ("KWD", "10", ["5.484", "10.000", "15.484", "1.548", "17.032", "-17.032"]),
        ("EUR", "0.000001", ["0.00", "0.00", "0.00"]),  # Nothing that an invoice could be for.
    ],
)
def test_amounts_have_the_digits_of_the_currency(simulate: Simulator, currency: str, price: str, amounts: list[str]):
    text = DIGITS.replace("EUR", currency).replace("PRICE", price)
    assert list(amounts_in(simulate(text).account("2024-04-01", "A"))) == amounts


DIGITS = """
currency: EUR
tariffs: [{code: net, components: [{code: monthly, kind: recurring, price: "PRICE", vat: "10"}]}]
accounts: [{code: A, subscriptions: [{code: S, tariff: net, timeline: [{on: 2024-03-15, do: activate}]}]}]
runs: [2024-04-01]
"""


def amounts_in(account: dict[str, Any]) -> Iterator[str]:
    """Those of charges and documents, and the balance."""
    yield from (charge["amount"] for charge in account["charges"])
    for document in account["invoices"]:
        yield from (document[key] for key in ("net", "vat", "gross"))
    yield account["balance"]


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
        r"'dat' is not a usage component of the subscription's tariffs: data",
        told,
    )
    assert "line 27, accounts[0].subscriptions[0].timeline[1]" in simulate.refusal(
        FIXED_FORMAT.replace("do: change-tariff, tariff: net-200, recorded: 2017-06-02", "do: resume")
    )


def test_a_file_that_is_not_there(simulate: Simulator):
    result = CliRunner().invoke(program, ["simulate", "no-such-file.yaml"], prog_name="billing")
    assert result.exit_code in (1, 2)
    assert "no-such-file.yaml" in result.stderr and "Traceback" not in result.stderr
