"""Import of price lists and of ported numbers, and the report before it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from adapters.bootstrap.jobs import Job, Jobs, Kind, Work
from adapters.bootstrap.price_list_reports import ComparisonReport, compared
from adapters.files.csv_table import CSV
from adapters.files.ported_numbers import read_ported_numbers
from adapters.files.price_list import PriceListFile, PriceListHead, head_in, read_price_list
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.spans import ONE_DAY
from billing_core.usage.price_lists.comparison import USUAL_JUMP
from billing_core.usage.price_lists.versions import (
    ListVersion,
    version_on,
)
from commands.platform.batch import BatchReport, Rejected


class ImportPriceList(Job, frozen=True, kw_only=True):
    """Publish a price list of CSV or XLSX from a day on, unless a row of it is wrong.

    `terms` is the YAML text of its terms. Without it they are those of the newest version of the list `code`. The day
    is `from`, else that of the terms. Prices that change by more than `jump` percent are named in the report.
    """

    terms: str = ""
    code: str = ""
    valid_from_on: date | None = None
    jump: Decimal = USUAL_JUMP


class ImportPortedNumbers(Job, frozen=True, kw_only=True):
    """Publish the table of the ported numbers of a country, in place of the one before.

    Rows that cannot be read are rejected and reported; the others are taken.
    """

    country: str


class PriceListReport(msgspec.Struct):
    """What came of a list: its version if it is published, else why not, and what it brings.

    It is compared with the version from which it takes over, `compared_with`, if there is one. `unread` are columns
    that were not read.
    """

    code: str
    from_on: date
    rows: int
    destinations: int
    version: int | None = None
    is_new: bool = False
    rejected: list[Rejected] = []
    rejected_beyond: int = 0
    unread: list[str] = []
    compared_with: int | None = None
    comparison: ComparisonReport | None = None


def import_price_list(asked: ImportPriceList, work: Work) -> PriceListReport:
    """Read the list, compare it with the one before, and publish it unless it is only rehearsed or a row is wrong."""
    assert work.file is not None
    head = _head(asked, work)
    from_on = asked.valid_from_on or head.valid_from_on
    if from_on is None:
        raise InvalidValue("is missing; write it in the terms, or with the file", field="from")
    with work.watch("Price list", "rows", None) as advance:
        found = read_price_list(work.file, head, from_on)
        advance(len(found.lines))
    report = _report(found, head, from_on)
    if found.price_list is None:
        return report
    before = _before(head.terms.code, from_on, work)
    lists = work.app.price_lists
    report.compared_with = before.number if before else None
    report.comparison = compared(
        lists.with_rows(before) if before else None, found.price_list, work.origin.today, asked.jump
    )
    if work.is_dry_run:
        return report
    report.version, report.is_new = lists.publish(found.price_list, head.listed_as, work.origin)
    work.app.runner.catch_up()
    return report


def _head(asked: ImportPriceList, work: Work) -> PriceListHead:
    """The terms that come with the file, or those of the newest version."""
    if asked.terms:
        head = head_in(asked.terms)
        if asked.code and asked.code != head.terms.code:
            raise InvalidValue(f"is not the code in the terms, {head.terms.code}", field="code", value=asked.code)
        return head
    known = work.app.price_lists.versions(asked.code) if asked.code else None
    if known is None:
        raise InvalidValue("come with the first version of a list; send them as YAML", field="terms", value=asked.code)
    newest = known.versions[-1]
    return PriceListHead(terms=newest.terms, listed_as=newest.listed_as)


def _report(found: PriceListFile, head: PriceListHead, from_on: date) -> PriceListReport:
    rows = found.price_list.rows if found.price_list else ()
    return PriceListReport(
        code=head.terms.code, from_on=from_on, rows=len(rows), destinations=len({row.destination for row in rows}),
        rejected=found.report.rejected, rejected_beyond=found.report.rejected_beyond, unread=list(found.unread),
    )  # fmt: skip


def _before(code: str, from_on: date, work: Work) -> ListVersion | None:
    """The version that a list takes over from: of the same day if it mends one, else of the day before."""
    known = work.app.price_lists.versions(code)
    if known is None:
        return None
    return version_on(known, from_on) or version_on(known, from_on - ONE_DAY)


def import_ported_numbers(asked: ImportPortedNumbers, work: Work) -> BatchReport:
    """Read the table, keep it and publish it; it is not published if no row of it can be read."""
    assert work.file is not None
    report = BatchReport()
    with work.watch("Ported numbers", "rows", None) as advance:
        portings = read_ported_numbers(work.file, report)
        advance(len(portings))
    if not portings or work.is_dry_run:
        return report
    published = work.app.price_lists.publish_ported(asked.country, portings, work.origin)
    if not published.is_new:
        report.accepted, report.unchanged = 0, len(portings)
    work.app.runner.catch_up()
    return report


JOBS: Jobs = {
    ImportPriceList: Kind(import_price_list, takes=CSV, rehearses=True),
    ImportPortedNumbers: Kind(import_ported_numbers, takes=CSV, rehearses=True),
}
