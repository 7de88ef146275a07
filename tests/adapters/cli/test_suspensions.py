"""Reasons for suspensions, desired states and returns on the command line."""

from __future__ import annotations

from tests.adapters.cli.conftest import Billing


def test_reasons_desired_states_and_returns_are_listed(billed: Billing):
    assert (
        "No service returned after a payment"
        in billed("returns", "--first", "2026-01-01", "--last", "2026-01-31").output
    )
    policy = ("code=deposit", "name=Deposit", "charge_percent=30", "lifted_by=money", "page.en=Please pay.")
    assert billed("do", "define-suspension-reason", *policy, "fee_at_return.description=Return",
                  "fee_at_return.amounts.EUR=5.00").code == 0  # fmt: skip
    reasons = {each["code"]: each for each in billed("suspension-reasons", "--json").json["suspension_reasons"]}
    assert len(reasons) == 7 and reasons["deposit"]["lifted_by"] == "money"
    assert "lifted by a payment, 5.00 EUR at the return" in " ".join(billed("suspension-reasons").output.split())
    told = " ".join(billed("audit").output.split())
    assert "30 % of the fees are charged" in told

    first, *_ = billed("desired-states", "--json").json["desired_states"]
    service = (f"account={first['account']}", f"subscription={first['subscription']}")
    assert billed("do", "suspend-subscription", *service, "reason=deposit").code == 0
    (blocked,) = billed("desired-states", "--state", "blocked", "--json").json["desired_states"]
    assert (blocked["account"], blocked["reasons"], blocked["page"]) == (
        first["account"], ["deposit"], {"en": "Please pay."}
    )  # fmt: skip
    assert "deposit" in billed("desired-states", "--state", "blocked").output
    assert billed("desired-states", "--state", "gone").code != 0
    after = str(blocked["position"])
    assert billed("desired-states", "--after", after, "--json").json["desired_states"] == []
