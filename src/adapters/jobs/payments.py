"""Import of a bank's file; clearing of crumbs."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from adapters.banks.statements import FIRST_BYTES, format_of
from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.files.bank_csv import read_bank_rows
from adapters.files.bank_profile import OWN, BankProfile
from adapters.files.csv_table import count_rows
from adapters.files.profile_files import sent_profile
from billing_core.kernel.errors import BillingError
from commands.payments.crumbs import ClearCrumbs
from adapters.jobs.bank_statements import import_statements
from commands.platform.batch import BatchReport
from commands.platform.identity import new_id
from projections.crumbs import CrumbLimitRow, accounts_with_crumbs, crumb_limits

PAGE, MOST_REFUSED = 1_000, 1_000

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


class ClearAllCrumbs(Job, frozen=True, kw_only=True):
    """Write off the open items, and keep the unused credits, that are crumbs by the limits of their seller.

    Nothing happens on accounts of a seller without limits in their currency. A dry run writes nothing. Each can be
    taken back: `cancel-write-off`, `restore-kept-credit`.
    """


class CrumbRun(msgspec.Struct):
    """What was cleared: items written off and credits kept, with their sums by currency, and what was refused."""

    written_off: int = 0
    kept: int = 0
    sums: dict[str, dict[str, Decimal]] = {}
    refused: list[str] = []


def clear_all_crumbs(asked: ClearAllCrumbs, work: Work) -> CrumbRun:
    """Clear each account in a transaction of its own; with a dry run nothing is written."""
    run = CrumbRun()
    work.app.runner.catch_up()
    with work.app.queries.transaction() as cursor:
        limits = crumb_limits(cursor)
    with work.watch("Crumbs", "accounts", None) as advance:
        for limit in limits:
            after = ""
            while accounts := _accounts_with_crumbs(work, limit, after):
                for account in accounts:
                    _clear(account, work, run)
                after = accounts[-1]
                advance(len(accounts))
    return run


def _accounts_with_crumbs(work: Work, limit: CrumbLimitRow, after: str) -> list[str]:
    with work.app.queries.transaction() as cursor:
        return accounts_with_crumbs(cursor, limit, work.origin.today, after, PAGE)


def _clear(account: str, work: Work, run: CrumbRun) -> None:
    origin = work.origin._replace(command_id=new_id())
    try:
        give = work.app.bus.rehearse if work.is_dry_run else work.app.execute
        cleared = give(ClearCrumbs(account=account), origin).result
    except BillingError as error:
        if len(run.refused) < MOST_REFUSED:
            run.refused = [*run.refused, f"{account}: {error}"]
        return
    run.written_off += len(cleared["written_off"])
    run.kept += len(cleared["kept"])
    for what in ("written_off", "kept"):
        for each in cleared[what]:
            sums = dict(run.sums.get(what, {}))
            sums[each["currency"]] = sums.get(each["currency"], Decimal()) + Decimal(each["amount"])
            run.sums = {**run.sums, what: sums}


JOBS: Jobs = {
    ImportPayments: Kind(_import_payments, takes=CSV, rehearses=True),
    ClearAllCrumbs: Kind(clear_all_crumbs, rehearses=True),
}
JOBS: Jobs = {ImportPayments: Kind(_import_payments, takes=ANY_FILE, rehearses=True)}
