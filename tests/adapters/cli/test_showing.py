"""Everything that is shown: as one JSON document for programs, and readable for people."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.cli.conftest import Billing
from tests.adapters.cli.test_changes import CHANGES, HOME


def eur(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def test_customers_are_listed_with_their_accounts(billed: Billing):
    shown = billed("customers", "--json").json

    assert shown["more"] == 0
    assert [entry["customer"]["name"] for entry in shown["customers"]] == [
        "Anna Kalniņa",
        "Żaneta [bold]Nowak",
        "Иван Петров",
    ]
    first = shown["customers"][0]
    assert first["registered_on"] == "2026-01-01"
    (account,) = first["accounts"]
    assert account["number"] == "1" and account["balance"] == eur("-48.00")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("петров", ["3"]),
        ("ŻANETA", ["2"]),
        ("anna k", ["1"]),
        ("anna kalnna", ["1"]),
        ("3", ["3"]),
        ("%", []),
        ("_", []),
    ],
)
def test_customers_are_found_however_the_name_is_written(opened: Billing, search: str, found: list[str]):
    shown = opened("customers", "--search", search, "--json").json

    assert [entry["customer"]["number"] for entry in shown["customers"]] == found


def test_a_list_is_limited_and_says_how_many_more_there_are(billed: Billing):
    for command, key in (("customers", "customers"), ("invoices", "documents")):
        whole = billed(command, "--json").json
        part = billed(command, "--json", "--limit", "2").json
        assert part[key] == whole[key][:2]
        assert part["more"] == len(whole[key]) - 2

        shown = billed(command, "--limit", "2")
        assert f"... and {part['more']} more" in shown.errors and "--limit" in shown.errors


def test_a_list_goes_on_after_the_last_one_shown(billed: Billing):
    first = billed("invoices", "--limit", "3", "--json").json
    rest = billed("invoices", "--after", first["documents"][-1]["number"], "--json").json
    assert len(rest["documents"]) == first["more"] == 5
    assert rest["more"] == 0

    newest = billed("audit", "--limit", "3", "--json").json
    older = billed("audit", "--before", str(newest["changes"][-1]["position"]), "--json").json
    assert older["changes"] == billed("audit", "--json").json["changes"][3:]
    assert newest["next"] == str(newest["changes"][-1]["position"])
    assert "use --before" in billed("audit", "--limit", "3").errors


def test_invoices_show_what_is_open(billed: Billing):
    documents = billed("invoices", "--json").json["documents"][::-1]

    assert [(row["number"], row["account"], row["gross"], row["open_amount"]) for row in documents] == [
        ("1000000001", "1", eur("24.00"), eur("0.00")),
        ("1000000002", "2", eur("36.00"), eur("36.00")),
        ("1000000003", "1", eur("24.00"), eur("24.00")),
        ("1000000004", "2", eur("36.00"), eur("36.00")),
        ("1000000005", "3", eur("24.00"), eur("14.00")),
        ("1000000006", "1", eur("24.00"), eur("24.00")),
        ("1000000007", "2", eur("36.00"), eur("36.00")),
        ("1000000008", "3", eur("48.00"), eur("48.00")),
    ]
    still_open = billed("invoices", "--state", "open", "--json").json
    assert len(still_open["documents"]) == 7
    assert still_open["totals"] == [
        {"kind": "invoice", "documents": 7, "gross": eur("228.00"), "open_amount": eur("218.00")}
    ]


def test_an_account_explains_every_posting(billed: Billing):
    assert billed("do", "reverse-payment", "account=3", "payment=bank:P2", "reason=bounced").code == 0

    shown = billed("account", "show", "3", "--json").json

    assert shown["customer"]["name"] == "Иван Петров"
    assert shown["balance"] == eur("-72.00")
    assert {item["invoice"]: item["open"] for item in shown["open_items"]} == {
        "1000000005": eur("24.00"),
        "1000000008": eur("48.00"),
    }
    (subscription,) = shown["subscriptions"]
    assert subscription["charged_until"] == "2026-04-01"
    assert [change["kind"] for change in subscription["timeline"]] == ["activate"]
    assert subscription["timeline"][0]["agreed_prices"] == {"fee": "40.00"}
    assert [(posting["kind"], posting["amount"], posting["balance"]) for posting in shown["postings"][::-1]] == [
        ("invoice", eur("-24.00"), eur("-24.00")),
        ("invoice", eur("-48.00"), eur("-72.00")),
        ("payment", eur("10.00"), eur("-62.00")),
        ("payment-reversal", eur("-10.00"), eur("-72.00")),
    ]
    reversal, payment, _, invoice = shown["postings"]
    (line,) = invoice["lines"]
    assert (line["from_on"], line["to_on"], line["net"], line["vat_rate"]) == (
        "2026-02-15", "2026-03-01", eur("20.00"), "20"
    )  # fmt: skip
    assert line["explanation"] == "40.00 EUR a month x 14/28 days of the whole period, agreed price"
    assert [(part["invoice"], part["amount"]) for part in payment["settled"]] == [("1000000005", eur("10.00"))]
    assert reversal["reason"] == "bounced"
    assert [(part["invoice"], part["amount"]) for part in reversal["opened"]] == [("1000000005", eur("10.00"))]


def test_an_account_tells_a_person_the_same(billed: Billing):
    assert billed("do", "change-tariff", "account=2", "subscription=main", "tariff=net", "on=2026-03-16",
                  "prices.fee=10.00").code == 0  # fmt: skip
    assert billed("do", "suspend-subscription", "account=2", "subscription=main", "reason=operator", "on=2026-04-10"
                  ).code == 0  # fmt: skip
    assert billed("run", "--until", "2026-04-01").code == 0

    told = billed("account", "show", "2").output

    for text in (
        "Account 2 of Żaneta [bold]Nowak, customer 2",
        "2026-01-01 activated on tariff net, fee agreed at 30.00",
        "2026-03-16 moved to tariff net, fee agreed at 10.00",
        "2026-04-10 suspended for operator, 0 % of the fees are charged",
        "2026-03-01 Invoice 1000000007, due 2026-03-15 -36.00 EUR -108.00 EUR",
        "corrects 1000000007",
        "credit: 30.00 EUR a month x 16/31 days of the whole period",
        "because: the service changed on days that were invoiced already",
    ):
        assert text in " ".join(told.split()), text


def test_lines_of_several_services_say_of_which_they_are(billed: Billing):
    told = billed("account", "show", "1").output
    assert "Internet: Monthly fee, 2026-01-01" in told
    assert billed("do", "activate-subscription", "account=1", "subscription=cottage", "tariff=net", "on=2026-04-01"
                  ).code == 0  # fmt: skip
    assert billed("run", "--until", "2026-04-02").code == 0

    told = billed("account", "show", "1").output

    assert "Internet: Monthly fee (main), 2026-01-01" in told
    assert "Internet: Monthly fee (cottage), 2026-04-01" in told


def test_every_amount_of_a_column_ends_at_the_same_place(billed: Billing):
    lines = billed("invoices").output.splitlines()

    ends = {match.end() for line in lines if (match := re.search(r"[\d.]+ EUR(?=  )", line))}
    assert len(ends) == 1


def test_the_older_postings_of_an_account_are_counted(billed: Billing):
    shown = billed("account", "show", "1", "--limit", "1", "--json").json

    assert [posting["kind"] for posting in shown["postings"]] == ["payment"]
    assert shown["more"] == 3
    told = billed("account", "show", "1", "--limit", "1").output
    assert "3 invoices: -72.00 EUR" in told and "balance after them -72.00 EUR" in told
    assert "earlier" not in billed("account", "show", "1", "--all").output


def test_balances_of_customers_and_of_account_show_agree(billed: Billing):
    for entry in billed("customers", "--json").json["customers"]:
        for account in entry["accounts"]:
            shown = billed("account", "show", account["number"], "--json").json
            assert shown["balance"] == account["balance"]
            amounts = [Decimal(posting["amount"]["amount"]) for posting in shown["postings"]]
            assert sum(amounts) == Decimal(account["balance"]["amount"])


def test_an_invoice_shows_the_parties_as_they_were_when_it_was_issued(billed: Billing):
    before = billed("invoice", "show", "1000000001", "--json").json["document"]
    changed = billed("do", "change-customer", "number=1", "name=Anna Ozola", "address.city=Valmiera")
    assert changed.code == 0
    assert billed("run", "--until", "2026-05-01").code == 0

    assert billed("invoice", "show", "1000000001", "--json").json["document"] == before
    assert before["buyer"]["name"] == "Anna Kalniņa"
    assert before["seller"] == {
        "name": "North Cable",
        "address_lines": ["Pier 1", "Riverside"],
        "legal_ids": {},
        "email": None,
        "phone": None,
    }
    assert before["bank"] == {"iban": "LV80BANK0000435195001", "bic": None}
    assert before["payment_reference"] == "1000000001"
    assert (before["issued_on"], before["tax_point_on"]) == ("2026-01-01", "2026-01-01")
    assert "Tax point           1 Jan 2026" in billed("invoice", "show", "1000000001").output
    assert billed("invoices", "--json").json["documents"][-1]["tax_point_on"] == "2026-01-01"
    assert (before["net"], before["vat"], before["gross"]) == (eur("20.00"), eur("4.00"), eur("24.00"))
    after = billed("invoice", "show", "1000000009", "--json").json["document"]
    assert after["buyer"]["name"] == "Anna Ozola" and after["buyer"]["address_lines"][0] == "Valmiera"
    assert "Anna Ozola" in billed("invoice", "show", "1000000009").output


def test_an_invoice_is_written_as_pdf_the_same_each_time_and_a_copy_is_marked(billed: Billing):
    paths = [billed.folder / name for name in ("one.pdf", "two.pdf", "copy.pdf")]
    for path, more in zip(paths, ([], [], ["--copy"]), strict=True):
        ended = billed("invoice", "show", "1000000001", "--pdf", str(path), *more)
        assert ended.code == 0 and str(path) in ended.output

    one, two, copy = (path.read_bytes() for path in paths)
    assert one.startswith(b"%PDF-")
    assert one == two != copy


def test_a_document_about_one_service_names_it_wherever_it_is_shown(billed: Billing):
    assert "service" not in billed("invoices").output
    assert billed("do", "change-billing-plan", "account=1", "invoice_per=service").code == 0
    assert billed("run", "--until", "2026-05-01").code == 0
    assert (
        billed(
            "do", "terminate-subscription", "reason=moves away", "account=1", "subscription=main", "on=2026-04-16"
        ).code
        == 0
    )
    assert billed("run", "--until", "2026-05-01").code == 0
    note, invoice, *_ = [row for row in billed("invoices", "--json").json["documents"] if row["account"] == "1"]

    for row in (invoice, note):
        assert row["subject"] == {"subscription": "main", "address": ""}
        shown = billed("invoice", "show", row["number"], "--json").json["document"]
        assert (shown["service"], shown["service_name"], shown["address"]) == ("main", "Internet", "")
        assert "Service             Internet (main)" in billed("invoice", "show", row["number"]).output
    assert billed("invoices").output.count("service main") == 2
    told = " ".join(billed("account", "show", "1").output.split())
    assert f"Invoice {invoice['number']} for service main, due" in told
    assert f"Credit note {note['number']} for service main, corrects" in told
    audited = {entry["event"]: entry["what"] for entry in changes(billed, "--customer", "1")[::-1]}
    assert audited["invoice-issued"].startswith(f"{invoice['number']} for service main of 24.00 EUR")


def test_suspensions_are_those_overdue_beyond_tolerance_on_a_date(billed: Billing):
    assert billed("suspensions", "--on", "2026-02-05", "--json").json["suspensions"][0]["account"] == "2"

    shown = billed("suspensions", "--on", "2026-02-23", "--json").json

    assert shown["on"] == "2026-02-23"
    assert [(row["account"], row["overdue_since_on"], row["overdue"]) for row in shown["suspensions"]] == [
        ("1", "2026-02-15", eur("24.00")),
        ("2", "2026-01-15", eur("72.00")),
    ]
    assert shown["totals"] == [{"accounts": 2, "overdue": eur("96.00")}]
    assert "No account with a running service is overdue" in billed("suspensions", "--on", "2026-01-20").output
    assert billed("suspensions", "--on", "2026-02-23", "--limit", "1", "--json").json["more"] == 1


def test_a_preview_and_its_run_have_the_same_totals_and_a_second_run_has_none(opened: Billing):
    with opened.nothing_written():
        preview = opened("run", "--until", "2026-04-01", "--dry-run", "--json").json
    run = opened("run", "--until", "2026-04-01", "--json").json

    assert (preview["dry_run"], run["dry_run"]) == (True, False)
    compared = preview["totals"].pop("compared")
    assert preview["totals"] == run["totals"]
    assert compared["EUR"]["every"]["now"] == eur("252.00")
    assert run["totals"]["bills"] == 3
    assert run["totals"]["invoiced"] == {"EUR": eur("252.00")}
    again = opened("run", "--until", "2026-04-01")
    assert (again.code, again.output.strip()) == (0, "Nothing was due before 2026-04-01.")


def test_a_run_is_dated_today_and_charges_up_to_today_unless_said(opened: Billing):
    assert opened("run", "--on", "2026-01-31", "--until", "2026-01-02").code == 0
    run = opened("run", "--json").json

    assert date.fromisoformat(run["until"]) == date.fromisoformat(run["on"]) + timedelta(days=1)
    assert [(row["account"], row["issued_on"]) for row in opened("invoices", "--json").json["documents"][::-1]] == [
        ("1", "2026-01-31"), ("2", "2026-01-31"), ("1", run["on"]), ("2", run["on"]), ("3", run["on"]),
    ]  # fmt: skip
    late = opened("run", "--on", "2026-02-01", "--dry-run")
    assert late.code == 1 and "is before the last document of seller north" in late.complaint


def test_an_account_that_cannot_be_billed_is_parked_with_the_reason(billing: Billing):
    prices = "[{price: 5, from: 2020-01-01, to: 2026-02-01}]"
    component = f"{{code: fee, name: Fee, kind: recurring, vat: 0, prices: {prices}}}"
    tariff = f"{{code: old, name: Old, currency: EUR, components: [{component}]}}"
    assert billing.bring_in().code == 0
    assert billing("do", "publish-tariff", "--file", "-", given=tariff).code == 0
    assert (
        billing("do", "activate-subscription", "account=1", "subscription=old", "tariff=old", "on=2026-01-01").code == 0
    )

    ended = billing("run", "--until", "2026-04-01")

    assert ended.code == 0
    assert "parked accounts" in ended.output and "add a price that holds then" in ended.output
    (row,) = billing("parked", "--json").json["accounts"]
    assert row["number"] == "1" and "tariff old has no price" in row["parked"]
    assert "2026-02-01" in billing("parked").output
    assert "tariff old has no price" in billing("account", "show", "1", "--json").json["parked"]


def test_the_audit_says_who_did_what_when_and_from_where(billed: Billing):
    ended = ("do", "terminate-subscription", "reason=moves away", "account=1", "subscription=main", "on=2026-06-01")
    assert billed("--actor", "eva", *ended).code == 0

    newest, *_ = billed("audit", "--json").json["changes"]

    assert (newest["actor"], newest["channel"]) == ("eva", "command line")
    assert newest["source"]
    assert newest["stream"] == "account/1"
    assert (newest["event"], newest["effective_on"]) == ("subscription-terminated", "2026-06-01")
    assert newest["what"] == "subscription main: terminated, because: moves away"
    assert newest["recorded_at"].endswith("+00:00")
    told = billed("audit", "--limit", "1").output
    assert "eva" in told and "subscription-terminated on 2026-06-01" in told


def test_the_audit_of_a_customer_or_an_actor_has_all_of_theirs_and_nothing_else(billed: Billing):
    assert billed("do", "change-customer", "number=1", "name=Anna Ozola", BILLING_ACTOR="eva").code == 0

    of_customer = billed("audit", "--customer", "1", "--json").json
    assert {entry["stream"] for entry in of_customer["changes"]} == {"customer/1", "account/1"}
    assert of_customer["changes"][0]["what"] == "name Anna Ozola (before: Anna Kalniņa)"
    streams = billed.select("SELECT count(*) FROM billing.events WHERE originator_id IN ('customer/1', 'account/1')")
    assert [(len(of_customer["changes"]),)] == streams

    assert [entry["event"] for entry in changes(billed, "--actor", "eva")] == ["customer-changed"]
    assert len(changes(billed, "--customer", "1", "--actor", "eva")) == 1
    assert changes(billed, "--customer", "2", "--actor", "eva") == []
    assert changes(billed, "--actor", "nobody") == []


def test_the_audit_of_a_kind_an_object_and_a_time_is_narrowed_and_written_as_csv(billed: Billing, tmp_path: Path):
    everything = changes(billed)
    received = [entry for entry in everything if entry["event"] == "payment-received"]
    assert changes(billed, "--event", "payment-received") == received != []
    assert {entry["stream"] for entry in changes(billed, "--object", "account/1")} == {"account/1"}
    assert changes(billed, "--until", "2020-01-01T00:00") == []
    assert changes(billed, "--since", "2020-01-01T00:00", "--event", "payment-received") == received
    file = tmp_path / "log.csv"

    assert billed("audit", "--event", "payment-received", "--csv", str(file)).code == 0

    heading, *rows = list(csv.reader(file.open(encoding="utf-8")))
    assert [row[heading.index("what")] for row in rows] == [entry["what"] for entry in received]


def changes(billing: Billing, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = billing("audit", *options, "--json").json["changes"]
    return found


def test_every_kind_of_event_has_a_sentence():
    """Of the stored samples: there is one for every kind."""
    from adapters.texts.sentences import sentence
    from billing_core.kernel.events import decode

    samples = sorted((Path(__file__).parents[2] / "samples").glob("*.json"))
    without = [
        path.stem for path in samples if not sentence(decode("/".join(path.stem.rsplit("-", 1)), path.read_bytes()))
    ]
    assert (len(samples) > 40, without) == (True, [])


def test_what_happens_is_told_in_the_audit(billed: Billing):
    """A sentence each, so that nobody has to read JSON to know what happened."""
    fee = "main/fee/2026-01-01/2026-02-01/0"
    wrong = """
        account: 1
        reason: mistyped
        corrections:
          - {subscription: main, activated_on: 2026-01-10}
          - {subscription: main, from: 2026-02-01, to: 2026-03-01, vat: {fee: 10}}
    """
    other_vat = """
        price_changes:
          - tariff: net
            from: 2026-03-16
            components: [{code: fee, name: Monthly fee, kind: recurring, price: 19.90, vat: 21}]
    """
    billed.publish(HOME)
    for arguments in (
        *CHANGES,
        ["do", "define-product", "code=internet", "name=Internet"],
        ["price-change", billed.file("prices.yaml", other_vat), "--schedule"],
        ["do", "correct-account", "--file", billed.file("wrong.yaml", wrong)],
        ["do", "move-payment", "payment=bank:P1", "from_account=1", "to_account=2", "reason=mixed up"],
        ["do", "suspend-subscription", "account=1", "subscription=main", "reason=abuse", "on=2026-04-02"],
        ["do", "resume-subscription", "account=1", "subscription=main", "on=2026-04-03"],
        ["do", "change-tariff", "account=1", "subscription=main", "tariff=net", "on=2026-05-01"],
        ["do", "terminate-subscription", "reason=moves away", "account=1", "subscription=main", "on=2026-06-01"],
        ["do", "waive-charge", "account=2", f"charge={fee}", "reason=no signal"],
        ["do", "reverse-payment", "account=3", "payment=bank:P2", "reason=bounced"],
        ["do", "change-customer", "number=1", "name=Anna Ozola"],
        ["do", "park-account", "account=2", "code=odd", "reason=to be looked at", "on=2026-04-01"],
        [
            "do",
            "change-billing-plan",
            "account=3",
            "minimum_invoice=500",
            "due.by=day-of-month",
            "due.day=15",
            "due_shift=next",
        ],
        ["do", "charge-once", "account=3", "description=Cable", "amount=15.00", "vat=20", "on=2026-04-01"],
        ["run", "--until", "2026-04-02"],
        ["do", "register-customer", "number=9", "name=Eva"],
        ["forget", "9", "--reason", "asked for it", "--ordered-by", "the customer"],
    ):
        assert billed(*arguments).code == 0, arguments

    told = {entry["event"]: entry["what"] for entry in reversed(changes(billed, "--limit", "500"))}

    assert all(told.values())
    assert told["subscription-charge-waived"] == "subscription main: fee waived until 2026-02-01, because: no signal"
    assert told["product-defined"] == "Internet"
    assert told["tariff-revised"] == "tariff net from 2026-03-16 on: Monthly fee 19.90, 21% VAT"
    assert told["subscription-repriced"] == "subscription main: tariff net has other prices from this day on"
    assert told["repricing-advanced"] == "up to 3: 0 accounts marked for re-rating, complete"
    assert told["payment-reversed"] == "bank:P2 of 10.00 EUR, because: bounced"
    assert told["billing-plan-changed"] == (
        "due on day 15 of the month, shifted to the next working day, tolerated 7 more days, carried over below 500"
    )
    assert re.fullmatch(r"below the invoice minimum, carried over to \d{4}-\d\d-01", told["charges-deferred"])
    assert told["customer-forgotten"] == "by order of the customer, because: asked for it; documents kept: none"
    assert told["payment-moved-away"] == "bank:P1 of 24.00 EUR to account 2, because: mixed up"
    assert told["payment-moved-in"] == "bank:P1 of 24.00 EUR from account 1, because: mixed up"
    assert told["subscription-activation-corrected"] == (
        "subscription main: was activated on this day, because: mistyped"
    )
    assert told["subscription-terms-corrected"] == (
        "subscription main: corrected from 2026-02-01 up to 2026-03-01, exclusive, 10% VAT on fee, because: mistyped"
    )
    assert told["subscription-suspended"] == "subscription main: suspended for abuse, 100 % of the fees are charged"
    assert told["subscription-change-cancelled"] == (
        "subscription home: hold of this day cancelled, because: the journey was put off"
    )


def test_nothing_that_a_terminal_would_obey_reaches_it(opened: Billing):
    row = "bank,P1,2026-01-10,24.00,EUR,\x1b[31m4711,Anna\x1b]0;owned\x07"
    opened("do", "register-customer", "number=9", "name=Eva", "address.city=\x1b[31mRiga", "legal_ids.x=\x9b31m")

    for command in (
        ["payments", "import", opened.bank_file(row)],
        ["customers"],
        ["audit"],
        ["account", "show", "\x1b[31m"],
        ["rebuild", "\x1b[31m"],
        ["do", "register-customer", "number=8", "name=Ola\x1b[31m"],
    ):
        ended = opened(*command)
        assert not {"\x1b", "\x9b", "\x07"} & set(ended.output + ended.errors), command


def test_check_tells_every_invariant_and_fails_where_one_is_broken(billed: Billing):
    clean = billed("check", "--json")
    assert clean.code == 0
    assert clean.json["clean"] is True
    assert len(clean.json["findings"]) > 15
    assert "All" in billed("check").output

    billed.execute("UPDATE live.accounts SET balance = balance + 1 WHERE number = '2'")
    broken = billed("check", "--json")
    assert broken.code == 1
    (found,) = [finding for finding in broken.json["findings"] if finding["offenders"]]
    assert "accounts" in found["invariant"]
    assert billed("check").output.count("BROKEN") == 1

    assert billed("rebuild", "balances").code == 0
    assert billed("check").code == 0


def test_check_makes_lost_claims_again_if_it_is_asked_to(billed: Billing):
    billed.execute("DELETE FROM billing.claims WHERE kind = 'invoice'")
    assert billed("check").code == 1

    mended = billed("check", "--mend-claims", "--json")
    assert (mended.code, mended.json["clean"]) == (0, True)
    assert mended.json["mended_claims"].keys() == {"missing"}
    assert "Claims: none wrong." in billed("check", "--mend-claims").output


def test_rebuild_builds_all_or_the_one_that_is_named(billed: Billing):
    position = billed.select("SELECT max(position) FROM billing.events")[0][0]
    whole = billed("rebuild", "--json").json
    assert {"balances", "invoices", "audit"} <= set(whole["rebuilt"])
    assert whole["position"] == position
    assert billed("rebuild", "invoices", "--json").json["rebuilt"] == ["invoices"]
    assert "Rebuilt invoices" in billed("rebuild", "invoices").output


def test_init_can_be_repeated(empty_billing: Billing):
    assert empty_billing("init", "--json").json["applied"]
    assert empty_billing("init", "--json").json["applied"] == []


def test_help_names_every_exit_code_and_appears_without_a_database(empty_billing: Billing):
    shown = empty_billing("--help", BILLING_DATABASE_URL="postgresql://127.0.0.1:1/none")

    assert shown.code == 0
    for code in (0, 1, 2, 3, 70, 130, 143):
        assert re.search(rf"^ +{code}  |\b{code}\b", shown.output, re.MULTILINE)
    for command in ("init", "import", "run", "payments", "customers", "account", "invoices", "invoice", "suspensions",
                    "parked", "audit", "rebuild", "check", "demo", "do"):  # fmt: skip
        assert re.search(rf"^  {command} ", shown.output, re.MULTILINE), command
