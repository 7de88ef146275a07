"""The daily register of a kiosk's operator, compared with ours."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import msgspec

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.files.csv_table import CSV, count_rows
from adapters.files.kiosk_register_csv import RegisterForm, read_register
from commands.kiosks.registers import CompareKioskRegister
from commands.platform.batch import BatchReport, Rejected
from projections.kiosks.transactions import taken_on


class CompareRegisterFile(Job, frozen=True, kw_only=True):
    """Compare the register of a kiosk's operator of a day, a CSV file, with ours; what differs is kept as facts.

    `transaction` and `amount` name its columns, `delimiter` stands between two. A file with a row that cannot be read
    is compared not at all: the rows are reported.
    """

    kiosk: str
    on: date
    transaction: str = "transaction"
    amount: str = "amount"
    delimiter: str = ","


class RegisterReport(msgspec.Struct):
    """How many lines a register has, how many agree and how many transactions differ; or the rows that are wrong."""

    lines: int = 0
    agreed: int = 0
    differences: int = 0
    known: bool = False
    rejected: list[Rejected] = []


def compare_register(asked: CompareRegisterFile, work: Work) -> RegisterReport:
    """Compare the file; with a dry run nothing is kept."""
    assert work.file is not None
    report = BatchReport()
    form = RegisterForm(transaction=asked.transaction, amount=asked.amount, delimiter=asked.delimiter)
    with work.watch("Register", "rows", count_rows(work.file)) as advance:
        lines = list(read_register(work.file, form, report))
        advance(len(lines))
    if report.rejected:
        return RegisterReport(rejected=report.rejected)
    work.app.runner.catch_up()
    with work.app.queries.cursor() as cursor:
        ours = tuple(taken_on(cursor, asked.kiosk, asked.on))
    file = sha256(work.file.read_bytes()).hexdigest()
    command = CompareKioskRegister(
        kiosk=asked.kiosk, register_on=asked.on, file=file, theirs=tuple(line.written for line in lines), ours=ours
    )
    return RegisterReport(**work.give(command).result)


JOBS: Jobs = {CompareRegisterFile: Kind(compare_register, takes=CSV, rehearses=True)}
