"""Reports whose totals must agree: each pair is asked for the same spans of days, by currency.

On 11 June 2026 a pair with `from` and `to` is asked for May, for June, and for 2026 up to the end of June; a pair with
a day is asked for the last day of each. Income by way of payment and the entries of money, which agree on `income` and
`amount`, are named as

    income-by-method.income = 120.00 EUR, income-entries.amount = 100.00 EUR (from 2026-05-01, to 2026-06-01)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from projections.platform.projection import Cursor
from projections.reports.answers import Asked, Totals, totals_of
from projections.reports.definition import Agreement, Report, Reports
from projections.reports.parameters import ONE_DAY, values_of
from projections.reports.views import Views

NOTHING = Decimal(0)
Spans = Sequence[tuple[date, date]]


class Difference(NamedTuple):
    """A pair of columns that should agree, what both were asked for, and the totals of one currency."""

    report: str
    agreement: Agreement
    given: Mapping[str, str]
    currency: str
    ours: Decimal
    theirs: Decimal

    def __str__(self) -> str:
        asked = ", ".join(f"{name} {value}" for name, value in self.given.items())
        return (
            f"{self.report}.{self.agreement.column} = {self.ours:f} {self.currency}, "
            f"{self.agreement.report}.{self.agreement.of} = {self.theirs:f} {self.currency} ({asked or 'by default'})"
        )


def differences(
    cursor: Cursor, reports: Reports, views: Views, today: date, spans: Spans | None = None
) -> Iterator[Difference]:
    """The pairs that do not agree, in the tables that the cursor finds; asked for other spans of days if some are
    given.
    """
    books = _Books(cursor, views, today, {})
    for report in reports.values():
        for agreement in report.agrees:
            for given in _asked_for(report, reports[agreement.report], spans or spans_of(today)):
                yield from _compared(books, report, reports[agreement.report], agreement, given)


def spans_of(today: date) -> Spans:
    """Last month, this month, and this year up to the end of this month."""
    month = today.replace(day=1)
    next_month = (month + timedelta(days=31)).replace(day=1)
    return [((month - ONE_DAY).replace(day=1), month), (month, next_month), (today.replace(month=1, day=1), next_month)]


class _Books(NamedTuple):
    """Each report is asked the same once, however many pairs it is in."""

    cursor: Cursor
    views: Views
    today: date
    answered: dict[tuple[str, frozenset[tuple[str, str]]], list[Totals]]

    def totals(self, report: Report, given: Mapping[str, str], column: str) -> dict[str, Decimal]:
        known = {name: value for name, value in given.items() if report.parameter(name) is not None}
        question = (report.name, frozenset(known.items()))
        if question not in self.answered:
            asked = Asked(report, values_of(report, known, self.today))
            self.answered[question] = totals_of(self.cursor, asked, self.views)
        return {total.currency: total.sums[column] for total in self.answered[question]}


def _asked_for(one: Report, other: Report, spans: Spans) -> Iterable[dict[str, str]]:
    """What both are asked for, each once: days by the names that both have, and the defaults of the first."""
    shared = [each for each in one.parameters if other.parameter(each.name) is not None]
    defaults = {each.name: each.default for each in shared if each.default and each.kind != "day"}
    found = []
    for from_on, to_on in spans:
        days = {"from": str(from_on), "to": str(to_on), "on": str(to_on - ONE_DAY)}
        given = {**defaults, **{each.name: days[each.name] for each in shared if each.name in days}}
        if given not in found:
            found.append(given)
    return found


def _compared(
    books: _Books, report: Report, other: Report, agreement: Agreement, given: Mapping[str, str]
) -> Iterator[Difference]:
    ours = books.totals(report, given, agreement.column)
    theirs = books.totals(other, given, agreement.of)
    for currency in sorted(ours | theirs):
        one, two = ours.get(currency, NOTHING), theirs.get(currency, NOTHING)
        if one != two:
            yield Difference(report.name, agreement, given, currency, one, two)
