"""The LOG on the command line: by dealer, and who read personal data."""

from __future__ import annotations

from tests.adapters.cli.conftest import Billing, Serve


def test_the_log_of_a_dealer_is_that_of_the_dealer_its_customers_and_their_accounts(opened: Billing):
    opened("do", "register-dealer", "code=east", "name=East Sales")
    opened("do", "assign-customer", "customer=1", "dealer=east")

    shown = opened("audit", "--dealer", "east", "--json").json["changes"]

    assert {change["stream"] for change in shown} == {"dealer/east", "customer/1", "account/1"}
    of_customer = opened("audit", "--dealer", "east", "--customer", "1", "--json").json["changes"]
    assert {change["stream"] for change in of_customer} == {"customer/1", "account/1"}
    assert opened("audit", "--dealer", "east", "--customer", "2", "--json").json["changes"] == []
    assert "no such dealer" in opened("audit", "--dealer", "west").errors


def test_who_read_personal_data_of_a_server_that_keeps_it_is_shown(opened: Billing, serve: Serve):
    opened("do", "register-operator", "operator=anna", "name=Anna", "roles=cashier")
    token = opened("staff", "key", "anna", "till", "--for", "a test").output.strip()
    client = serve("--only", "api", BILLING_KEEP_PERSONAL_READS="true")
    assert client.get("/v1/customers/1", headers={"Authorization": f"Bearer {token}"}).status_code == 200

    shown = opened("audit", "--reads", "--customer", "1").output

    assert "anna, HTTP on 127.0.0.1" in shown and "parties.read.show-customer: customer 1" in shown
    assert opened("audit", "--reads", "--customer", "2").output == "No reads of personal data are kept.\n"
    (read,) = opened("audit", "--reads", "--json").json["personal_reads"]
    assert (read["actor"], read["customers"]) == ("anna", ["1"])
    assert "--reads goes with" in opened("audit", "--reads", "--dealer", "east").errors
