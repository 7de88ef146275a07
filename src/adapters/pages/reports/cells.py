"""What stands in a cell of a report, and where it leads: to the page of the thing, or to the rows behind the figure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from adapters.pages import shown
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from adapters.views.accounts import ShowAccount
from adapters.views.advances import PrintAdvanceDocument
from adapters.views.billing import ReadInvoice
from adapters.views.catalogue import ShowTariff
from adapters.views.parties import ShowCustomer
from adapters.views.payments import ListPayments
from adapters.views.reports.asking import ReportAnswer
from adapters.views.services import ListSubscriptions
from adapters.views.staff import ShowOperator
from adapters.views.work.tickets import ShowTicket
from billing_core.kernel.currencies import minor_digits
from projections.reports.answers import EMPTY
from projections.reports.definition import Column, Drill

# The kinds of documents, in a column `kind` of the same row, that are tax documents on advances.
ADVANCES = frozenset({"advance", "advance-correction"})
NUMERIC = frozenset({"count", "quantity", "money", "share"})
TENTH = Decimal("0.1")
YES, NO = N_("Yes"), N_("No")
# What stands for an empty text by which rows are told apart, such as the dealer of the house's own customers.
NOBODY = "-"
# The page of a thing that a column names, and the query that it asks. `{account}` is that of the same row.
PLACES: Mapping[str, tuple[str, type]] = {
    "customer": ("/customers/{customer}", ShowCustomer),
    "account": ("/accounts/{account}", ShowAccount),
    "document": ("/documents/{document}", ReadInvoice),
    "advance": ("/accounts/{account}/advances/{document}", PrintAdvanceDocument),
    "payment": ("/accounts/{account}/payments/{payment}", ListPayments),
    "service": ("/accounts/{account}/subscriptions/{service}", ListSubscriptions),
    "tariff": ("/catalogue/tariffs/{tariff}", ShowTariff),
    "ticket": ("/tickets/{ticket}", ShowTicket),
    "operator": ("/set-up/operators/{operator}", ShowOperator),
}


def percent(share: Any) -> str:
    """A share as a number of per cent with one decimal."""
    number = (Decimal(share) * 100).quantize(TENTH, ROUND_HALF_UP)
    return f"{shown.number(number)}{shown.NO_BREAK}%"


def month(value: Any) -> str:
    """A month as 2026-06, whether it is kept as its first day or as a text."""
    return str(value)[:7]


WRITTEN: Mapping[str, Callable[[Any], Any]] = {
    "count": shown.number, "quantity": shown.number, "share": percent, "month": month
}  # fmt: skip


class Cell(NamedTuple):
    """A value as it is shown, with the address to which it leads; `is_figure` if that explains the amount."""

    text: Any
    link: str = ""
    is_figure: bool = False
    below: str = ""


class Writer:
    """Writes the rows of an answer for one visit. `seen` are the reports that the reader may see, `keys` the columns by
    which rows are told apart.
    """

    def __init__(self, visit: Visit, answer: ReportAnswer, seen: Collection[str], keys: Collection[str] = ()) -> None:
        self._visit, self._answer, self._seen, self._keys = visit, answer, seen, keys
        self._names = [column.name for column in answer.columns]
        self._places = {kind: path for kind, (path, query) in PLACES.items() if visit.may(query)}
        self._zone = visit.door.zone()

    def cells(self, row: tuple[Any, ...]) -> list[Cell]:
        """The cells of a row."""
        values = dict(zip(self._names, row, strict=True))
        currency = str(values.get("currency") or "")
        return [self._cell(column, values, currency) for column in self._answer.columns]

    def total(self, column: Column, sums: Mapping[str, Decimal], currency: str) -> Any:
        """The total of a column, or its currency under the currencies."""
        if column.name in sums:
            return self.text(column, sums[column.name], currency)
        return currency if column.name == "currency" else ""

    def text(self, column: Column, value: Any, currency: str) -> Any:
        """A value as pages show it."""
        if value is None or value == "":
            return ""
        if column.kind == "money":
            return shown.number(rounded(value, currency))
        if column.kind == "flag":
            return self._visit.translated(YES if value else NO)
        if isinstance(value, datetime):
            return shown.instant(value, self._zone)
        write = WRITTEN.get(column.kind)
        return write(value) if write else shown.day(value) if isinstance(value, date) else str(value)

    def _cell(self, column: Column, values: Mapping[str, Any], currency: str) -> Cell:
        value = values[column.name]
        text = self.text(column, value, currency)
        if text == "":
            return Cell(NOBODY if value == "" and column.name in self._keys else "")
        if column.drill is not None:
            return Cell(text, self._rows_behind(column.drill, values), is_figure=True)
        below = self._answer.names.get(str(value), "") if column.kind == "customer" else ""
        return Cell(below or text, self._page_of(column, values), below=str(text) if below else "")

    def _page_of(self, column: Column, values: Mapping[str, Any]) -> str:
        is_advance = column.kind == "document" and values.get("kind") in ADVANCES
        path = self._places.get("advance" if is_advance else column.kind, "")
        if not path:
            return ""
        account = next((values[each.name] for each in self._answer.columns if each.kind == "account"), "")
        named = {"account": account or "", column.kind: values[column.name]}
        needed = {word: quote(str(value), safe="") for word, value in named.items() if "{" + word + "}" in path}
        return path.format(**needed) if all(needed.values()) else ""

    def _rows_behind(self, drill: Drill, values: Mapping[str, Any]) -> str:
        """The address of the rows, those without a text if it is empty; none if there is no value at all."""
        if drill.report not in self._seen:
            return ""
        given = dict[str, str]()
        for name, source in drill.given.items():
            if source.startswith(":"):
                if source[1:] in self._answer.given:
                    given[name] = self._answer.given[source[1:]]
                continue
            if values[source] is None:
                return ""
            given[name] = str(values[source]) or EMPTY
        return f"/reports/{drill.report}?{urlencode(given)}" if given else f"/reports/{drill.report}"


def rounded(value: Any, currency: str) -> Decimal:
    """An amount with the decimals of its currency."""
    return Decimal(value).quantize(Decimal(1).scaleb(-minor_digits(currency)), ROUND_HALF_UP) if currency else value
