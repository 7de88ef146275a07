"""Promised payments on the command line."""

from __future__ import annotations

from tests.adapters.cli.conftest import Billing


def test_a_promise_is_opened_listed_and_shown_on_the_account(billed: Billing):
    terms = ("terms.most_days=366", "terms.most_per_month=2")
    assert billed("do", "set-promise-terms", "seller=north", *terms).code == 0
    assert billed("account", "show", "1", "--json").json["promise"] is None
    assert "No promise is open." in billed("promises").output

    assert billed("do", "open-promise", "account=1", "until=2027-01-31").code == 0

    (listed,) = billed("promises", "--json").json["promises"]
    assert (listed["account"], listed["until_on"], listed["state"]) == ("1", "2027-01-31", "open")
    assert listed["until_on"] in billed("promises").output
    shown = " ".join(billed("account", "show", "1").output.split())
    assert "promised to pay" in shown and "by 2027-01-31" in shown
    assert billed("account", "show", "1", "--json").json["promise"]["until_on"] == "2027-01-31"
    told = " ".join(billed("audit", "--customer", "1").output.split())
    assert "promised to pay" in told
    listed = billed("suspensions", "--on", "2027-01-30", "--json").json["suspensions"]
    assert {row["account"]: row["exempt"] for row in listed}["1"] == "promised to pay by 2027-01-31"
    assert "exempt: promised to pay by" in " ".join(billed("suspensions", "--on", "2027-01-30").output.split())
    assert billed("check").code == 0


def test_a_plan_is_checked_and_opened_and_its_history_shown(billed: Billing):
    terms = ("terms.most_days=366", "terms.most_instalments=2")
    assert billed("do", "set-promise-terms", "seller=north", *terms).code == 0
    checked = billed("promises", "check", "1", "--dates", "2027-01-31,2027-02-28", "--json").json
    assert checked["is_possible"] and len(checked["parts"]) == 2

    assert billed("do", "open-instalment-plan", "account=1", "dates=2027-01-31,2027-02-28").code == 0

    said = billed("promises", "check", "1").output
    assert "promise-open" in said and "too-many-this-month" in said
    shown = " ".join(billed("account", "show", "1").output.split())
    assert "instalment 1 of 2 by 2027-01-31" in shown
    assert billed("promises", "history", "1", "--json").json["promises"][0]["parts"] == 2
    assert "0/2" in billed("promises", "history", "1").output
    assert "0 of 2 instalments kept" in " ".join(billed("promises").output.split())


def test_credit_limits_are_set_listed_and_shown(billed: Billing):
    assert "No account has a credit limit" in " ".join(billed("credit-limits").output.split())
    assert billed("do", "set-credit-limit", "account=1", "limit=20.00", "reason=pays for years").code == 0
    granted = ("amount=10.00", "until=2027-01-31", "reason=wages are late")
    assert billed("do", "grant-temporary-credit", "account=1", *granted).code == 0
    assert "pays for years" in " ".join(billed("credit-limits").output.split())
    shown = " ".join(billed("credit-limits", "show", "1").output.split())
    assert "own limit: 20.00 EUR" in shown and "10.00 EUR more until 2027-01-31: wages are late" in shown
    assert "may owe" in " ".join(billed("account", "show", "1").output.split())
