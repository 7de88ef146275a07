"""Cash desks: what is in each till, and the sheet of a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson, parse_day
from adapters.cli.session import answer_to
from adapters.cli.show import add, console, print_json, say, table, tell
from adapters.texts.amounts import money

if TYPE_CHECKING:
    from adapters.views.cash.sheets import SessionSheet

PURPOSE = """List the cash desks with their open sessions and what should be in each till.

`billing do register-cash-desk` registers a desk, `billing do open-cash-session` opens it, `billing do take-payment`
takes a payment. The page of a desk does all of it by keys alone.
"""
Desk = Annotated[str, typer.Argument(metavar="DESK")]
On = Annotated[
    date | None, typer.Option("--on", metavar="DATE", parser=parse_day, help="The business day, today unless given.")
]
From = Annotated[
    date | None, typer.Option("--from", metavar="DATE", parser=parse_day, help="The first business day, that of the "
                              "month unless given.")
]  # fmt: skip
Before = Annotated[
    date | None, typer.Option("--to", metavar="DATE", parser=parse_day, help="The day after the last business day.")
]
DEALERS_CASH = ("held before", "taken", "paid out", "handed over", "counted", "held after", "on its way")


def list_desks(context: typer.Context, as_json: AsJson = False) -> None:
    """List the cash desks, and what should be in each till."""
    from adapters.views.cash.desks import ListCashDesks, ShowCashDesk

    if context.invoked_subcommand is not None:
        return
    desks = [answer_to(context, ShowCashDesk(desk=row.desk.code)) for row in answer_to(context, ListCashDesks()).items]
    if as_json:
        print_json({"items": desks})
        return
    if not desks:
        tell("No cash desk is registered.")
        return
    rows = table(("desk", "left"), ("branch", "left"), ("session", "left"), ("since", "left"), ("till", "right"))
    for each in desks:
        session = each.session
        add(rows, each.desk.code, each.desk.branch, session.session if session else "not open",
            session.business_day if session else None, each.till)  # fmt: skip
    console().print(rows)


def show_sheet(
    context: typer.Context,
    desk: Desk,
    on: On = None,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", metavar="FILE", dir_okay=False, help="Write the sheet into this file.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", dir_okay=False, help="Write its receipts as CSV.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the business day of a desk: float, what came in and went out, count and variance of each session."""
    from adapters.views.cash.sheets import PrintCashSheet, ShowCashSheet, WriteCashSheet

    sheet = answer_to(context, ShowCashSheet(desk=desk, on=on))
    if pdf is not None:
        pdf.write_bytes(answer_to(context, PrintCashSheet(desk=desk, on=on)).content)
        say(f"{pdf} is written.")
    if csv is not None:
        csv.write_bytes(answer_to(context, WriteCashSheet(desk=desk, on=on)).content)
        say(f"{csv} is written.")
    if as_json:
        print_json(sheet)
        return
    if not sheet.sessions:
        tell(f"Desk {desk} had no session on {sheet.on}.")
    for session in sheet.sessions:
        _tell(session)


def list_dealers(context: typer.Context, from_on: From = None, to_on: Before = None, as_json: AsJson = False) -> None:
    """List what each dealer took at its desks, handed over, and has in its tills."""
    from adapters.views.cash.dealers import ListDealersCash

    found = answer_to(context, ListDealersCash(from_on=from_on, to_on=to_on)).items
    if as_json:
        print_json({"dealers": found})
        return
    if not found:
        tell("No dealer has taken cash at a desk.")
        return
    rows = table(("dealer", "left"), *((name, "right") for name in DEALERS_CASH))
    for each in found:
        add(rows, each.dealer, *(getattr(each, name.replace(" ", "_")) for name in DEALERS_CASH))
    console().print(rows)


def _tell(shown: SessionSheet) -> None:
    session = shown.session
    tell(f"Session {session.session}, opened by {session.cashier}")
    rows = table(("", "left"), ("receipts", "right"), ("amount", "right"), ("till", "right"))
    add(rows, "float", None, None, session.float)
    for line in shown.lines:
        add(rows, f"{line.kind}, {line.method}", line.receipts, line.amount, line.cash if line.cash.amount else None)
    add(rows, "should be there", None, None, shown.till)
    console().print(rows)
    if session.counted is not None and session.variance is not None:
        because = f", because: {session.reason}" if session.reason else ""
        tell(f"Counted {money(session.counted)}, variance {money(session.variance)}{because}.")
    else:
        tell("Not counted yet.")


COMMANDS = {"cash sheet": show_sheet, "cash dealers": list_dealers}
GROUPS = {"cash": Group(PURPOSE, listing=list_desks)}
