"""The list of calls, and what may come of a call."""

from __future__ import annotations

from adapters.views.persons import Persons
from adapters.views.query import Listing, Page, Queries, Query, Reading
from billing_core.dunning.calls import USUAL_RESULTS, CallResult, apply_results
from billing_core.kernel.errors import InvalidValue
from commands.collection.calls import RESULTS_STREAM
from commands.platform.concerns import HOUSE, SHARED, Concerns
from projections.collection.calls import CallRow, calls_due


class ListCalls(Listing, frozen=True, kw_only=True):
    """Customers to be called today: by the day of the next try, then the largest debt; with `all` later ones too.

    `after` is the number of rows that are passed over.
    """

    all: bool = False


class ListCallResults(Query, frozen=True, kw_only=True):
    """What may come of a call, and after how many days the customer is called again."""


def _list_calls(query: ListCalls, reading: Reading) -> Page[CallRow]:
    if query.after and not query.after.isdigit():
        raise InvalidValue("must be a number of rows", field="after", value=query.after)
    skipped = int(query.after or 0)
    with reading.source.cursor() as cursor:
        found = calls_due(cursor, reading.today, skipped, query.limit + 1, every=query.all)
    following = str(skipped + query.limit) if len(found) > query.limit else None
    return Page(found[: query.limit], following)


def _list_results(query: ListCallResults, reading: Reading) -> Page[CallResult]:
    known: tuple[CallResult, ...] | None = None
    for fact in reading.source.events_of(RESULTS_STREAM):
        known = apply_results(known, fact)
    return Page(list(known or USUAL_RESULTS), None)


QUERIES: Queries = {ListCalls: _list_calls, ListCallResults: _list_results}
CONCERNS: Concerns = {ListCalls: HOUSE, ListCallResults: SHARED}
PERSONS: Persons = {ListCalls: lambda query, page, reading: {row.customer for row in page.items}}
