"""Import of a bank's file."""

from __future__ import annotations

from adapters.banks.statements import FIRST_BYTES, format_of
from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.files.bank_csv import read_bank_rows
from adapters.files.bank_profile import OWN, BankProfile
from adapters.files.csv_table import count_rows
from adapters.files.profile_files import sent_profile
from adapters.jobs.bank_statements import import_statements
from adapters.jobs.crumbs import ClearAllCrumbs, clear_all_crumbs
from commands.platform.batch import BatchReport

ANY_FILE = "application/octet-stream"


class ImportPayments(Job, frozen=True, kw_only=True):
    """Import the payments of a bank's file: a statement of any format, or a CSV file.

    The format is known by the content. `profile` is for a CSV file: the name of a bank profile that comes with the
    program, or the YAML text of one; without it the file has the program's own form. Money that names neither an
    invoice nor an account waits as a remittance; a known payment with another amount is rejected and reported. The same
    file again changes nothing. `name` is what the file is called, and is kept with its statements.
    """

    profile: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        self.form()

    def form(self) -> BankProfile:
        """The form of the file; no other file of this machine is ever read."""
        return sent_profile(BankProfile, self.profile) if self.profile else OWN


def import_payments(form: BankProfile, work: Work, name: str = "") -> BatchReport:
    """Book what the file has; the report has what was rejected in the order of the lines.

    A dry run writes nothing.
    """
    assert work.file is not None
    with work.file.open("rb") as file:
        is_csv = format_of(file.read(FIRST_BYTES)) == "csv"
    report = _import_rows(form, work) if is_csv else import_statements(work, name)
    report.rejected.sort(key=lambda row: row.line)
    return report


def _import_rows(form: BankProfile, work: Work) -> BatchReport:
    """A CSV file says no balances: its rows are taken in one by one, and those that are wrong are reported."""
    assert work.file is not None
    report = BatchReport()
    rows = read_bank_rows(work.file, report, form)
    count = count_rows(work.file)
    with work.app.bank_file_import(count) as bank_file, work.watch("Payments", "rows", count) as advance:
        take = bank_file.rehearse if work.is_dry_run else bank_file.take_in
        take(rows, work.origin, report, advance)
    return report


def _import_payments(asked: ImportPayments, work: Work) -> BatchReport:
    return import_payments(asked.form(), work, asked.name)


JOBS: Jobs = {
    ImportPayments: Kind(_import_payments, takes=ANY_FILE, rehearses=True),
    ClearAllCrumbs: Kind(clear_all_crumbs, rehearses=True),
}
