"""`billing dunning simulate-policy`: what is told of a policy before it is published, and the file of all debtors."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta

from tests.adapters.cli.conftest import Billing

POLICY = """
code: home
name: Households
currency: EUR
steps:
  - {code: reminder, when: {by: days, days: 1}, message: overdue, fee: {amount: "2.00", description: Reminder}}
  - {code: suspend, when: {by: days, days: 6}, actions: [{does: suspend}]}
"""


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def test_the_effect_is_told_and_nothing_is_written(billed: Billing) -> None:
    """Three owe 48.00, 108.00 and 62.00 for long: they are reminded today, and suspended five days later."""
    file = billed.file("policy.yaml", POLICY)
    with billed.nothing_written():
        ended = billed("dunning", "simulate-policy", file, "--without-policy", "--payments", "nobody")

    assert ended.code == 0, ended.errors
    shown = lines(ended.output)
    today = datetime.now(UTC).date()
    suspended = today + timedelta(days=5)
    assert shown[0] == f"Policy home on the debtors of {today}, for 60 days; nothing was written"
    assert shown[1] == "3 accounts without a policy, 3 with open invoices of 218.00 EUR in all."
    assert "suspended 0 3 3" in shown and "fees, EUR 0.00 6.00 6.00" in shown
    assert f"{today} 3 0 0 0 6.00 0.00 0.00" in shown
    assert f"{suspended} 0 3 0 0 0.00 0.00 0.00" in shown
    assert "If nothing is paid, accounts are suspended: 3 only under the simulated policy." in shown
    assert f"1 48.00 EUR nothing warned {today}, suspended {suspended}" in shown


def test_a_share_of_them_pays_and_every_debtor_is_in_the_file(billed: Billing) -> None:
    """Half of 218.00 comes in a day after the reminder, before the suspension; half of the rest a day after that."""
    file, effect = billed.file("policy.yaml", POLICY), billed.folder / "effect.csv"
    share = ("--payments", "share", "--percent", "50", "--within-days", "1")
    ended = billed("dunning", "simulate-policy", file, "--without-policy", *share, "--csv", str(effect), "--json")

    then = ended.json["effect"]["then"]
    assert (then["comes_in"], then["suspended"], then["returned"]) == ("163.50", "1.50", "0.75")
    rows = list(csv.DictReader(effect.read_text(encoding="utf-8").splitlines()))
    assert [(row["account"], row["debt"], row["then_comes_in"]) for row in rows] == [
        ("1", "48.00", "36.00"), ("2", "108.00", "81.00"), ("3", "62.00", "46.50"),
    ]  # fmt: skip
    assert {row["now_suspended_on"] for row in rows} == {""}


def test_a_base_that_never_was_dunned_pays_as_it_did_after_the_due_date(billed: Billing) -> None:
    """Nobody ever paid so late, so nothing comes in; and a policy that nobody has concerns nobody."""
    file = billed.file("policy.yaml", POLICY)
    assert (
        billed("dunning", "simulate-policy", file, "--without-policy", "--json").json["effect"]["then"]["comes_in"]
        == "0.00"
    )
    assert billed("dunning", "simulate-policy", file, "--json").json["effect"]["accounts"] == 0


def test_a_policy_that_cannot_be_followed_is_refused(billed: Billing) -> None:
    ended = billed("dunning", "simulate-policy", billed.file("policy.yaml", POLICY.replace("days: 6", "days: 0")))
    assert ended.code == 1
    assert "comes before" in ended.errors
