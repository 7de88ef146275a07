"""What a column of a report adds up to, and what the journal of events says that it must."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd

from adapters.reports.ready import ready_reports, ready_views
from projections.platform.runner import LIVE_SCHEMA
from projections.reports.answers import Asked, every_row
from projections.reports.parameters import values_of
from tests.journal_of_earnings import EarningsJournal
from tests.operators import Operator

SPAN = {"from": "2020-01-01", "to": "2031-01-01"}
Sums = dict[tuple[Any, ...], Decimal]


class Recounted(NamedTuple):
    """A column of amounts, the columns that it stands for, and the rows of the journal that it must be the sum of."""

    report: str
    column: str
    by: tuple[str, ...]
    rows: Callable[[Any], pd.DataFrame]
    of: str = "amount"
    on: date = date(2030, 12, 31)


class Books(NamedTuple):
    operator: Operator
    journal: EarningsJournal
    name: str


def named(recounted: Recounted) -> str:
    """The recount as a test is named after it."""
    return "-".join((recounted.report, recounted.column, *recounted.by, str(recounted.on)))


def journal_sums(journal: EarningsJournal, recounted: Recounted) -> Sums:
    rows = recounted.rows(journal)
    found: Sums = {}
    for *key, amount in rows[[*_keys(recounted), recounted.of]].itertuples(index=False) if len(rows) else ():
        of_row = tuple("" if pd.isna(part) else part for part in key)
        found[of_row] = found.get(of_row, Decimal(0)) + amount
    return without_nothing(found)


def found_in(every: Iterable[Recounted], *books: Books) -> set[str]:
    """The reports of which some books have an amount."""
    return {recounted.report for recounted in every if any(journal_sums(each.journal, recounted) for each in books)}


def report_sums(operator: Operator, recounted: Recounted) -> Sums:
    report = ready_reports()[recounted.report]
    given = {name: value for name, value in SPAN.items() if report.parameter(name)}
    names = [column.name for column in report.columns]
    places = [names.index(name) for name in _keys(recounted)]
    found: Sums = {}
    with operator.application.tables.transaction(LIVE_SCHEMA) as cursor:
        for row in every_row(cursor, Asked(report, values_of(report, given, recounted.on)), ready_views()):
            key = tuple(row[place] if row[place] is not None else "" for place in places)
            found[key] = found.get(key, Decimal(0)) + (row[names.index(recounted.column)] or 0)
    return without_nothing(found)


def _keys(recounted: Recounted) -> list[str]:
    """The columns by which amounts are summed; amounts of two currencies are never added."""
    return [*recounted.by, *(["currency"] if ready_reports()[recounted.report].has_currency else [])]


def without_nothing(sums: Sums) -> Sums:
    return {key: amount for key, amount in sums.items() if amount}
