"""Money that nobody recognises, and money that goes back, on the command line."""

from __future__ import annotations

from tests.adapters.cli.conftest import Billing


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_row_that_names_nobody_waits_until_it_is_assigned(billed: Billing):
    file = billed.bank_file(
        "bank,P3,2026-03-05,24.00,EUR,thank you,Ona", "bank,P4,2026-03-05,9.00,EUR,?,", name="b.csv"
    )
    ended = billed("payments", "import", file)
    assert ended.code == 0
    assert "0 payments imported, 2 waiting as remittances, 0 known before, 0 rejected" in words(ended.output)
    shown = words(billed("remittances").output)
    assert "bank:P3 2026-03-05 24.00 EUR thank you Ona waiting" in shown
    assert "2 remittances of 33.00 EUR wait." in shown

    assert billed("do", "assign-remittance", "remittance=bank:P3", "account=1").code == 0
    assert billed("do", "give-back-remittance", "remittance=bank:P4", "reason=no customer").code == 0

    assert "No remittance waits." in billed("remittances").output
    listed = {row["remittance"]: row for row in billed("remittances", "--all", "--json").json["remittances"]}
    assert (listed["bank:P3"]["state"], listed["bank:P3"]["acts"][0]["account"]) == ("assigned", "1")
    assert (listed["bank:P4"]["state"], listed["bank:P4"]["acts"][0]["reason"]) == ("given back", "no customer")
    changes = billed("audit", "--customer", "1", "--json").json["changes"]
    assert {"remittance-received", "remittance-assigned"} <= {change["event"] for change in changes}
    assert billed("check").code == 0


def test_the_account_shows_what_was_given_back_and_given_up(billed: Billing):
    paid = ("account=1", "source=desk", "reference=1", "amount=60.00", "currency=EUR", "received_on=2026-03-05")
    assert billed("do", "receive-payment", *paid).code == 0
    refund = ("do", "refund-payment", "account=1", "payment=desk:1", "reason=paid too much", "amount=2")
    assert billed(*refund, "--json").json["result"]["balance"] == {"amount": "10.00", "currency": "EUR"}
    assert billed("do", "pay-out", "account=1", "reason=moves away").code == 0
    back = ("do", "reverse-payment", "account=1", "payment=desk:1", "reason=charged back", "amount=30.00")
    assert billed(*back).code == 0
    assert (
        billed("do", "write-off-invoice", "account=1", "invoice=1000000006", "reason=too small", "amount=4").code == 0
    )

    shown = words(billed("account", "show", "1").output)

    for text in ("Refund of payment desk:1 -2.00 EUR", "Paid out of desk:1 -10.00 EUR", "because: moves away",
                 "Part taken back of payment desk:1 -30.00 EUR", "is open again by",
                 "Written off of invoice 1000000006 4.00 EUR"):  # fmt: skip
        assert text in shown
    assert billed("check").code == 0


def test_who_is_suspended_leaves_the_list_and_who_has_paid_is_to_be_resumed(billed: Billing):
    on = ("--on", "2026-04-01")
    suspended = ("do", "suspend-subscription", "account=1", "subscription=main", "reason=non-payment", "on=2026-03-26")
    assert "While a service is suspended for non-payment, 100 % of its recurring fees go on" in words(
        billed("suspensions", *on).output
    )
    assert billed(*suspended, "--json").json["result"] == {"effective_on": "2026-03-26", "charge_percent": "100"}
    listed = billed("suspensions", *on, "--json").json
    assert ["1" in [row["account"] for row in listed[name]] for name in ("suspensions", "to_resume")] == [False, False]

    paid = ("account=1", "source=desk", "reference=1", "amount=60.00", "currency=EUR", "received_on=2026-03-28")
    assert billed("do", "receive-payment", *paid).code == 0

    shown = words(billed("suspensions", *on).output)
    assert "To resume" in shown and "main since 2026-03-26 nothing is overdue beyond tolerance" in shown
