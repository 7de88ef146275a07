"""The one door for every command of the write path."""

from __future__ import annotations

import json
import re
from pathlib import Path
from textwrap import dedent
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

    shown = " ".join(empty_billing("do", "cancel-change", "--help").output.split())
    assert "kind change-tariff or change-quantity or change-price" in shown


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


def test_a_whole_subscriber_is_made_by_one_command_from_a_file(opened: Billing):
    written = """
        number: 7
        name: Anna Kalniņa
        account: {number: 7, seller: north, currency: EUR, billing_day: 15}
        services: [{subscription: main, tariff: net}, {subscription: tv, tariff: net, prices: {fee: 9.95}}]
    """
    ended = opened("do", "take-on-customer", "--file", opened.file("anna.yaml", dedent(written)), "--json")
    assert (ended.code, ended.json["result"]["customer"]) == (0, "7"), ended
    assert opened("ask", "list-subscriptions", "account=7", "--json").output.count('"subscription"') == 2


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
    said = {part: text for part, text in entry["customer"]["address"].items() if text}
    assert said == {"city": "Valmiera", "country": "LV"}


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

    actors = {entry["stream"]: entry["actor"] for entry in billing("audit", "--json").json["changes"]}
    assert actors == {"customer/1": "eva", "customer/2": "clerk"}


def test_the_words_of_a_file_are_shown_by_the_help_of_the_command_that_reads_it(empty_billing: Billing, tmp_path: Path):
    for command in ("price-change", "correct"):
        lines = empty_billing(command, "--help").output.splitlines()
        first = lines.index("  price_changes:" if command == "price-change" else "  reason: mistyped in January")
        file = tmp_path / f"{command}.yaml"
        file.write_text("\n".join(lines[first : lines.index("", first)]), encoding="utf-8")
        refused = empty_billing(command, str(file), BILLING_DATABASE_URL="postgresql://127.0.0.1:1/none")
        assert (refused.code, "connect" in refused.complaint) == (3, True), refused  # It was read and found sound.


def test_what_was_done_is_said_in_words_with_the_balance_and_the_next_bill(opened: Billing):
    """20.00 a month and 20 % VAT: January, February and March are due on 1 March."""
    said = opened("do", "change-tariff", "account=1", "subscription=main", "tariff=net", "on=2026-03-01",
                  "prices.fee=50.00").output  # fmt: skip
    assert "Subscription tariff changed on 2026-03-01, account 1: subscription main: moved to tariff net" in said
    assert re.search(r"Account 1: balance 0.00 EUR; billed today, it gets an invoice of [0-9,.]+ EUR", said)

    said = opened("do", "bill-account", "account=1", "on=2026-01-01").output
    assert "Invoice issued on 2026-01-01, account 1: 1000000001 of 24.00 EUR, due 2026-01-15" in said
    assert "Account 1: balance -24.00 EUR, which the customer owes (before: 0.00 EUR)." in said

    paid = ["do", "receive-payment", "account=1", "source=desk", "reference=7", "amount=24.00", "currency=EUR",
            "received_on=2026-01-05", "--command-id", str(uuid4())]  # fmt: skip
    assert "Account 1: balance 0.00 EUR (before: -24.00 EUR)." in opened(*paid).output
    again = opened(*paid).output
    assert "was applied before under this command id; nothing was done again" in again
    assert "desk:7 of 24.00 EUR" in again


def test_programs_get_events_and_balances_with_money_in_one_shape_also_for_a_repetition(opened: Billing):
    billed = ["do", "bill-account", "account=1", "on=2026-01-01", "--command-id", str(uuid4()), "--json"]
    first = opened(*billed).json

    assert first["result"]["invoiced"] == {"EUR": {"amount": "24.00", "currency": "EUR"}}
    assert first["result"] == opened(*billed).json["result"]
    assert [(entry["stream"], entry["event"]) for entry in first["events"]] == [
        ("account/1", "charges-posted"), ("account/1", "invoice-issued"),
    ]  # fmt: skip
    assert first["accounts"] == [
        {
            "account": "1",
            "balance_before": {"amount": "0.00", "currency": "EUR"},
            "balance": {"amount": "-24.00", "currency": "EUR"},
        }
    ]


def test_a_failure_is_one_json_document_with_code_field_and_value(opened: Billing):
    unknown = opened("account", "show", "77", "--json")
    assert (unknown.code, unknown.errors) == (1, "")
    assert unknown.json == {
        "error": {
            "message": "account '77': no such account; `billing customers` lists them",
            "exit_code": 1, "code": "not-found", "field": "account", "value": "77",
        }
    }  # fmt: skip
    for typed in (["account", "shwo", "--json"], ["--nope", "--json"], ["do", "receive-payment", "acount=1", "--json"]):
        wrong = opened(*typed)
        assert (wrong.code, wrong.json["error"]["code"]) == (2, "wrong-usage"), typed


def test_a_word_that_is_nearly_right_is_answered_with_the_one_that_is(empty_billing: Billing):
    for typed, meant in (
        (["do", "recieve-payment"], "did you mean receive-payment"),
        (["do", "register-customer", "numer=9", "name=Eva"], "did you mean number?"),
        (["account", "shwo"], "did you mean show?"),
        (["acount"], "Did you mean 'account'?"),
    ):
        ended = empty_billing(*typed)
        assert ended.code == 2 and meant in ended.complaint, ended


def test_the_shell_completes_commands_and_their_fields(empty_billing: Billing):
    def completed(words: str) -> list[str]:
        environment = {"_BILLING_COMPLETE": "complete_bash", "COMP_WORDS": words,
                       "COMP_CWORD": str(len(words.split()) - 1)}  # fmt: skip
        process = empty_billing.start(**environment)
        output, _ = process.communicate(timeout=60)
        return output.split()

    assert completed("billing do rec") == [
        "recall-contract", "receive-payment", "receive-remittance", "receive-ticket-mail", "record-absence",
        "record-debit-answers", "record-operator-absence", "record-usage",
    ]  # fmt: skip
    assert completed("billing do receive-payment acc") == ["account="]
    assert completed("billing do register-customer address.c") == ["address.city=", "address.country="]


def test_prices_and_dates_have_the_words_of_the_catalogue_in_every_command(empty_billing: Billing):
    stored = {"vat_rate", "vat_rates", "valid_from", "valid_to", "agreed_prices", "interval", "from_on", "to_on"}
    for command in HANDLERS:
        for shape in shapes_of(command):
            assert not stored & set(shape.words), command


def test_what_is_said_fits_eighty_columns(billed: Billing):
    for typed in (
        ["invoices"], ["account", "show", "1"], ["customers"], ["audit"], ["sellers"], ["suspensions"], ["timed-work"],
        ["catalogue", "show"], ["run", "--dry-run"], ["do", "register-customer", "number=7", f"name={'Eva ' * 30}"],
    ):  # fmt: skip
        shown = billed(*typed, COLUMNS="80").output
        assert shown and max(map(len, shown.splitlines())) <= 80, shown
        assert not re.search(r"\d{4}-\d{0,2}-?$", shown, re.MULTILINE), shown  # No date is broken.
