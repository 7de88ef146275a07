"""Statements of banks, their movements, returns, and the balances of bank accounts."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from adapters.views.query import Download, Limit, Listing, Page, Queries, Query, Reading, page_of
from billing_core.bank_statements.recorded import BankStatement, apply_statement, statement_stream
from billing_core.kernel.errors import InvalidValue, NotFound
from commands.platform.concerns import HOUSE, Concerns
from projections.bank_statements.accounts import BankAccountRow, bank_accounts
from projections.bank_statements.movements import MovementRow, ReturnRow, movements_of, returns_before
from projections.bank_statements.statements import (
    DayBalance,
    StatementRow,
    day_balances,
    place_of,
    statement_named,
    statements_after,
)

ONE_DAY, USUAL = timedelta(days=1), timedelta(days=31)


class ListStatements(Listing, frozen=True, kw_only=True):
    """Statements of banks: those whose sums do not close first, then the newest first."""

    bank_account: str = ""
    waiting: bool = False


class ShowStatement(Query, frozen=True, kw_only=True):
    """A statement: its balances and sums, what does not fit, and what became of its movements."""

    statement: str


class ListStatementMovements(Listing, frozen=True, kw_only=True):
    """The movements that a statement brought, in their order, and what became of each.

    Those that had come before, by another statement or by hand, are not among them. `after` is a line.
    """

    statement: str


class ListBankReturns(Listing, frozen=True, kw_only=True):
    """Returns and reversals on statements, the newest first, and what they took back."""

    waiting: bool = False


class ListBankBalances(Query, frozen=True, kw_only=True):
    """The balances of bank accounts after each day on which a statement ends, from a day on and before another one.

    A statement that does not begin with what the one before ended with follows a `gap`: one is missing.
    """

    bank_account: str = ""
    from_on: date | None = None
    to_on: date | None = None
    gaps: bool = False
    limit: Limit = 1_000


class ListBankAccounts(Query, frozen=True, kw_only=True):
    """The bank accounts of the sellers, whose statements are taken in."""


class TakeStatementFile(Query, frozen=True, kw_only=True):
    """The file in which a statement came, as the bank wrote it."""

    statement: str


class ListedMovement(MovementRow):
    """A movement with what its stream says of the other side, unless it is income."""

    counterparty: str
    counterparty_account: str
    message: str


def _list_statements(query: ListStatements, reading: Reading) -> Page[StatementRow]:
    with reading.source.cursor() as cursor:
        found = statements_after(
            cursor, query.bank_account, query.after, query.limit + 1, waiting_only=query.waiting
        )  # fmt: skip
    return page_of(found, query.limit, place_of)


def _show_statement(query: ShowStatement, reading: Reading) -> StatementRow:
    with reading.source.cursor() as cursor:
        found = statement_named(cursor, query.statement)
    if found is None:
        raise NotFound("no such statement", field="statement", value=query.statement)
    return found


def _list_movements(query: ListStatementMovements, reading: Reading) -> Page[ListedMovement]:
    if query.after and not query.after.isdigit():
        raise InvalidValue("must be the number of a line", field="after", value=query.after)
    _show_statement(ShowStatement(statement=query.statement), reading)
    with reading.source.cursor() as cursor:
        found = movements_of(cursor, query.statement, int(query.after or 0), query.limit + 1)
    with reading.app.store.transaction() as transaction:
        statement, _ = transaction.load(statement_stream(query.statement), apply_statement)
    return page_of([_listed(row, statement) for row in found], query.limit, lambda row: row.line)


def _listed(row: MovementRow, statement: BankStatement | None) -> ListedMovement:
    shown = msgspec.structs.astuple(row)
    known = None if statement is None else statement.uses.get(row.movement)
    if known is None:
        return ListedMovement(*shown, "", "", "")  # type: ignore[call-arg]
    booked = known[1]
    return ListedMovement(*shown, booked.counterparty, booked.counterparty_account, booked.message)  # type: ignore[call-arg]


def _list_returns(query: ListBankReturns, reading: Reading) -> Page[ReturnRow]:
    with reading.source.cursor() as cursor:
        found = returns_before(cursor, query.after, query.limit + 1, waiting_only=query.waiting)
    return page_of(found, query.limit, lambda row: f"{row.booked_on} {row.movement}")


def _list_balances(query: ListBankBalances, reading: Reading) -> Page[DayBalance]:
    to_on = query.to_on or reading.today + ONE_DAY
    from_on = query.from_on or to_on - USUAL
    with reading.source.cursor() as cursor:
        found = day_balances(cursor, query.bank_account, from_on, to_on, query.limit, gaps_only=query.gaps)
    return Page(found, None)


def _list_accounts(_: ListBankAccounts, reading: Reading) -> Page[BankAccountRow]:
    with reading.source.cursor() as cursor:
        return Page(bank_accounts(cursor), None)


def _take_file(query: TakeStatementFile, reading: Reading) -> Download:
    found = _show_statement(ShowStatement(statement=query.statement), reading)
    return Download(found.content_hash, found.file_name or found.statement)


QUERIES: Queries = {
    ListStatements: _list_statements,
    ShowStatement: _show_statement,
    ListStatementMovements: _list_movements,
    ListBankReturns: _list_returns,
    ListBankBalances: _list_balances,
    ListBankAccounts: _list_accounts,
    TakeStatementFile: _take_file,
}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
