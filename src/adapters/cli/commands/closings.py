"""Closed months: which there are, the closing of one, and what has changed in it since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson
from adapters.cli.session import answer_to, opened, origin_of, work_of
from adapters.cli.show import add, console, print_json, say, table, tell
from adapters.texts.amounts import counted

if TYPE_CHECKING:
    from adapters.views.reports.closings import ComparedMonth

PURPOSE = """List the months whose figures are frozen, and whether each still agrees with the books.

`billing closings close` freezes the figures of a month, `billing do reopen-report-month` opens it again.
"""
Month = Annotated[str, typer.Argument(metavar="MONTH", help="As 2026-05.")]
Seller = Annotated[str, typer.Option("--seller", metavar="SELLER", help="The seller; without it the only one.")]


def list_months(context: typer.Context, as_json: AsJson = False) -> None:
    """List the closed months, the newest first."""
    from adapters.views.reports.closings import ListClosedMonths

    if context.invoked_subcommand is not None:
        return
    found = answer_to(context, ListClosedMonths(limit=100)).items
    if as_json:
        print_json({"months": found})
        return
    if not found:
        tell("No month is closed.")
        return
    lines = table(("month", "left"), ("seller", "left"), ("reports", "right"), ("closed by", "left"), ("state", "left"))
    for each in found:
        state = f"{counted(each.differing, 'report')} differ" if each.differing else "agrees"
        add(lines, each.month, each.seller, each.reports, each.closed_by, state)
    console().print(lines)


def show_closing(context: typer.Context, month: Month, seller: Seller = "", as_json: AsJson = False) -> None:
    """Show what differs in a closed month from what was frozen: reports, rows and columns."""
    from adapters.views.reports.closings import CompareClosedMonth

    found: ComparedMonth = answer_to(context, CompareClosedMonth(seller=seller or _only_seller(context), month=month))
    if as_json:
        print_json(found)
        return
    tell(f"Month {found.month} of seller {found.seller}: "
         f"{'everything agrees' if found.agrees else 'some figures have changed'}.")  # fmt: skip
    lines = table(("report", "left"), ("row", "left"), ("column", "left"), ("currency", "left"), ("frozen", "right"),
                  ("now", "right"), ("difference", "right"))  # fmt: skip
    for report in found.reports:
        if report.gone:
            say(f"{report.report}: {report.gone}")
        for each in report.differences:
            row = ", ".join(filter(None, each.row)) or "all"
            add(lines, each.report, row, each.column, each.currency, each.frozen, each.now, f"{each.difference:+f}")
    if lines.row_count:
        console().print(lines)


def close_month(
    context: typer.Context,
    month: Month,
    seller: Seller = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show the figures that would be frozen.")] = False,
    as_json: AsJson = False,
) -> None:
    """Freeze the figures of a month that has ended: of all reports that close."""
    from adapters.jobs.reports.closing import CloseMonth
    from adapters.jobs.reports.closing import close_month as close

    code = seller or _only_seller(context)
    with opened(context) as app:
        closing = close(CloseMonth(seller=code, month=month), work_of(app, origin_of(context), dry_run=dry_run))
    if as_json:
        print_json(closing)
        return
    lines = table(("report", "left"), ("rows", "right"), ("currency", "left"), ("totals", "left"))
    for report in closing.reports:
        for currency, sums in report.totals.items() or [("", {})]:
            add(lines, report.report, report.rows, currency, ", ".join(f"{name} {sums[name]}" for name in sums))
    console().print(lines)
    verb = "would be frozen" if dry_run else "frozen"
    tell(f"{counted(len(closing.reports), 'report')} of {month} of seller {code} {verb}.")


def _only_seller(context: typer.Context) -> str:
    """The seller, if there is one alone."""
    from adapters.views.parties.house import ListSellers
    from billing_core.kernel.errors import InvalidValue

    codes = [each.seller.code for each in answer_to(context, ListSellers()).items]
    if len(codes) != 1:
        raise InvalidValue(f"name one of {', '.join(codes) or 'no sellers'}", field="seller")
    return str(codes[0])


COMMANDS = {"closings show": show_closing, "closings close": close_month}
GROUPS = {"closings": Group(PURPOSE, listing=list_months)}
