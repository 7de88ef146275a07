"""The one door for every command of the write path."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

from adapters.bootstrap.registry import HANDLERS
from adapters.edge.shapes import shapes_of
from tests.adapters.cli.conftest import TARIFF, Billing


def test_every_command_with_a_handler_has_a_name_and_shows_its_fields(empty_billing: Billing):
    listed = empty_billing("do").output + empty_billing("do", "--help").output
    for command in HANDLERS:
        name = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in command.__name__)[1:]
        assert f"  {name} " in listed
        assert f" {name.replace('-', ' ').capitalize()}." not in listed  # That says no more than the name itself.
        shown = empty_billing("do", name, "--help").output
        for field in shapes_of(command)[0].words:
            assert f"  {field}" in shown, (name, field)


def test_fields_say_what_they_take(empty_billing: Billing):
    shown = " ".join(empty_billing("do", "activate-subscription", "--help").output.split())
    assert "on date, optional" in shown
    assert "prices.NAME number" in shown

    shown = " ".join(empty_billing("do", "open-account", "--help").output.split())
    assert "account text customer text" in shown
    assert "billing_day whole number, by default 1" in shown

    shown = " ".join(empty_billing("do", "publish-tariff", "--help").output.split())
    assert "components list; supply it in a file with --file" in shown
    assert "components[].kind recurring or one-off" in shown
    assert "components[].prices[].from date" in shown

    shown = " ".join(empty_billing("do", "suspend-subscription", "--help").output.split())
    assert "reason non-payment or abuse or operator" in shown


def test_a_whole_subscriber_is_made_command_by_command(billing: Billing):
    seller = ["code=north", "name=North Cable", "address.city=Riverside", "series.invoice.prefix=7",
              "series.invoice.width=4", "series.credit-note.prefix=8", "series.credit-note.width=4"]  # fmt: skip
    for arguments in (
        ["register-seller", *seller],
        ["publish-tariff", "--file", billing.file("tariff.yaml", TARIFF)],
        ["register-customer", "number=9", "name=Eva Liepa", "address.city=Riga", "address.country=LV",
         "legal_ids.VAT ID=LV1", "kind=company"],
        ["open-account", "account=9", "customer=9", "seller=north", "currency=EUR", "billing_day=15"],
        ["activate-subscription", "account=9", "subscription=home", "tariff=net", "prices.fee=9.95"],
        ["bill-account", "account=9"],
    ):  # fmt: skip
        ended = billing("do", *arguments, "--json")
        assert ended.code == 0, ended
        assert ended.json["command"] == arguments[0]
        assert ended.json["position"] > 0

    (entry,) = billing("customers", "--json").json["customers"]
    assert entry["customer"]["address"]["city"] == "Riga"
    assert entry["customer"]["legal_ids"] == {"VAT ID": "LV1"}
    (document,) = billing("invoices", "--json").json["documents"]
    assert document["number"] == "70001"


def test_fields_come_from_yaml_or_json_and_from_standard_input(billing: Billing):
    as_json = json.dumps(
        {"code": "tv", "name": "TV", "currency": "EUR", "prices_include_vat": True,
         "components": [{"code": "fee", "name": "Fee", "kind": "recurring", "vat": 20,
                         "prices": [{"price": 19.90, "from": "2020-01-01", "to": None}]}]}
    )  # fmt: skip
    as_yaml = TARIFF.replace("code: net", "code: 007").replace("name: Internet", "name: no")

    assert billing("do", "publish-tariff", "--file", billing.file("tariff.json", as_json)).code == 0
    assert billing("do", "publish-tariff", "--file", "-", given=as_yaml).code == 0

    published = {entry["stream"]: entry["content"]["tariff"] for entry in billing("audit", "--json").json["changes"]}
    assert published["tariff/tv"]["prices_include_vat"] is True
    assert published["tariff/tv"]["components"][0]["prices"] == [
        {"amount": "19.9", "valid_from": "2020-01-01", "valid_to": None, "customer_class": ""}
    ]
    assert published["tariff/007"]["name"] == "no"
    assert published["tariff/007"]["components"][0]["prices"][0]["amount"] == "19.90"


def test_fields_on_the_command_line_go_over_those_of_the_file(billing: Billing):
    file = billing.file("customer.yaml", "number: 9\nname: Eva\naddress: {city: Riga, country: LV}\n")

    assert billing("do", "register-customer", "--file", file, "address.city=Valmiera").code == 0

    (entry,) = billing("customers", "--json").json["customers"]
    assert entry["customer"]["address"] == {"street": "", "city": "Valmiera", "postal_code": "", "country": "LV"}


def test_one_command_id_is_applied_once_and_gets_the_first_answer_again(opened: Billing):
    command_id = str(uuid4())
    paid = ["do", "receive-payment", "account=1", "source=desk", "reference=7", "amount=5.00", "currency=EUR",
            "received_on=2026-01-05", "--command-id", command_id, "--json"]  # fmt: skip
    first = opened(*paid)
    with opened.nothing_written():
        second = opened(*paid)

    assert first.json == second.json
    assert first.json["command_id"] == command_id
    assert first.json["result"] == {"payment": "desk:7", "known": False}

    with opened.nothing_written():
        other = opened(*[part.replace("5.00", "6.00") for part in paid])
    assert other.code == 1
    assert command_id in other.complaint and "already used" in other.complaint


def test_what_changes_nothing_says_so(billing: Billing):
    tariff = billing.file("tariff.yaml", TARIFF)
    assert billing("do", "publish-tariff", "--file", tariff, "--json").json["position"] > 0

    assert billing("do", "publish-tariff", "--file", tariff, "--json").json["position"] == 0
    assert "nothing changed" in billing("do", "publish-tariff", "--file", tariff).output


def test_a_command_is_in_the_audit_under_whoever_gave_it(billing: Billing):
    named = ["do", "register-customer", "number=1", "name=Anna"]
    assert billing("--actor", "eva", *named).code == 0
    assert billing("do", "register-customer", "number=2", "name=Ida").code == 0

    actors = {entry["stream"]: entry["origin"]["actor"] for entry in billing("audit", "--json").json["changes"]}
    assert actors == {"customer/1": "eva", "customer/2": "clerk"}


def test_the_words_of_a_file_are_shown_by_the_help_of_the_command_that_reads_it(empty_billing: Billing, tmp_path: Path):
    for command in ("price-change", "correct"):
        lines = empty_billing(command, "--help").output.splitlines()
        first = lines.index("  price_changes:" if command == "price-change" else "  reason: mistyped in January")
        file = tmp_path / f"{command}.yaml"
        file.write_text("\n".join(lines[first : lines.index("", first)]), encoding="utf-8")
        refused = empty_billing(command, str(file), BILLING_DATABASE_URL="postgresql://127.0.0.1:1/none")
        assert (refused.code, "connect" in refused.complaint) == (3, True), refused  # It was read and found sound.
