"""Whatever a person gets wrong ends with one clear line, an exit code, and a store in which nothing has changed."""

from __future__ import annotations

import pytest

from tests.adapters.cli.conftest import PROFILE, SUBSCRIBERS, TARIFF, Billing

# What is typed, the exit code, and what the one line must name: field, value, and what is wrong with it.
REFUSED_COMMANDS = [
    ("do receive-payment account=1 source=desk reference=7 amount=5.125 currency=EUR", 2,
     ["amount '5.125'", "has more decimals than EUR, which has 2"]),
    ("do receive-payment account=1 source=desk reference=7 amount=5,10 currency=EUR", 2, ["amount '5,10'", "12.50"]),
    ("do receive-payment account=1 source=desk reference=7 amount=5.10 currency=EURO", 2, ["currency 'EURO'", "ISO"]),
    ("do receive-payment account=99 source=desk reference=7 amount=5.10 currency=EUR", 1, ["account '99'", "no such"]),
    ("do open-account account=9 customer=1 seller=north currency=XYZ", 1, ["currency 'XYZ'", "unknown currency"]),
    ("do open-account account=9 customer=1 seller=south currency=EUR", 1, ["seller 'south'"]),
    ("do open-account account=9 customer=1 seller=north currency=EUR opened_on=2025-12-31", 1,
     ["account opened on '2025-12-31'", "only since 2026-01-01"]),
    ("do open-account account=9 customer=1 seller=north currency=EUR billing_day=32", 2, ["billing_day '32'"]),
    ("do register-customer number=1 name=Somebody", 1, ["customer number '1'", "another customer"]),
    ("do register-customer number=9", 2, ["name", "is missing"]),
    ("do register-customer number=9 name=Eva address.country=Latvia", 1, ["customer country 'Latvia'", "LV"]),
    ("do register-customer number=9 name=Eva address=Riga address.city=Riga", 2, ["address.city", "single value"]),
    ("do register-customer number=9 name=Eva name=Ida", 2, ["'name'", "twice"]),
    ("do register-customer number=9 name=Eva nick=E", 2, ["nick 'E'", "is not known here"]),
    ("do activate-subscription account=1 subscription=b tariff=net on=2025-12-31", 1,
     ["activation date '2025-12-31'", "only since 2026-01-01"]),
    ("do activate-subscription account=1 subscription=b tariff=gone on=2026-02-01", 1, ["tariff 'gone'"]),
    ("do activate-subscription account=1 subscription=b tariff=net on=2026-02-01 prices.fee=-1", 1,
     ["agreed price for fee '-1'", "must not be negative"]),
    ("do terminate-subscription reason=moves account=1 subscription=main on=2025-12-31", 1,
     ["terminate on '2025-12-31'", "not active yet"]),
    ("do suspend-subscription account=1 subscription=main reason=rain", 1, ["reason 'rain'", "suspension-reasons"]),
    ("do suspend-subscription account=1 subscription=main reason=abuse on=2026-02-30", 2, ["on '2026-02-30'"]),
    ("do resume-subscription account=1 subscription=main on=tomorrow", 2, ["on 'tomorrow'", "2026-11-01"]),
    ("do suspend-subscription account=1 subscription=second reason=abuse", 1, ["subscription 'second'"]),
    ("do reverse-payment account=1 payment=bank:9 reason=bounced", 1, ["payment 'bank:9'"]),
    ("do suspend-subscription account", 2, ["argument 'account'", "field=value"]),
    ("do suspend-subscription --command-id seven", 2, ["--command-id", "seven"]),
    ("do publish-tariff --file no-such-file.yaml", 2, ["file 'no-such-file.yaml'", "No such file"]),
    ("do dance", 2, ["dance"]),
    ("account show 99", 1, ["account '99'", "no such account"]),
    ("invoice show 99", 1, ["document '99'"]),
    ("invoice show 1000000001 --pdf /no/such/folder/i.pdf", 2, ["file '/no/such/folder/i.pdf'"]),
    ("audit --customer 99", 1, ["customer '99'"]),
    ("do resume-subscription account=1 subscription=main on=0001-01-01", 2, ["on '0001-01-01'", "1900-01-01"]),
    ("do change-billing-day account=1 billing_day=2 on=9999-12-31", 2, ["on '9999-12-31'", "2099-12-31"]),
    ("suspensions --on 9999-12-31", 2, ["--on", "'9999-12-31'", "2099-12-31"]),
    ("asof old --effective 0001-01-01", 2, ["--effective", "'0001-01-01'", "1900-01-01"]),
    ("run --until 2026-02-30", 2, ["--until", "'2026-02-30'", "2026-11-01"]),
    ("run --until 1.2.2026", 2, ["--until", "'1.2.2026'"]),
    ("run --on 2199-01-01", 2, ["--on", "'2199-01-01'", "2099-12-31"]),
    ("run --on 2099-01-01", 1, ["on '2099-01-01'", "is after today", "`until`"]),
    ("run --on 2099-01-01 --dry-run", 1, ["on '2099-01-01'", "is after today"]),
    ("suspensions --on soon", 2, ["--on", "'soon'"]),
    ("customers --limit 0", 2, ["--limit"]),
    ("rebuild nothing", 2, ["'nothing'", "balances"]),
    ("import customers no-such-file.csv --profile telco-customers", 2, ["no-such-file.csv", "does not exist"]),
    ("import customers {subscribers} --profile nobody", 1, ["profile 'nobody'", "telco-customers"]),
    ("import customers {subscribers} --profile telco-customers", 1, ["unknown column", "Nr, Name"]),
    ("payments import no-such-file.csv", 2, ["no-such-file.csv"]),
    ("payments import {subscribers}", 1, ["missing column", "source, reference, received_on", "the profile"]),
    ("fly", 2, ["fly"]),
    ("account 1", 2, ["'1'", "`billing account show`"]),
    ("invoice 1000000001 --pdf i.pdf", 2, ["'1000000001'", "`billing invoice show`"]),
    ("catalogue net", 2, ["'net'", "`billing catalogue export`, `billing catalogue import`"]),
    ("customers --fly", 2, ["--fly"]),
]  # fmt: skip


@pytest.fixture
def started(billed: Billing) -> Billing:
    """Read models are at the end of the log, so that whatever is compared stands still."""
    assert billed("customers").code == 0
    return billed


def test_a_command_that_is_wrong_says_so_in_one_line_and_changes_nothing(started: Billing):
    subscribers = started.file("some.csv", SUBSCRIBERS)
    for typed, code, named in REFUSED_COMMANDS:
        with started.nothing_written():
            ended = started(*typed.format(subscribers=subscribers).split())
        assert ended.code == code, (typed, ended)
        for text in named:
            assert text in ended.complaint, (typed, ended.complaint)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ('{"account": "1", "description": "Visit", "vat": 20, "amount": NaN}', "amount 'NaN': is not a number; write"),
        ('{"account": "1", "description": "Visit", "vat": 20, "amount": 1e3}', "amount '1e3': is not a number; write"),
        ('{"account": "1", "description": "\\ud83d", "vat": 20, "amount": 5}', "holds half of a character; save the"),
    ],
)
def test_json_that_no_command_can_take_is_refused_by_field_and_value(started: Billing, fields: str, named: str):
    with started.nothing_written():
        ended = started("do", "charge-once", "--file", started.file("fields.json", fields))
    assert ended.code == 2
    assert named in ended.complaint


@pytest.mark.parametrize(
    ("price", "named"),
    [
        ("{price: -1, from: 2020-01-01}", ["tariff tv, component fee, price '-1'", "negative"]),
        ("{price: 1.1234567, from: 2020-01-01}", ["'1.1234567'", "6 decimals"]),
        ("{price: cheap, from: 2020-01-01}", ["components.0.prices.0.price 'cheap'"]),
        ("{price: 1.10, from: 2020-13-01}", ["components.0.prices.0.from '2020-13-01'"]),
        ("{price: 1.10, from: 2020-02-01, to: 2020-01-01}", ["price from '2020-02-01'", "2020-01-01"]),
        ("{from: 2020-01-01}", ["components.0.prices.0.price", "missing"]),
    ],
)
def test_a_price_list_that_is_wrong_is_not_published(billing: Billing, price: str, named: list[str]):
    tariff = f"""
        code: tv
        name: Television
        currency: EUR
        components: [{{code: fee, name: Fee, kind: recurring, vat: 20, prices: [{price}]}}]
    """
    with billing.nothing_written():
        ended = billing("do", "publish-tariff", "--file", billing.file("tariff.yaml", tariff))

    assert ended.code in (1, 2)
    for text in named:
        assert text in ended.complaint


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("code: [", "is not well-formed YAML or JSON"),
        ("- code", "must hold the fields of a command"),
        ("code: a\ncode: b\n", "'code' stands twice"),
        ("? [a]\n: b\n", "line 1, column 3: a key must be a single text"),
        ("[" * 100_000, "is nested deeper than 40 levels"),
        ('{"code": "a", "code": "b"}', "'code' stands twice"),
        ("", "must hold the fields of a command"),
    ],
)
def test_a_file_of_fields_that_cannot_be_read_is_named(billing: Billing, text: str, named: str):
    ended = billing("do", "publish-tariff", "--file", "-", given=text)

    assert ended.code == 2
    assert "file '-'" in ended.complaint and named in ended.complaint


def test_a_tariff_without_a_price_on_that_date_is_refused(opened: Billing):
    later = TARIFF.replace("code: net", "code: later").replace("2020-01-01", "2026-06-01")
    assert opened("do", "publish-tariff", "--file", "-", given=later).code == 0

    with opened.nothing_written():
        ended = opened("do", "activate-subscription", "account=1", "subscription=b", "tariff=later", "on=2026-05-31")

    assert ended.code == 1
    assert "date '2026-05-31'" in ended.complaint and "component fee" in ended.complaint


def test_rows_that_cannot_be_taken_are_reported_with_line_column_value_and_reason(billing: Billing):
    ended = billing.bring_in(
        "Nr,Name,Currency,Fee,Since,Until\n"
        "1,Anna,EUR,20.00,2026-01-01,\n"
        "2,Ida,EUR,20.00,2026-02-30,\n"
        "3,Eva,EUR,20.005,2026-01-01,\n"
        "4,Ola,EUR,-20.00,2026-01-01,\n"
        "5,Ada,XYZ,20.00,2026-01-01,\n"
        "6,Una,EUR,20.00,2026-01-01,2025-12-01\n"
        "7,Mia,EUR,20.00,2019-12-31,\n"
        "1,Another,EUR,20.00,2026-01-01,\n"
        "8,Lea,EUR\n"
    )

    assert ended.code == 1
    report = ended.json
    assert (report["accepted"], report["unchanged"], report["more"]) == (2, 0, 0)
    assert [(row["line"], row["field"], row["value"]) for row in report["rejected"]] == [
        (3, "Since", "2026-02-30"),
        (4, "Fee", "20.005"),
        (5, "Fee", "-20.00"),
        (6, "Currency", "XYZ"),
        (7, "Until", "2025-12-01"),
        (9, "Nr", "1"),
        (10, "row", "8,Lea,EUR"),
    ]
    assert all(row["reason"] for row in report["rejected"])


def test_a_column_that_the_profile_does_not_know_stops_the_import_before_anything_is_written(billing: Billing):
    with billing.nothing_written():
        ended = billing.bring_in(SUBSCRIBERS.replace("Until", "Ends"))

    assert ended.code == 1
    assert "unknown column 'Ends'" in ended.complaint


def test_a_profile_with_a_fault_names_it(billing: Billing):
    with billing.nothing_written():
        ended = billing.bring_in(profile=PROFILE.replace("customer.name", "customer.nam"))

    assert ended.code == 1
    assert "columns.Name" in ended.complaint and "customer.nam" in ended.complaint


def test_many_rejected_rows_are_limited_and_counted(billing: Billing):
    rows = "".join(f"{number},Name,EUR,free,2026-01-01,\n" for number in range(60))
    file, profile = (
        billing.file("rows.csv", f"Nr,Name,Currency,Fee,Since,Until\n{rows}"),
        billing.file("p.yaml", PROFILE),
    )

    ended = billing("import", "customers", file, "--profile", profile, "--limit", "5")

    assert ended.code == 1
    assert "60 rejected" in ended.output
    assert ended.output.count("free") == 5
    assert "55 more" in ended.errors


def test_a_known_payment_with_another_amount_is_a_conflict_and_shown(billed: Billing):
    changed = billed.bank_file("bank,P1,2026-01-10,25.00,EUR,1000000001,Anna", name="again.csv")
    with billed.nothing_written():
        ended = billed("payments", "import", changed, "--json")

    assert ended.code == 1
    (row,) = ended.json["rejected"]
    assert (row["line"], row["field"], row["value"]) == (2, "payment", "bank:P1")
    assert "24.00 EUR" in row["reason"] and "25.00 EUR" in row["reason"]

    alone = billed("do", "receive-payment", "account=1", "source=bank", "reference=P1", "amount=25.00", "currency=EUR",
                   "received_on=2026-01-10")  # fmt: skip
    assert alone.code == 1
    assert "payment 'bank:P1'" in alone.complaint and "24.00 EUR" in alone.complaint


def test_payments_that_cannot_be_taken_are_reported_and_the_others_kept(billed: Billing):
    file = billed.bank_file(
        "bank,P5,2026-02-10,36.00,EUR,1000000002,Żaneta",
        "bank,P6,2026-02-31,36.00,EUR,1000000002,Żaneta",
        "bank,P7,2026-02-10,36.001,EUR,1000000002,Żaneta",
        "bank,P8,2026-02-10,-36.00,EUR,1000000002,Żaneta",
        "bank,P9,2026-02-10,36.00,USD,1000000002,Żaneta",
        "bank,P10,2026-02-10,36.00,EUR,4711,Nobody",
        name="mixed.csv",
    )

    ended = billed("payments", "import", file, "--json")

    assert ended.code == 1
    assert ended.json["accepted"] == 1
    assert [(row["line"], row["value"]) for row in ended.json["rejected"]] == [
        (3, "2026-02-31"),
        (4, "36.001"),
        (5, "-36.00"),
    ]
    assert ended.json["waiting"] == 2, "what names nobody, and what is in another currency than its account"


def test_a_change_in_an_invoiced_past_is_allowed_and_posts_the_difference(billed: Billing):
    assert (
        billed(
            "do", "terminate-subscription", "reason=moves away", "account=2", "subscription=main", "on=2026-03-16"
        ).code
        == 0
    )

    totals = billed("run", "--until", "2026-04-01", "--json").json["totals"]

    # 30.00 x 16/31 of March are taken back, with 20 % VAT.
    assert (totals["bills"], totals["invoices"], totals["credit_notes"]) == (1, 0, 1)
    assert totals["credited"] == {"EUR": {"amount": "-18.58", "currency": "EUR"}}
