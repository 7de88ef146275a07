"""Sellers and one customer on the command line."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from billing_core.parties.details import Address
from tests.adapters.cli.conftest import Billing

NO_ADDRESS = msgspec.structs.asdict(Address())
NEVER_SAID = {"language", "postal_address", "installation_address", "iban", "source"}


def test_a_seller_is_changed_and_listed(opened: Billing):
    (before,) = opened("sellers", "--json").json["sellers"]

    assert opened("do", "change-seller", "code=north", "name=North Net", "address.street=Hill 2").code == 0

    (seller,) = opened("sellers", "--json").json["sellers"]
    assert seller == before | {"name": "North Net", "address": before["address"] | {"street": "Hill 2"}}
    shown = opened("sellers").output
    assert "Seller north" in shown and "North Net" in shown and "invoice numbers from" in shown

    wrong = opened("do", "change-seller", "code=north", "iban=LV80BANK0000435195009")
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


def test_a_change_names_some_details_clears_with_an_empty_value_and_says_what_was_before(opened: Billing):
    named = ("number=77", "name=Eva", "email=eva@x.example", "phone=1", "address.city=Riga", "legal_ids.VAT ID=LV1")
    assert opened("do", "register-customer", *named).code == 0

    changed = opened("do", "change-customer", "number=77", "email=", "address.street=Pier 1", "legal_ids.VAT ID=")

    assert changed.code == 0
    customer = opened("customer", "show", "77", "--json").json["customer"]["customer"]
    assert {name: customer[name] for name in customer.keys() - NEVER_SAID} == {
        "number": "77",
        "kind": "person",
        "name": "Eva",
        "address": NO_ADDRESS | {"street": "Pier 1", "city": "Riga"},
        "legal_ids": {},
        "email": None,
        "phone": "1",
        "custom_fields": {},
    }
    newest = opened("audit", "--customer", "77", "--json").json["changes"][0]
    assert newest["what"] == (
        "street Pier 1 (before: none), VAT ID none (before: LV1), email none (before: eva@x.example)"
    )
    shown = opened("customer", "show", "77").output
    assert "customer-changed: street Pier 1 (before: none), VAT ID none (before: LV1)" in " ".join(shown.split())
    repeated = opened("do", "change-customer", "number=77", "email=", "phone=1", "--json")
    assert repeated.code == 0 and repeated.json["position"] == 0
    nameless = opened("do", "change-customer", "number=77", "name=")
    assert nameless.code == 1 and "customer name '': must not be empty" in nameless.errors


def test_an_id_that_its_country_does_not_know_is_kept_and_warned_of(opened: Billing):
    named = ("number=78", "name=Net", "kind=company", "address.country=CZ", "legal_ids.IČO=27082441")
    registered = opened("do", "register-customer", *named, "--json")

    (warning,) = registered.json["result"]["warnings"]
    assert warning.startswith("IČO: has not the form or the check digit of such an id in CZ")
    assert opened("customer", "show", "78", "--json").json["warnings"] == [warning]
    assert "warning: IČO" in opened("customer", "show", "78").output
    wrong = opened("do", "change-customer", "number=78", "legal_ids.IČO=27082442")
    assert f"Warning: {warning}" in wrong.errors
    right = opened("do", "change-customer", "number=78", "legal_ids.IČO=27082440", "--json")
    assert right.json["result"] == {"warnings": []}


def test_the_day_of_registration_is_corrected(opened: Billing):
    assert opened("do", "register-customer", "number=79", "name=Eva", "registered_on=2026-01-05").code == 0
    right = ("customer=79", "registered_on=2025-01-05", "reason=wrong year")
    assert opened("do", "correct-registration", *right).code == 0

    assert opened("customer", "show", "79", "--json").json["customer"]["registered_on"] == "2025-01-05"
    newest = opened("audit", "--customer", "79", "--json").json["changes"][0]
    assert newest["what"] == "exists since 2025-01-05: wrong year"


def test_today_is_the_date_in_the_time_zone_of_the_accounts_seller(opened: Billing):
    """The two zones never have the same date: it is 25 hours later in the one than in the other."""
    for code, zone, prefix in (("early", "Pacific/Kiritimati", "31"), ("late", "Pacific/Pago_Pago", "32")):
        series = (f"series.invoice.prefix={prefix}", "series.invoice.width=6")
        named = (f"code={code}", f"name={code}", f"time_zone={zone}", "address.country=LV", *series)
        assert opened("do", "register-seller", *named).code == 0
        account = (f"account={code}", "customer=1", f"seller={code}", "currency=EUR", "opened_on=2026-01-01")
        assert opened("do", "open-account", *account).code == 0
        charge = (f"account={code}", "description=Visit", "amount=5", "vat=0")
        assert opened("do", "charge-once", *charge).code == 0

    days = [
        opened("account", "show", code, "--json").json["waiting_charges"][0]["from_on"] for code in ("early", "late")
    ]

    assert days == [str(datetime.now(ZoneInfo(zone)).date()) for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago")]
    assert days[0] > days[1]


def test_a_customer_is_shown_with_contacts_consents_family_and_merged_records(opened: Billing):
    for number, name in (("77", "Eva"), ("78", "Eva Liepa"), ("79", "Son")):
        assert opened("do", "register-customer", f"number={number}", f"name={name}", "source=import").code == 0
    contact = ("customer=77", "contact=accounts", "name=Inese Ozola", "roles=billing,signatory", "phones=+371 2000007")
    for command in (
        ("put-contact", *contact),
        ("put-consent-purpose", "purpose=offers", "name=Offers by e-mail", "wording=We may send you offers."),
        ("give-consent", "customer=77", "purpose=offers", "channel=phone", "on=2026-03-03"),
        ("assign-parent", "customer=79", "parent=77", "paid_by_parent=yes"),
        ("merge-customers", "customer=78", "into=77", "reason=registered twice"),
    ):
        done = opened("do", *command)
        assert done.code == 0, done.errors

    shown = opened("customer", "show", "77").output
    assert "contact accounts: Inese Ozola (billing, signatory), +371 2000007" in shown
    assert "consent offers: agrees to wording 1 since 2026-03-03, by phone" in shown
    assert "parent of customer 79" in shown and "the same as customer 78" in shown
    assert "child of customer 77, which pays for it" in opened("customer", "show", "79").output
    assert "merged into customer 77" in opened("customer", "show", "78").output
    assert "wording 1 since" in opened("consent-purposes").output
    listed = opened("customers", "--source", "import", "--json").json["customers"]
    assert [row["customer"]["number"] for row in listed] == ["77", "79"]
    refused = opened("do", "change-customer", "number=78", "phone=1")
    assert refused.code == 1 and "was merged into customer 77; use that number" in refused.errors
    changes = [each["what"] for each in opened("audit", "--customer", "77", "--json").json["changes"]]
    assert "customer 78 is the same one and was merged into it" in changes
    assert "is the same as customer 77 and merged into it: registered twice" in changes
