"""Sellers and one customer on the command line."""

from __future__ import annotations

from tests.adapters.cli.conftest import Billing


def test_a_seller_is_changed_and_listed(opened: Billing):
    named = (
        "code=north",
        "name=North Net",
        "time_zone=Europe/Riga",
        "address.country=LV",
        "iban=LV80BANK0000435195001",
    )
    assert opened("do", "change-seller", *named).code == 0

    (seller,) = opened("sellers", "--json").json["sellers"]
    assert (seller["name"], seller["iban"]) == ("North Net", "LV80BANK0000435195001")
    shown = opened("sellers").output
    assert "Seller north" in shown and "North Net" in shown and "invoice numbers from" in shown

    wrong = opened("do", "change-seller", *named[:4], "iban=LV80BANK0000435195009")
    assert wrong.code == 1 and "IBAN" in wrong.errors and "check digit" in wrong.errors


def test_a_customer_is_shown_with_accounts_and_changes(billed: Billing):
    number = billed("customers", "--json").json["customers"][0]["customer"]["number"]
    assert billed("do", "change-customer", f"number={number}", "name=Ona Maria", "kind=company").code == 0

    shown = billed("customer", "show", number).output

    assert f"Customer {number}" in shown and "company, Ona Maria" in shown
    assert "customer-registered:" in shown and "customer-changed:" in shown and "balance" in shown
    assert billed("customer", "show", number, "--json").json["customer"]["customer"]["name"] == "Ona Maria"
    missing = billed("customer", "show", "nobody")
    assert missing.code == 1 and "`billing customers` lists them" in missing.errors
