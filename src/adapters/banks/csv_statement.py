"""Reads a CSV file of a bank as statements, by its bank profile (`adapters/files/bank_profile.py`).

A statement is a run of rows with one `source` and one currency; CSV files say no balances. Unlike other formats a row
here may name an invoice or an account by `payment_reference`; it stands as the variable symbol, as it was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from adapters.banks.refusals import Unreadable, at_line
from adapters.files.bank_csv import BankLine, bank_table, read_line
from adapters.files.bank_profile import BankProfile
from billing_core.bank_statements.statement import Movement, StatementEnd, StatementPart, StatementStart, Symbols
from billing_core.kernel.errors import BillingError
from commands.platform.batch import BatchReport


def read_csv(path: Path, profile: BankProfile) -> Iterator[StatementPart]:
    """The statements of a file, or `Unreadable` at its first row that cannot be read."""
    start: StatementStart | None = None
    number = 0
    for line in _lines(path, profile):
        now = StatementStart(account=line.texts["source"], currency=line.amount.currency)
        if now != start:
            if start is not None:
                yield StatementEnd()
            yield now
            start, number = now, 0
        number += 1
        yield _movement(number, line)
    if start is not None:
        yield StatementEnd()


def _lines(path: Path, profile: BankProfile) -> Iterator[BankLine]:
    report = BatchReport()
    for row in bank_table(path, profile).rows(report):
        _require_none(report)
        try:
            yield read_line(profile, row)
        except BillingError as error:
            raise at_line(row.line, error) from None
    _require_none(report)


def _require_none(report: BatchReport) -> None:
    """A row that the table could not cut is a refusal too."""
    for row in report.rejected:
        raise Unreadable(row.line, f"{row.field} {row.value!r}: {row.reason}")


def _movement(number: int, line: BankLine) -> Movement:
    texts = line.texts
    return Movement(
        line=number,
        booked_on=line.received_on,
        value_on=line.value_on,
        amount=line.amount,
        code=texts.get("code", ""),
        reference=texts["reference"],
        symbols=Symbols(
            variable=texts["payment_reference"],
            constant=texts.get("constant_symbol", ""),
            specific=texts.get("specific_symbol", ""),
        ),
        counterparty=texts.get("payer", ""),
        counterparty_account=texts.get("payer_account", "").strip("/"),
        message=texts.get("message", ""),
    )
