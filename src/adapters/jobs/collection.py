"""Late interest of all accounts, and the file of an agency's payments."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.bootstrap.refused_accounts import RunOfAccounts
from adapters.files.agency_csv import read_agency_rows
from adapters.files.csv_table import CSV, count_rows
from billing_core.kernel.errors import BillingError
from commands.collection.interest import ChargeLateInterest, NoInterestTable
from commands.platform.batch import BatchReport
from projections.collection.interest import accounts_with_overdue

PAGE = 1_000


class ChargeAllLateInterest(Job, frozen=True, kw_only=True):
    """Charge the late interest of all accounts for the days before `upto`, today unless it is named.

    An account whose dunning policy names no table is passed over. No day is charged twice, so it may be run again.
    """

    upto: date | None = None


class ImportAgencyPayments(Job, frozen=True, kw_only=True):
    """Book what an agency collected, from its CSV file.

    A row that names an item which the agency does not have is rejected and reported. The same file again changes
    nothing.
    """

    agency: str


class InterestRun(RunOfAccounts):
    """What came of the accounts: documents issued, nothing due, and those that were refused."""

    documents: int = 0
    unchanged: int = 0


def charge_all_late_interest(asked: ChargeAllLateInterest, work: Work) -> InterestRun:
    """Charge each account in a transaction of its own; with a dry run nothing is written."""
    run, upto = InterestRun(), asked.upto or work.origin.today
    work.app.runner.catch_up()
    with work.watch("Late interest", "accounts", None) as advance:
        for accounts in work.pages(lambda cursor, after: accounts_with_overdue(cursor, upto, after, PAGE)):
            for account in accounts:
                _charge(account, upto, work, run)
            advance(len(accounts))
    return run


def _charge(account: str, upto: date, work: Work, run: InterestRun) -> None:
    try:
        answer = work.give(ChargeLateInterest(account=account, upto=upto))
    except NoInterestTable:
        run.unchanged += 1
        return
    except BillingError as error:
        run.note_refused(account, error)
        return
    if answer.result["document"]:
        run.documents += 1
    else:
        run.unchanged += 1


def import_agency_payments(asked: ImportAgencyPayments, work: Work) -> BatchReport:
    """Book every valid row of the file; with a dry run nothing is written."""
    assert work.file is not None
    return book_agency_file(work.file, asked.agency, work)


def book_agency_file(file: Path, agency: str, work: Work) -> BatchReport:
    """Book the rows of a file one by one; the report has those that a rule refused."""
    report = BatchReport()
    with work.watch("Payments", "rows", count_rows(file)) as advance:
        for row in read_agency_rows(file, agency, report):
            try:
                answer = work.give(row.command)
            except BillingError as error:
                report.reject(row.line, error)
            else:
                report.unchanged += answer.result["known"]
                report.accepted += not answer.result["known"]
            advance(1)
    report.rejected.sort(key=lambda rejected: rejected.line)
    return report


JOBS: Jobs = {
    ChargeAllLateInterest: Kind(charge_all_late_interest, rehearses=True),
    ImportAgencyPayments: Kind(import_agency_payments, takes=CSV, rehearses=True),
}
