"""The read models, the books as they were, and the seals."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from commands.platform.concerns import HOUSE, Concerns
from projections.accounts.compared import ChangedBalance, changed_balances
from projections.platform.asof import AsOf, find, list_built
from projections.platform.lag import ModelLag, log_lag, model_lags
from projections.platform.runner import LIVE_SCHEMA


class ListReadModels(Query, frozen=True, kw_only=True):
    """Read models: the position that each shows, and how far it is behind the log."""


class ShowLog(Query, frozen=True, kw_only=True):
    """How far the log reaches, what holds it back, and up to where it is sealed."""


class ListAsOf(Query, frozen=True, kw_only=True):
    """The books as they were: what was built as of a moment, for queries with `as_of`."""


class CompareBalances(Listing, frozen=True, kw_only=True):
    """Accounts whose balances differ between the books as of two moments, in order of number.

    `earlier` and `later` are names of what was built; without `later` it is the books as they are now.
    """

    earlier: str
    later: str = ""


class LogCard(msgspec.Struct):
    """The log: the newest position, the final one, since when a transaction holds the rest back, and the newest seal.

    Without seals `sealed_position` is 0.
    """

    newest_position: int
    final_position: int
    held_since: datetime | None
    seals: int
    sealed_position: int
    sealed_at: datetime | None


def _list_models(query: ListReadModels, reading: Reading) -> Page[ModelLag]:
    with reading.app.tables.transaction(LIVE_SCHEMA) as cursor:
        return Page(model_lags(cursor, reading.app.projections, datetime.now(UTC)), None)


def _show_log(query: ShowLog, reading: Reading) -> LogCard:
    app = reading.app
    lag, seal = log_lag(app.log, []), app.seals.newest()
    held_since = lag.holder.since if lag.holder else None
    sealed = (seal.number, seal.last, seal.sealed_at) if seal else (0, 0, None)
    return LogCard(lag.newest_position, lag.final_position, held_since, *sealed)


def _list_as_of(query: ListAsOf, reading: Reading) -> Page[AsOf]:
    return Page(list_built(reading.app.tables), None)


def _compare(query: CompareBalances, reading: Reading) -> Page[ChangedBalance]:
    app = reading.app
    earlier, later = (
        find(app.tables, app.projections, name).schema if name else LIVE_SCHEMA for name in (query.earlier, query.later)
    )
    with app.tables.transaction(LIVE_SCHEMA) as cursor:
        found = changed_balances(cursor, earlier, later, query.limit + 1, query.after)
    return page_of(found, query.limit, lambda row: row.account)


QUERIES: Queries = {
    ListReadModels: _list_models,
    ShowLog: _show_log,
    ListAsOf: _list_as_of,
    CompareBalances: _compare,
}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
