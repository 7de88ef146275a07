"""Statements of banks: what came, what waits, what became of the movements, balances."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from adapters.cli.options import AsJson, parse_day
from adapters.cli.reports import end_with_report
from adapters.cli.session import answer_to, opened, origin_of, work_of
from adapters.cli.show import add, console, print_json, table, tell

After = Annotated[str, typer.Option("--after", metavar="PLACE", help="Go on after this place in the list.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1_000, help="Show at most this many.")]
BankAccount = Annotated[str, typer.Option("--account", metavar="IBAN", help="Of this bank account alone.")]
Statement = Annotated[str, typer.Argument(metavar="STATEMENT")]
Day = Annotated[date | None, typer.Option("--from", metavar="DATE", parser=parse_day, help="From this day on.")]
Before = Annotated[date | None, typer.Option("--to", metavar="DATE", parser=parse_day, help="Before this day.")]


def list_statements(
    context: typer.Context,
    account: BankAccount = "",
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those whose sums do not close.")] = False,
    after: After = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List statements of banks: those whose sums do not close first, then the newest first.

    `billing do overrule-statement` has one that waits taken in, `billing do dismiss-statement` gives it up.
    """
    from adapters.views.bank_statements import ListStatements

    found = answer_to(context, ListStatements(bank_account=account, waiting=waiting, after=after, limit=limit))
    if as_json:
        print_json({"statements": found.items, "next": found.next})
        return
    if not found.items:
        tell("No statement waits." if waiting else "No statement was taken in yet.")
        return
    rows = table(("statement", "left"), ("number", "left"), ("to", "left"), ("state", "left"), ("opening", "right"),
                 ("closing", "right"), ("movements", "right"), ("differ by", "right"))  # fmt: skip
    for row in found.items:
        add(rows, row.statement, row.number, row.to_on, row.state, row.opening or "", row.closing or "",
            row.movements, row.difference if row.difference.amount else "")  # fmt: skip
    console().print(rows)
    if found.next is not None:
        tell(f"There are more: use --after '{found.next}'.")


def show_statement(
    context: typer.Context, statement: Statement, after: After = "", as_json: AsJson = False, limit: Limit = 50
) -> None:
    """Show a statement, and what became of its movements."""
    from adapters.views.bank_statements import ListStatementMovements, ShowStatement

    head = answer_to(context, ShowStatement(statement=statement))
    found = answer_to(context, ListStatementMovements(statement=statement, after=after, limit=limit))
    if as_json:
        print_json({"statement": head, "movements": found.items, "next": found.next})
        return
    tell(f"{head.statement}: {head.state}, {head.matched:,} booked, {head.waiting:,} waiting, {head.others:,} others, "
         f"{head.known:,} known before, {head.rejected:,} rejected")  # fmt: skip
    for finding in head.findings:
        tell(finding)
    rows = table(("line", "right"), ("booked", "left"), ("movement", "left"), ("amount", "right"), ("is", "left"),
                 ("account", "left"), ("other side", "left"))  # fmt: skip
    for row in found.items:
        what = row.remittance or row.use
        add(rows, row.line, row.booked_on, row.movement, row.amount, what, row.account, row.counterparty)
    console().print(rows)
    if found.next is not None:
        tell(f"There are more: use --after {found.next}.")


def list_balances(
    context: typer.Context,
    account: BankAccount = "",
    from_on: Day = None,
    to_on: Before = None,
    gaps: Annotated[bool, typer.Option("--gaps", help="Only where a statement is missing.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the balances of bank accounts by day, and the gaps between statements; the last 31 days unless said."""
    from adapters.views.bank_statements import ListBankBalances

    found = answer_to(context, ListBankBalances(bank_account=account, from_on=from_on, to_on=to_on, gaps=gaps)).items
    if as_json:
        print_json({"balances": found})
        return
    if not found:
        tell("No statement is missing." if gaps else "No balance is known for these days.")
        return
    rows = table(("account", "left"), ("day", "left"), ("closing", "right"), ("missing before", "right"))
    for row in found:
        add(rows, row.account, row.on, row.closing, row.gap or "")
    console().print(rows)


def list_returns(
    context: typer.Context,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that took nothing back yet.")] = False,
    after: After = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List returns and reversals on statements, and what they took back.

    `billing do take-back-by-movement` names the payment of one that found none.
    """
    from adapters.views.bank_statements import ListBankReturns

    found = answer_to(context, ListBankReturns(waiting=waiting, after=after, limit=limit))
    if as_json:
        print_json({"returns": found.items, "next": found.next})
        return
    if not found.items:
        tell("Nothing was returned." if not waiting else "No return waits.")
        return
    rows = table(("booked", "left"), ("movement", "left"), ("amount", "right"), ("reason", "left"),
                 ("took back", "left"))  # fmt: skip
    for row in found.items:
        add(rows, row.booked_on, row.movement, row.amount, row.return_reason or row.code, row.took_back)
    console().print(rows)
    if found.next is not None:
        tell(f"There are more: use --after '{found.next}'.")


def book_statements(context: typer.Context, as_json: AsJson = False) -> None:
    """Book statements that were recorded or overruled and are not booked yet; try returns again."""
    from adapters.jobs.bank_statements import BookStatements, book_statements

    with opened(context) as app:
        report = book_statements(BookStatements(), work_of(app, origin_of(context)))
    end_with_report(report, "payments", as_json, 50)


COMMANDS = {
    "payments balances": list_balances,
    "payments book": book_statements,
    "payments returns": list_returns,
    "payments statement": show_statement,
    "payments statements": list_statements,
}
