"""What is far ahead, large or broad: the outcome is shown, nothing is written, and --yes does it."""

from __future__ import annotations

import json

from tests.adapters.cli.conftest import Billing, Ended

DEARER = "price_changes: [{tariff: net, from: 2031-03-16, prices: {fee: 25}}]"
CHEAPER = """
reason: wrong price
corrections:
  - {kind: price, account: "2", subscription: main, from: 2026-01-01, component: fee, price: "10.00"}
"""


def words(text: str) -> str:
    return " ".join(text.split())


def asked(billing: Billing, *arguments: str) -> Ended:
    with billing.nothing_written():
        ended = billing(*arguments)
    assert ended.code == 1
    assert "if it is meant, confirm it with --yes" in words(ended.errors)
    return ended


def test_a_command_with_the_wrong_year_says_what_would_happen(billed: Billing):
    command = ("do", "suspend-subscription", "account=1", "subscription=main", "reason=operator", "on=2062-12-01")
    shown = words(asked(billed, *command).errors)

    assert "Would be recorded; nothing was written:" in shown
    assert "2062-12-01 account/1 subscription-suspended: subscription main: suspended for operator" in shown
    assert "on '2062-12-01': is " in shown and "days ahead of today" in shown
    assert billed(*command, "--yes").code == 0


def test_a_program_confirms_by_a_field(billed: Billing):
    fields = {"account": "1", "source": "desk", "reference": "7", "amount": "20000.00", "currency": "EUR"}
    command = ("do", "receive-payment", "--file", "-")
    with billed.nothing_written():
        ended = billed(*command, given=json.dumps(fields))
    assert ended.code == 1 and "amount '20000.00 EUR': is more than 10,000 EUR" in words(ended.errors)
    assert billed(*command, given=json.dumps(fields | {"confirmed": True})).code == 0


def test_a_command_that_would_be_refused_anyway_is_refused(billed: Billing):
    ended = billed("do", "resume-subscription", "account=1", "subscription=main", "on=2062-12-01")
    assert ended.code == 1
    assert "a subscription that is active on that day does not allow it" in words(ended.errors)


def test_a_run_that_charges_far_ahead_shows_its_totals(billed: Billing):
    shown = asked(billed, "run", "--until", "2027-11-01")
    assert "nothing was written" in shown.output and "bills" in shown.output
    assert "until '2027-11-01'" in words(shown.errors)
    assert billed("run", "--until", "2027-11-01", "--yes").code == 0


def test_a_price_change_far_ahead_shows_its_effect(billed: Billing):
    file = billed.file("prices.yaml", DEARER)
    shown = asked(billed, "price-change", file, "--schedule")
    assert shown.output.startswith("Would change")
    assert "net from '2031-03-16'" in words(shown.errors)
    assert billed("price-change", file, "--schedule", "--yes").output.startswith("Scheduled: net")


def test_a_list_of_corrections_beyond_the_amount_shows_its_outcome(billed: Billing):
    file = billed.file("wrong.yaml", CHEAPER)
    assert billed("do", "set-confirmation-limits", "seller=north", "limits.most_amount=50").code == 0
    shown = asked(billed, "correct", file)
    assert shown.output.startswith("Would be corrected; nothing was written")
    assert "credited '-108.00 EUR': is more than 50 EUR" in words(shown.errors)
    assert billed("correct", file, "--yes").output.startswith("Corrected")
    assert billed("check").code == 0
