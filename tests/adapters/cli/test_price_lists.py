"""Price lists on the command line: checked, published, shown, compared, found by number, written and withdrawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.cli.conftest import Billing, Ended

TERMS = """
code: retail
name: Retail calls
currency: EUR
unit: minute
zone: Europe/Prague
country: CZ
from: 2099-01-01
bands:
  - {code: peak, hours: {monday: ["08:00-20:00"]}}
  - {code: off-peak}
"""
FIRST = """Prefix,Destination,Peak,Off-peak,Setup fee,Increment
+49,Germany,0.05,0.02,0.01,60/1
+49151,Germany mobile,0.10,0.10,,60/60
+420,Czechia,0.02,0.01,,1/1
"""
SECOND = FIRST.replace("0.10,0.10", "0.15,0.10").replace("+420,Czechia,0.02,0.01,,1/1\n", "")


@pytest.fixture
def lists(billing: Billing) -> Billing:
    """The list `retail` from 2 January 2026."""
    published = bring_in(billing, FIRST, "--terms", billing.file("terms.yaml", TERMS), "--from", "2026-01-02")
    assert published.code == 0, published.errors
    assert "retail version 1 is published: 3 rows for 3 destinations from 2026-01-02" in published.output
    return billing


def bring_in(billing: Billing, text: str, *options: str, command: str = "import") -> Ended:
    return billing("usage", "price-list", command, billing.file("list.csv", text), *options)


def test_a_list_is_checked_without_being_published(billing: Billing):
    terms = billing.file("terms.yaml", TERMS)
    with billing.nothing_written():
        checked = bring_in(billing, FIRST, "--terms", terms, "--from", "2026-01-02", command="check")

    assert checked.code == 0, checked.errors
    assert "retail: 3 rows for 3 destinations from 2026-01-02 can be published." in checked.output
    assert "past" in checked.output
    assert "No price list is published yet" in billing("usage", "price-lists").output


def test_wrong_rows_are_reported_and_nothing_is_published(billing: Billing):
    terms = billing.file("terms.yaml", TERMS)
    with billing.nothing_written():
        refused = bring_in(billing, FIRST + "+43,Austria,tea,1,,\n", "--terms", terms, "--json")

    assert refused.code == 1
    assert refused.json["version"] is None
    assert [(row["line"], row["field"], row["value"]) for row in refused.json["rejected"]] == [(5, "Peak", "tea")]
    shown = bring_in(billing, FIRST + "+43,Austria,tea,1,,\n", "--terms", terms)
    assert "The list is not published, for it has 1 wrong row:" in shown.output


def test_the_same_list_again_changes_nothing(lists: Billing):
    with lists.nothing_written():
        again = bring_in(lists, FIRST.replace("0.10,0.10", "0.1,0.100"), "--code", "retail", "--from", "2026-01-02")

    assert again.code == 0
    assert "This is version 1 of retail already." in again.output


def test_the_next_version_is_compared_with_the_one_before(lists: Billing):
    """0.10 -> 0.15 is +50 %; 420 is gone and lost."""
    second = bring_in(lists, SECOND, "--code", "retail", "--from", "2026-03-01", "--json")

    assert second.code == 0
    assert (second.json["version"], second.json["compared_with"]) == (2, 1)
    said = second.json["comparison"]
    assert (said["same"], said["dearer"], said["cheaper"], said["new"], said["gone"]) == (1, 1, 0, 0, 1)
    assert [(each["kind"], each["prefix"]) for each in said["findings"] if each["kind"] != "past"] == [
        ("gone", "420"), ("jump", "49151"), ("lost", "420"),
    ]  # fmt: skip
    compared = lists("usage", "price-list", "compare", "retail", "1", "2", "--jump", "60", "--json")
    assert [each["kind"] for each in compared.json["findings"]] == ["gone", "lost"]
    assert "+50 %" in lists("usage", "price-list", "compare", "retail", "1", "2").output


def test_versions_and_rows_are_shown(lists: Billing):
    assert bring_in(lists, SECOND, "--code", "retail", "--from", "2026-03-01").code == 0

    shown = lists("usage", "price-list", "show", "retail", "--version", "1", "--prefix", "49", "--json")

    assert [row["prefix"] for row in shown.json["prices"]] == ["49", "49151"]
    assert shown.json["prices"][0]["prices"] == {"peak": "0.05", "off-peak": "0.02"}
    versions = [(row["version"], row["from_on"], row["to_on"]) for row in shown.json["price_list"]["versions"]]
    assert versions == [(2, "2026-03-01", None), (1, "2026-01-02", "2026-03-01")]
    words = lists("usage", "price-list", "show", "retail", "--destination", "MOBILE").output
    assert "Germany mobile" in words and "peak 0.15, off-peak 0.10" not in words and "peak 0.15, off-peak 0.1" in words
    page = lists("usage", "price-list", "show", "retail", "--version", "1", "--limit", "2", "--json").json
    assert page["next"] == "49"
    rest = lists("usage", "price-list", "show", "retail", "--version", "1", "--after", "49", "--json").json
    assert [row["prefix"] for row in rest["prices"]] == ["49151"]
    assert lists("usage", "price-lists", "--on", "2026-02-28", "--json").json["price_lists"][0]["version"] == 1
    assert lists("usage", "price-lists", "--on", "2026-03-01", "--json").json["price_lists"][0]["version"] == 2
    assert "no such price list" in lists("usage", "price-list", "show", "nothing").complaint


def test_the_price_of_a_number_on_a_day_is_found(lists: Billing):
    assert bring_in(lists, SECOND, "--code", "retail", "--from", "2026-03-01").code == 0

    def price(on: str, number: str = "+49151 234567") -> object:
        (found,) = lists("usage", "price", number, "--on", on, "--json").json["prices"]
        row = found["row"]
        return found["version"], row and (row["prefix"], row["destination"], row["prices"]["peak"])

    assert price("2026-02-28") == (1, ("49151", "Germany mobile", "0.1"))
    assert price("2026-03-01") == (2, ("49151", "Germany mobile", "0.15"))
    assert price("2026-03-01", "+420601000111") == (2, None)
    assert lists("usage", "price", "+49151", "--on", "2026-01-01", "--json").json["prices"] == []
    assert "60/60" in lists("usage", "price", "+49151234567", "--on", "2026-02-28").output


def test_a_ported_number_is_priced_by_its_operator(lists: Billing):
    table = "number,operator prefix,from\n420601000111,49151,2026-02-01\n420601000222,tea,\n"

    brought = lists("usage", "import-ported", lists.file("ported.csv", table), "--country", "CZ")

    assert brought.code == 1
    assert "1 ported numbers imported, 0 known before, 1 rejected" in brought.output
    again = lists("usage", "import-ported", lists.file("ported.csv", table), "--country", "CZ")
    assert "0 ported numbers imported, 1 known before" in again.output
    found = [
        lists("usage", "price", "420601000111", "--on", on, "--json").json["prices"][0]
        for on in ("2026-01-31", "2026-02-01")
    ]
    assert [(each["ported_to"], each["row"]["destination"]) for each in found] == [
        ("", "Czechia"), ("49151", "Germany mobile"),
    ]  # fmt: skip


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_list_is_written_and_read_back(lists: Billing, tmp_path: Path, ending: str):
    file = str(tmp_path / f"retail.{ending}")
    assert lists("usage", "price-list", "export", "retail", file).code == 0

    with lists.nothing_written():
        again = lists("usage", "price-list", "import", file, "--code", "retail", "--from", "2026-01-02")
    assert "This is version 1 of retail already." in again.output, again.errors


def test_a_version_that_does_not_hold_yet_is_withdrawn(lists: Billing):
    assert bring_in(lists, SECOND, "--terms", lists.file("terms.yaml", TERMS)).code == 0

    withdrawn = lists("do", "withdraw-price-list", "price_list=retail", "version=2", "reason=a slip")

    assert withdrawn.code == 0, withdrawn.errors
    assert "withdrawn: a slip" in lists("usage", "price-list", "show", "retail").output
    held = lists("do", "withdraw-price-list", "price_list=retail", "version=1", "reason=a slip")
    assert "holds since 2026-01-02" in held.complaint
    assert "sale list retail from 2099-01-01" in lists("audit").output
    assert lists("check").code == 0


def test_terms_are_needed_for_the_first_version(billing: Billing):
    assert "come with the first version" in bring_in(billing, FIRST, "--code", "retail").complaint
    assert "name a file with --terms" in bring_in(billing, FIRST).errors
