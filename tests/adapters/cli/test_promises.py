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
