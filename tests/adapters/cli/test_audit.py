"""The LOG on the command line: by dealer."""

from __future__ import annotations

from tests.adapters.cli.conftest import Billing


def test_the_log_of_a_dealer_is_that_of_the_dealer_its_customers_and_their_accounts(opened: Billing):
    opened("do", "register-dealer", "code=east", "name=East Sales")
    opened("do", "assign-customer", "customer=1", "dealer=east")

    shown = opened("audit", "--dealer", "east", "--json").json["changes"]

    assert {change["stream"] for change in shown} == {"dealer/east", "customer/1", "account/1"}
    of_customer = opened("audit", "--dealer", "east", "--customer", "1", "--json").json["changes"]
    assert {change["stream"] for change in of_customer} == {"customer/1", "account/1"}
    assert opened("audit", "--dealer", "east", "--customer", "2", "--json").json["changes"] == []
    assert "no such dealer" in opened("audit", "--dealer", "west").errors
