"""The dunning runs that were made."""

from __future__ import annotations

from datetime import date

import msgspec

from adapters.views.query import Page, Queries, Query, Reading
from billing_core.dunning.runs import DunningRunCompleted
from commands.dunning.run import RUNS

MOST_RUNS = 100


class ListDunningRuns(Query, frozen=True, kw_only=True):
    """The last hundred dunning runs that found something, the newest first."""


class DunningRunRow(msgspec.Struct):
    """A run: the accounts it looked at, its steps by `policy/step`, and the accounts it parked, the first with reason.

    `standing` are the accounts by the step on which the run left them.
    """

    on: date
    accounts: int
    steps: dict[str, int]
    standing: dict[str, int]
    suspended: int
    returned: int
    parked: int
    parked_first: dict[str, str]


def _list_runs(query: ListDunningRuns, reading: Reading) -> Page[DunningRunRow]:
    made = [fact for fact in reading.source.events_of(RUNS) if isinstance(fact, DunningRunCompleted)]
    return Page([_row(fact) for fact in made[: -MOST_RUNS - 1 : -1]], None)


def _row(fact: DunningRunCompleted) -> DunningRunRow:
    return DunningRunRow(
        fact.effective_on, fact.accounts, fact.steps, fact.standing, fact.suspended, fact.returned, fact.parked,
        fact.parked_first,
    )  # fmt: skip


QUERIES: Queries = {ListDunningRuns: _list_runs}
