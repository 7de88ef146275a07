"""Files that banks really wrote: each is read to the cent, or refused with its line and the reason.

The figures were worked out from the files, line by line.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from adapters.banks.preview import previewed
from adapters.banks.statements import format_of, read_statement_file
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money

REAL_FILES = Path(os.environ.get("BILLING_REAL_BANK_FILES") or Path(__file__).parents[4] / "shared" / "data" / "banks")
pytestmark = pytest.mark.skipif(
    not REAL_FILES.exists(), reason=f"{REAL_FILES} is absent; name the folder in BILLING_REAL_BANK_FILES"
)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says: how many statements, and the sums of all its movements."""

    file: str
    statements: int = 1
    movements: int
    credits: str
    debits: str
    currency: str = "EUR"
    differences: Sequence[str] = ("0.00",)


READ = [
    Told(file="camt/camt053.v2.five.decimals.xml", movements=1, credits="8.85", debits="0.00", differences=["0.05"]),
    Told(file="camt/camt053.v2.multi.statement.xml", statements=2, movements=2, credits="8.85", debits="-7.00"),
    Told(file="camt/camt054.v4.xml", movements=1, credits="0.00", debits="-200000.00", currency="SEK", differences=[]),
    Told(file="camt/camt054.v8.xml", movements=1, credits="0.00", debits="-200000.00", currency="SEK", differences=[]),
    Told(file="camt/camt53.only-Dt-with-DtTm.xml", movements=0, credits="0.00", debits="0.00", currency="RON",
         differences=[]),
    Told(file="mt940/ASNB-mt940.txt", statements=31, movements=8, credits="2828.90", debits="-2771.96"),
    Told(file="mt940/betterplace-sepa_mt9401.sta", statements=26, movements=97, credits="5188474.94",
         debits="-14457610.84"),
    Told(file="mt940/jejik-abnamro.sta", statements=2, movements=10, credits="0.00", debits="-345.93",
         differences=["-2038.00", "-1002.60"]),
    Told(file="mt940/jejik-ing.sta", movements=7, credits="4.68", debits="-50.27", differences=["49.06"]),
    Told(file="mt940/jejik-rabobank-iban.sta", statements=2, movements=4, credits="0.00", debits="-70.00"),
    Told(file="mt940/mBank-mt940.sta", movements=3, credits="0.03", debits="0.00", currency="PLN"),
    Told(file="mt940/self-provided-february_30.sta", movements=1, credits="0.00", debits="-6.00"),
    Told(file="mt940/self-provided-malformed_details.sta", movements=1, credits="0.00", debits="-233.15",
         differences=["234.01"]),
    Told(file="mt940/self-provided-raiffeisen-cmi.sta", movements=7, credits="2066637.00", debits="-3078850.50",
         currency="HUF", differences=["1123264.00"]),
    Told(file="mt940/self-provided-wrapped_timestamp.sta", movements=1, credits="0.00", debits="-6.00"),
    Told(file="abo/basic_format.abo", movements=2, credits="0.00", debits="-2430.02", currency="CZK",
         differences=["-3843.53"]),
]  # fmt: skip
REFUSED = [
    ("camt/camt052.v4.xml", "line 2: is a report within the day"),
    ("camt/camt053.v2.minimal.xml", "line 26: statement: Bal '-27.00 SEK': the balance CLBD is in another currency"),
    ("camt/camt053.v4.xml", "line 30: statement: Bal '-27.00 SEK': the balance CLBD is in another currency"),
    ("camt/camt053.v8.xml", "line 30: statement: Bal '-27.00 SEK': the balance CLBD is in another currency"),
    ("camt/camt053.v2.wrong.xml", "has no statement"),
    ("mt940/betterplace-empty_line.sta", "line 2: is a statement without an account"),
    ("mt940/betterplace-missing_crlf_at_end.sta", "line 1: is a statement without an account"),
    ("mt940/cmxl-mt940.sta", "line 4: balance (field 60F): currency 'DEM'"),
    ("mt940/self-provided-multiline.sta", "line 38: is a movement (field 61) after the closing balance"),
    ("abo/extended_format.abo", "line 2: is no movement (record 075)"),
    ("abo/malformed.abo", "line 1: is no head of a statement (record 074)"),
]


@pytest.mark.parametrize("told", READ, ids=lambda told: told.file)
def test_it_is_read_to_the_cent(told: Told):
    found = previewed(read_statement_file(REAL_FILES / told.file))
    sums = [sum((getattr(each, side).amount for each in found), Decimal(0)) for side in ("credits", "debits")]

    assert (len(found), sum(len(each.movements) for each in found)) == (told.statements, told.movements)
    assert [f"{amount:.2f}" for amount in sums] == [told.credits, told.debits]
    assert {each.currency for each in found} == {told.currency}
    differences = {each.difference for each in found if each.difference is not None}
    assert differences == {Money(Decimal(text), told.currency) for text in told.differences}


@pytest.mark.parametrize(("file", "reason"), REFUSED)
def test_it_is_refused_with_line_and_reason(file: str, reason: str):
    with pytest.raises(InvalidValue) as caught:
        list(read_statement_file(REAL_FILES / file))

    assert reason in str(caught.value) and Path(file).name in str(caught.value)


def test_no_file_is_left_out():
    there = {str(path.relative_to(REAL_FILES)) for path in REAL_FILES.rglob("*") if path.is_file()}

    assert there == {told.file for told in READ} | {file for file, _ in REFUSED}


def test_the_format_is_known_by_the_content():
    found = {path: format_of(path.read_bytes()[:4096]) for path in REAL_FILES.rglob("*") if path.is_file()}

    assert {path: name for path, name in found.items() if name != path.parent.name} == {}


def test_the_parties_of_a_batch_are_told_by_their_banks_own_forms():
    (polish,) = previewed(read_statement_file(REAL_FILES / "mt940" / "mBank-mt940.sta"))
    (first, *_) = polish.movements

    assert (first.counterparty_account, first.message) == ("PL56114010810000267002001001", "PRZELEW SRODKOW")
    assert first.reference == "MB170119012058"
