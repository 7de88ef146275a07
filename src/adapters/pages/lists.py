"""What a list is: the query that it shows page by page, its columns and filters; also as CSV.

Filters and the place in the list stand in the address, so that it can be sent to somebody else.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from msgspec.structs import fields
from starlette.responses import Response

from adapters.areas import exported
from adapters.pages.forms import Field
from adapters.pages.page import Page, Shown
from adapters.pages.typed import amount_typed, day_typed
from adapters.pages.visit import Visit
from adapters.views.query import Listing
from billing_core.kernel.money import Money

TEMPLATE = "frame/list.html"
AT_ONCE, OF_CSV = 50, 1_000
MOST_OF_CSV = 100_000
SORT = "sort"
LARGEST_FIRST = {"amount", "moved", "count", "day", "instant"}


class State(NamedTuple):
    """A word with the kind of its badge: good, info, warn, bad or calm. The word is translated.

    In a column of texts it is the word alone, among names that are never translated.
    """

    word: str
    kind: str = "calm"


class Column(NamedTuple):
    """A column: its head, what stands in it, and the address to which it leads.

    Of many `names` a page shows the first and how many there are, a file all. `sorts` are the words of the query's
    `sort` for this column, upwards and downwards; an empty one is none.
    """

    head: str
    value: Callable[[Any], Any]
    kind: Literal["text", "code", "amount", "moved", "count", "day", "instant", "state", "names"] = "text"
    link: Callable[[Any], str] | None = None
    below: Callable[[Any], str] | None = None
    sorts: tuple[str, str] = ("", "")


class Head(NamedTuple):
    """A head that sorts: its address, and how the list is sorted by it now: ascending, descending, or not."""

    address: str
    order: Literal["ascending", "descending", ""]


class Act(NamedTuple):
    """What can be done with a row or the whole list: the form's or page's address, for who may give its command."""

    label: str
    path: Callable[[Any], str] | str
    command: type
    key: str = ""
    when: Callable[[Any], bool] = bool


class List(NamedTuple):
    """A list at an address. `items` takes the rows out of an answer that is no page of its own.

    `views` are this list and those around it, shown as tabs to who may ask their queries. `fixed` are words of the
    query that never change, `begins` the values of filters until one is chosen. `after` is the word
    of the query for the place in the list; none if it has all rows at once.
    """

    path: str
    query: type
    title: str
    columns: tuple[Column, ...]
    filters: tuple[Field, ...] = ()
    actions: tuple[Act, ...] = ()
    row_actions: tuple[Act, ...] = ()
    empty: str = ""
    items: Callable[[Any], Sequence[Any]] = lambda answer: answer.items
    fixed: Mapping[str, Any] = {}
    begins: Mapping[str, str] | Callable[[Visit], Mapping[str, str]] = MappingProxyType({})
    after: str = ""
    hint: str = ""
    views: tuple[Act, ...] | Callable[[], tuple[Act, ...]] = ()


@cache
def lists() -> tuple[List, ...]:
    """The lists of all areas."""
    return tuple(each for table in exported("adapters.pages", "LISTS") for each in table)


def page_of_list(shown: List) -> Page:
    """The page of a list; `?form=csv` is all of it as a file."""

    def show(visit: Visit) -> Shown | Response:
        if visit.query.get("form") == "csv":
            return _as_csv(shown, visit)
        words = _words(shown, visit)
        limit = {"limit": AT_ONCE} if _place(shown) else {}
        answer = visit.ask(shown.query, **words, **limit)
        filters = [(field, _chosen(shown, field, visit), field.choices(visit) if callable(field.choices) else
                    field.choices) for field in shown.filters]  # fmt: skip
        return Shown(TEMPLATE, {
            "list": shown, "heads": _heads(shown, visit),
            "rows": shown.items(answer), "next": getattr(answer, "next", None), "filters": filters,
            "is_filtered": any(visit.query.get(field.name) for field in shown.filters),
            "is_first": not visit.query.get("after"), "views": shown.views() if callable(shown.views) else shown.views,
        })  # fmt: skip

    return Page(shown.path, show, shown.query)


def _heads(shown: List, visit: Visit) -> dict[str, Head]:
    """The heads that sort, by their texts: days and amounts from the largest on at first, the others upwards."""
    found: dict[str, Head] = {}
    sort = visit.query.get(SORT) or _usual_sort(shown.query)
    for column in shown.columns:
        up, down = column.sorts
        first, second = (down or up, up or down) if column.kind in LARGEST_FIRST else (up or down, down or up)
        if first:
            order: Any = {up: "ascending", down: "descending"}.get(sort, "") if sort else ""
            found[column.head] = Head(visit.address(sort=second if sort == first else first, after=None), order)
    return found


def _usual_sort(query: type) -> str:
    """The order of the list unless another one is asked for; empty if no word says it."""
    usual = next((field.default for field in fields(query) if field.name == SORT), None)
    return usual if isinstance(usual, str) else ""


def _chosen(shown: List, field: Field, visit: Visit) -> str:
    begins = shown.begins(visit) if callable(shown.begins) else shown.begins
    return visit.query.get(field.name, begins.get(field.name, "")).strip()


def _words(shown: List, visit: Visit) -> dict[str, Any]:
    found = {**shown.fixed, **visit.path}
    for field in shown.filters:
        typed = _chosen(shown, field, visit)
        reads = {"day": lambda text: day_typed(text, visit.today), "amount": amount_typed}
        found[field.name] = reads[field.kind](typed) if field.kind in reads and typed else typed
    if place := _place(shown):
        found[place] = visit.query.get("after", "")
    if any(any(column.sorts) for column in shown.columns):
        found[SORT] = visit.query.get(SORT, "")
    return found


def _place(shown: List) -> str:
    """The word of the query that says where to go on; empty if it has none."""
    return "after" if issubclass(shown.query, Listing) else shown.after


def _as_csv(shown: List, visit: Visit) -> Response:
    content = io.StringIO()
    writer = csv.writer(content)
    writer.writerow([visit.translated(column.head) for column in shown.columns])
    for row in _all_rows(shown, visit):
        writer.writerow([cell_of_csv(column.value(row)) for column in shown.columns])
    name = shown.path.strip("/").replace("/", "-").replace("{", "").replace("}", "")
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    # Spreadsheets read UTF-8 only with the mark at the beginning.
    return Response("\ufeff" + content.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _all_rows(shown: List, visit: Visit) -> Iterator[Any]:
    words = _words(shown, visit)
    place = _place(shown)
    if not place:
        yield from shown.items(visit.ask(shown.query, **words))
        return
    words[place], count = "", 0
    while count < MOST_OF_CSV:
        answer = visit.ask(shown.query, **words, limit=OF_CSV)
        yield from answer.items
        count += len(answer.items)
        if answer.next is None:
            return
        words[place] = answer.next


def cell_of_csv(value: Any) -> str:
    """A cell of CSV. What a spreadsheet would take for a formula begins with an apostrophe."""
    if isinstance(value, Money):
        return f"{value.amount:f}"
    if isinstance(value, State):
        return value.word
    if isinstance(value, list | tuple):
        return cell_of_csv(", ".join(value))
    if isinstance(value, date | datetime):
        return value.isoformat()
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" and not text.lstrip("+-").replace(".", "").isdigit() else text
