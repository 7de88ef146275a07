"""Import of a bank's file."""

from __future__ import annotations

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.files.bank_csv import read_bank_rows
from adapters.files.bank_profile import OWN, BankProfile
from adapters.files.csv_table import CSV, count_rows
from adapters.files.profile_files import sent_profile
from commands.platform.batch import BatchReport


class ImportPayments(Job, frozen=True, kw_only=True):
    """Import the payments of a bank's CSV file.

    `profile` is the name of a bank profile that comes with the program, or the YAML text of one; without it the file
    has the program's own form. A row that names neither an invoice nor an account waits as a remittance; a known
    payment with another amount is rejected and reported. The same file again changes nothing.
    """

    profile: str = ""

    def __post_init__(self) -> None:
        self.form()

    def form(self) -> BankProfile:
        """The form of the file; no other file of this machine is ever read."""
        return sent_profile(BankProfile, self.profile) if self.profile else OWN


def import_payments(form: BankProfile, work: Work) -> BatchReport:
    """Book every valid row of the file; the report has the others in the order of their lines.

    A dry run writes nothing.
    """
    assert work.file is not None
    report = BatchReport()
    rows = read_bank_rows(work.file, report, form)
    count = count_rows(work.file)
    with work.app.bank_file_import(count) as bank_file, work.watch("Payments", "rows", count) as advance:
        take = bank_file.rehearse if work.is_dry_run else bank_file.take_in
        take(rows, work.origin, report, advance)
    report.rejected.sort(key=lambda row: row.line)
    return report


def _import_payments(asked: ImportPayments, work: Work) -> BatchReport:
    return import_payments(asked.form(), work)


JOBS: Jobs = {ImportPayments: Kind(_import_payments, takes=CSV, rehearses=True)}
