"""An operator brings its list of subscribers: good rows are read, a bad one is reported with line, column and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import msgspec
import psycopg
import pytest

from adapters.edge.models import read_struct
from adapters.files.profile import ComputedDate, Profile
from adapters.files.subscribers import column_of, name_columns, read_subscribers
from adapters.postgres.datastore import open_datastore
from adapters.postgres.migrations import migrate
from adapters.postgres.recorder import EventRecorder
from adapters.postgres.store import PostgresStore
from billing_core.catalogue.components import Recurring
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Tariff
from billing_core.kernel.errors import InvalidValue, NotFound
from commands.onboarding import NewSubscriber, Onboarding, SubscriberRow
from commands.platform.batch import BatchReport, Rejected
from commands.platform.ports import Origin

WriteFile = Callable[..., Path]

ANNA = "100;Anna;Kalniņa;P;LV;12.50;EUR;10;2026-03-15;No;"
BALT = "101;Balt;Ltd;C;EE;30;EUR;31;2025-01-31;Yes;a note"


def read(path: Path, profile: Profile) -> tuple[list[SubscriberRow], list[Rejected]]:
    report = BatchReport()
    rows = list(read_subscribers(path, profile, report))
    return rows, report.rejected


def numbers(rows: Sequence[SubscriberRow]) -> list[str]:
    return [row.subscriber.customer.number for row in rows]


def test_a_row_becomes_a_subscriber_with_its_line(write_file: WriteFile, profile: Profile, header: str):
    rows, rejected = read(write_file(header, ANNA, BALT), profile)

    assert rejected == []
    assert [row.line for row in rows] == [2, 3]
    assert rows[0].subscriber == read_struct(
        NewSubscriber,
        {
            "customer": {"number": "100", "name": "Anna Kalniņa", "kind": "person", "address": {"country": "LV"}},
            "account": {"number": "100", "seller": "north", "currency": "EUR", "billing_day": 10},
            "subscription": {
                "code": "100",
                "tariff": "tv",
                "activated_on": date(2026, 3, 15),
                "prices": {"monthly": Decimal("12.50")},
            },
        },
    )
    assert rows[1].subscriber.customer.kind == "company"
    assert rows[1].subscriber.subscription.terminated_on == date(2026, 11, 1)


def test_an_empty_cell_leaves_the_default(write_file: WriteFile, profile: Profile, header: str):
    rows, rejected = read(write_file(header, "100;Anna;;P;;12.50;EUR;;2026-03-15;No;"), profile)

    assert rejected == []
    assert rows[0].subscriber.account.plan.billing_day == 1
    assert rows[0].subscriber.customer.address.country == ""
    assert rows[0].subscriber.customer.name == "Anna"


@pytest.mark.parametrize(
    ("good", "bad", "column", "value", "reason"),
    [
        ("2026-03-15", "2026-02-30", "Since", "2026-02-30", "is not a date that exists"),
        ("2026-03-15", "15.03.2026", "Since", "15.03.2026", "is not a date that exists; write it as 2026-11-01"),
        ("2026-03-15", "20260315", "Since", "20260315", "is not a date that exists"),
        ("2026-03-15", "", "Since", "", "must not be empty"),
        ("12.50", "12.505", "Fee", "12.505", "has more decimals than EUR, which has 2"),
        ("12.50", "3.000", "Fee", "3.000", "write 3.00, or write 3000.00 if the point marks thousands"),
        ("12.50", "-12.50", "Fee", "-12.50", "a price must not be negative"),
        ("12.50", "12,50", "Fee", "12,50", "is not a number; write it as 12.50"),
        ("12.50", "", "Fee", "", "is not a number"),
        ("12.50", "NaN", "Fee", "NaN", "is not a number"),
        (";EUR;", ";EURO;", "Currency", "EURO", "unknown currency"),
        (";EUR;", ";;", "Currency", "", "unknown currency"),
        (";P;", ";X;", "Kind", "X", "is none of the values that the profile knows: P, C"),
        (";10;", ";ten;", "Day", "ten", "is not a whole number"),
        (";No;", ";Maybe;", "Left", "Maybe", "is none of the values that the profile knows: Yes, No"),
        ("100;", ";", "Nr", "", "must not be empty"),
        (";No;", ";No", "row", ANNA[:-1], "has 10 cells, but the header names 11 columns"),
        (";No;", ";No;;", "row", ANNA + ";", "has 12 cells, but the header names 11 columns"),
    ],
)
def test_a_bad_row_is_reported_and_the_next_one_is_read(
    write_file: WriteFile, profile: Profile, header: str, good: str, bad: str, column: str, value: str, reason: str
):
    assert ANNA.count(good) == 1

    rows, rejected = read(write_file(header, ANNA.replace(good, bad), BALT), profile)

    assert numbers(rows) == ["101"]
    (rejection,) = rejected
    assert (rejection.line, rejection.field, rejection.value) == (2, column, value)
    assert reason in rejection.reason


@pytest.mark.parametrize(
    ("currency", "fee", "is_taken"),
    [("JPY", "1500", True), ("JPY", "1500.5", False), ("KWD", "1.505", True), ("KWD", "1.5055", False)],
)
def test_the_currency_says_how_many_decimals_a_price_has(
    write_file: WriteFile, profile: Profile, header: str, currency: str, fee: str, is_taken: bool
):
    row = ANNA.replace("12.50", fee).replace("EUR", currency)

    rows, rejected = read(write_file(header, row), profile)

    assert (len(rows), len(rejected)) == ((1, 0) if is_taken else (0, 1))


@pytest.mark.parametrize(
    ("months", "activated_on"),
    [("0", "2026-10-31"), ("1", "2026-09-30"), ("8", "2026-02-28"), ("12", "2025-10-31"), ("10", "2025-12-31")],
)
def test_months_before_a_date_end_on_the_last_day_of_a_shorter_month(
    write_file: WriteFile, profile: Profile, header: str, months: str, activated_on: str
):
    rows, _ = read(write_file(header, ANNA.replace("2026-03-15", months)), by_months(profile))

    assert [str(row.subscriber.subscription.activated_on) for row in rows] == [activated_on]


@pytest.mark.parametrize("months", ["-1", "1.5", "", "many", "1201", "9" * 5000])
def test_months_that_cannot_be_counted_are_rejected(write_file: WriteFile, profile: Profile, header: str, months: str):
    rows, (rejection,) = read(write_file(header, ANNA.replace("2026-03-15", months)), by_months(profile))

    assert rows == []
    assert (rejection.line, rejection.field, rejection.value) == (2, "Since", months)


def by_months(profile: Profile) -> Profile:
    """The profile, had the operator written months of membership into the column Since."""
    columns = {name: column for name, column in profile.columns.items() if name != "Since"}
    dates = {"subscription.activated_on": ComputedDate(months_before=date(2026, 10, 31), column="Since")}
    return msgspec.structs.replace(profile, columns=columns, dates=dates, ignore=("Notes", "Left"))


def test_a_column_that_the_profile_does_not_know_stops_before_any_row(
    write_file: WriteFile, profile: Profile, header: str
):
    path = write_file(header + ";Phone", ANNA + ";7", "not a row")

    with pytest.raises(
        InvalidValue, match=r"unknown column 'Phone': .*rows\.csv has a column that the profile north-cable"
    ):
        read_subscribers(path, profile, BatchReport())


@pytest.mark.parametrize("missing", ["Fee", "Notes", "Left"])
def test_a_column_that_is_missing_stops_before_any_row(
    write_file: WriteFile, profile: Profile, header: str, missing: str
):
    path = write_file(header.replace(f";{missing}", ""), ANNA)

    with pytest.raises(InvalidValue, match=f"missing column '{missing}': the profile north-cable names a column"):
        read_subscribers(path, profile, BatchReport())


def test_a_column_that_stands_twice(write_file: WriteFile, profile: Profile, header: str):
    with pytest.raises(InvalidValue, match="column 'Nr': stands twice in the header"):
        read_subscribers(write_file(header + ";Nr", ANNA + ";7"), profile, BatchReport())


def test_an_empty_file(tmp_path: Path, profile: Profile):
    (tmp_path / "empty.csv").touch()

    with pytest.raises(InvalidValue, match="is empty; its first line must name the columns"):
        read_subscribers(tmp_path / "empty.csv", profile, BatchReport())


def test_a_file_that_is_not_there(tmp_path: Path, profile: Profile):
    with pytest.raises(NotFound, match=r"gone\.csv': cannot be read: No such file"):
        read_subscribers(tmp_path / "gone.csv", profile, BatchReport())


def test_rows_are_read_one_at_a_time(write_file: WriteFile, profile: Profile, header: str):
    report = BatchReport()
    rows = read_subscribers(write_file(header, ANNA, "bad", BALT), profile, report)

    assert next(rows).line == 2
    assert report.rejected == []
    assert next(rows).line == 4
    assert [rejection.line for rejection in report.rejected] == [3]


def test_a_cell_over_several_lines_and_empty_lines_keep_the_count_of_lines(
    write_file: WriteFile, profile: Profile, header: str
):
    note = ANNA + '"first line\nsecond line"'

    rows, rejected = read(write_file(header, "", note, "", BALT, "bad"), profile)

    assert [row.line for row in rows] == [3, 6]
    assert [rejection.line for rejection in rejected] == [7]


def test_a_quote_that_is_not_closed_says_up_to_which_line_it_read(write_file: WriteFile, profile: Profile, header: str):
    rows, (rejection,) = read(write_file(header, BALT, ANNA + '"no end', BALT), profile)

    assert numbers(rows) == ["101"]
    assert rejection.line == 3
    assert "read up to line 4; look for a quote" in rejection.reason


def test_text_after_a_closing_quote_loses_only_its_row(write_file: WriteFile, profile: Profile, header: str):
    rows, (rejection,) = read(write_file(header, ANNA + '"a" b', BALT), profile)

    assert numbers(rows) == ["101"]
    assert rejection.line == 2
    assert "not well-formed CSV" in rejection.reason


@pytest.mark.parametrize("garbage", [b"\xff\xfe", b"\x00"])
def test_bytes_that_are_no_text_lose_only_their_row(tmp_path: Path, profile: Profile, header: str, garbage: bytes):
    path = tmp_path / "garbled.csv"
    path.write_bytes("\n".join([header, ANNA, BALT]).encode().replace(b"Anna", garbage))

    rows, (rejection,) = read(path, profile)

    assert numbers(rows) == ["101"]
    assert rejection.line == 2
    assert "not text in utf-8" in rejection.reason
    rejection.value.encode()


def test_the_profile_names_the_encoding(write_file: WriteFile, profile: Profile, header: str):
    path = write_file(header, ANNA.replace("Kalniņa", "Жукова"), encoding="cp1251")

    (row,), _ = read(path, msgspec.structs.replace(profile, encoding="cp1251"))

    assert row.subscriber.customer.name == "Anna Жукова"


def test_a_byte_order_mark_is_not_part_of_the_first_column(write_file: WriteFile, profile: Profile, header: str):
    rows, rejected = read(write_file(header, ANNA, encoding="utf-8-sig"), profile)

    assert (len(rows), rejected) == (1, [])


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("customer.number", "Nr"),
        ("customer number", "Nr"),
        ("customer.name", "First"),
        ("agreed price for monthly", "Fee"),
        ("subscription.prices.monthly", "Fee"),
        ("activation date", "Since"),
        ("terminate on", "Left"),
        ("billing day", "Day"),
        ("Day", "Day"),
        ("tariff", "subscription.tariff"),
        ("something else", "something else"),
    ],
)
def test_a_field_is_named_as_the_column_that_filled_it(profile: Profile, field: str, column: str):
    assert column_of(profile, field) == column


def test_a_column_that_is_called_like_a_field_of_the_rules_stays_what_it_is(profile: Profile):
    renamed = msgspec.structs.replace(profile, ignore=("Notes", "date"))

    assert column_of(profile, "date") == "Since"
    assert column_of(renamed, "date") == "date"


def test_what_the_rules_refuse_is_reported_by_column_and_in_the_order_of_the_file(
    write_file: WriteFile, profile: Profile, header: str, database_url: str
):
    ended_before_start = "102;Carl;Ozols;P;LV;5.00;EUR;1;2027-01-01;Yes;"
    path = write_file(
        header,
        ANNA,
        ended_before_start,
        "103;Dace;Ozola;P;LV;5.00;EUR;1;2026-13-01;No;",
        "104;Emīls;Ozols;P;LV;5.00;EUR;32;2026-01-01;No;",
        ANNA.replace("Anna", "Ilze"),
        BALT,
        "105;Juris;Ozols;P;LV;5.00;USD;1;2026-01-01;No;",
        "106;Kārlis;Ozols;P;Latvia;5.00;EUR;1;2026-01-01;No;",
    )
    report = BatchReport()

    bring_in(database_url, path, profile, report)
    name_columns(profile, report)

    assert report.accepted == 2
    assert [(row.line, row.field, row.value) for row in report.rejected] == [
        (3, "Left", "2026-11-01"),
        (4, "Since", "2026-13-01"),
        (5, "Day", "32"),
        (6, "Nr", "100"),
        (8, "subscription.tariff", "tv"),
        (9, "Country", "Latvia"),
    ]


def test_the_same_file_again_changes_nothing(write_file: WriteFile, profile: Profile, header: str, database_url: str):
    path = write_file(header, ANNA, BALT)
    bring_in(database_url, path, profile, BatchReport())
    again = BatchReport()

    assert bring_in(database_url, path, profile, again) == 0
    assert (again.accepted, again.unchanged, again.rejected) == (0, 2, [])


def bring_in(database_url: str, path: Path, profile: Profile, report: BatchReport) -> int:
    with psycopg.connect(database_url) as connection:
        migrate(connection)
    datastore = open_datastore(database_url)
    price = Price(amount=Decimal("9.90"), valid_from=date(2020, 1, 1))
    fee = Recurring(code="monthly", name="Monthly fee", vat_rate=Decimal(21), prices=(price,))
    catalogue = {"tv": Tariff(code="tv", name="Cable TV", currency="EUR", components=(fee,))}
    now = datetime(2026, 11, 1, 8, tzinfo=UTC)
    origin = Origin("anna", "clerk", "test", "desk", uuid4(), uuid4(), now, now.date())
    try:
        store = PostgresStore(EventRecorder(datastore))
        onboarding = Onboarding(store, catalogue, ["north"])
        return onboarding.bring_in(read_subscribers(path, profile, report), origin, report, lambda count: None)
    finally:
        datastore.close()
