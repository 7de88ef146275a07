"""Old debts: items in collection, files of agencies, late interest, write-offs, limitation, calls."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AfterNumber, AsJson, File, Limit, parse_day
from adapters.cli.refused_accounts import tell_refused_accounts
from adapters.cli.reports import end_with_report
from adapters.cli.session import answer_to, opened, origin_of, work_of
from adapters.cli.show import add, console, print_json, table, tell
from adapters.texts.amounts import counted

AtMost = Annotated[int, typer.Option("--limit", min=1, max=1_000, help="Show at most this many.")]
PURPOSE = """List the invoices that agencies collect, with what is open of them and the fees of the agencies.

`billing do set-collection-agency` names an agency, `billing do hand-items-to-collection` hands invoices to it, `billing
do draw-up-collection-batch` draws up its next file.
"""
Agency = Annotated[str, typer.Argument(metavar="AGENCY")]
Account = Annotated[str, typer.Argument(metavar="ACCOUNT")]
NewFile = Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, writable=True)]
Upto = Annotated[
    date | None,
    typer.Option("--upto", metavar="DATE", parser=parse_day, help="For the days before this date, today unless given."),
]


def list_items(context: typer.Context, as_json: AsJson = False) -> None:
    """List the invoices that agencies collect."""
    from adapters.views.collection.agencies import ListCollectionItems

    if context.invoked_subcommand is not None:
        return
    found = answer_to(context, ListCollectionItems(limit=1_000))
    if as_json:
        print_json({"items": found.items, "more": found.next is not None})
        return
    if not found.items:
        tell("No agency collects anything.")
        return
    rows = table(("account", "left"), ("invoice", "left"), ("agency", "left"), ("handed", "left"), ("open", "right"),
                 ("fees", "right"))  # fmt: skip
    for row in found.items:
        add(rows, row.account, row.invoice, row.agency, row.handed_on, row.open, row.fees)
    console().print(rows)


def write_file(
    context: typer.Context, agency: Agency, batch: Annotated[int, typer.Argument(metavar="NUMBER")], file: NewFile
) -> None:
    """Write a hand-over file of an agency as CSV, with name, address and contacts of each debtor."""
    from adapters.views.collection.agencies import WriteCollectionFile

    file.write_bytes(answer_to(context, WriteCollectionFile(agency=agency, batch=batch)).content)
    tell(f"File {batch} of agency {agency} is written to {file}.")


def import_payments(
    context: typer.Context, agency: Agency, file: File, as_json: AsJson = False, limit: Limit = 50
) -> None:
    """Book what an agency collected, from its CSV file.

    Columns: account, invoice, amount, fee, reference, received_on. Each is a payment of source `agency/CODE`, once for
    each reference, and settles its invoice first; the fee is recorded. Rows that are wrong are reported, and the others
    continue.
    """
    from adapters.jobs.collection import book_agency_file

    with opened(context) as app:
        report = book_agency_file(file, agency, work_of(app, origin_of(context), file))
    end_with_report(report, "payments", as_json, limit)


def show_interest(context: typer.Context, account: Account, upto: Upto = None, as_json: AsJson = False) -> None:
    """Explain the late interest of an account: what was charged, and what is due by which rates."""
    from adapters.views.collection.interest import ShowLateInterest

    found = answer_to(context, ShowLateInterest(account=account, upto=upto))
    if as_json:
        print_json(found)
        return
    for row in found.charged:
        tell(f"invoice {row.invoice}: {row.amount} from {row.from_on} to {row.upto_on}, on document {row.document}")
    if not found.due:
        tell("Nothing is due.")
        return
    rows = table(("invoice", "left"), ("from", "left"), ("to", "left"), ("days", "right"), ("open", "right"),
                 ("% a year", "right"), ("interest", "right"))  # fmt: skip
    for item in found.due:
        for span in item.spans:
            add(rows, item.invoice, span.from_on, span.to_on, span.days, span.open, f"{span.percent:f}",
                f"{span.interest:f}")  # fmt: skip
        add(rows, item.invoice, item.from_on, item.upto_on, "", "", "to charge", item.due)
    console().print(rows)


def charge_interest(context: typer.Context, upto: Upto = None, as_json: AsJson = False) -> None:
    """Charge the late interest of all accounts whose dunning policy names a table; no day is charged twice."""
    from adapters.jobs.collection import ChargeAllLateInterest, charge_all_late_interest

    with opened(context) as app:
        run = charge_all_late_interest(ChargeAllLateInterest(upto=upto), work_of(app, origin_of(context)))
    if as_json:
        print_json(run)
        return
    refused = len(run.refused) + run.refused_beyond
    tell(f"{counted(run.documents, 'document')} of late interest issued, {counted(run.unchanged, 'account')} with "
         f"nothing due, {refused:,} refused")  # fmt: skip
    tell_refused_accounts(run)


def list_write_offs(
    context: typer.Context,
    month: Annotated[str, typer.Option("--month", metavar="MONTH", help="As 2026-05; this month without it.")] = "",
    seller: Annotated[str, typer.Option("--seller", metavar="SELLER", help="Of this seller alone.")] = "",
    as_json: AsJson = False,
) -> None:
    """List what was written off in a month, with the base and VAT of each rate, for the tax return."""
    from adapters.views.collection.losses import ListWriteOffs

    found = answer_to(context, ListWriteOffs(month=month, seller=seller)).items
    if as_json:
        print_json({"write_offs": found})
        return
    if not found:
        tell("Nothing was written off in that month.")
        return
    rows = table(("seller", "left"), ("day", "left"), ("invoice", "left"), ("VAT %", "right"), ("base", "right"),
                 ("VAT", "right"), ("law", "left"), ("why", "left"))  # fmt: skip
    for row in found:
        add(rows, row.seller, row.written_off_on, row.invoice, row.vat_rate, row.base, row.vat, row.law, row.reason)
    console().print(rows)


def list_lapsing(
    context: typer.Context,
    days: Annotated[int, typer.Option("--days", min=0, help="Within so many days.")] = 90,
    after: Annotated[str, typer.Option("--after", metavar="NEXT", help="Go on where the list before ended.")] = "",
    as_json: AsJson = False,
    limit: AtMost = 50,
) -> None:
    """List open invoices that lapse soon, or have lapsed.

    `billing do renew-limitation` notes an acknowledgement or a filed claim. `billing do set-limitation-term` says after
    how many years the items of a seller lapse; without it, the law of the seller's country does.
    """
    from adapters.views.collection.losses import ListLapsing

    found = answer_to(context, ListLapsing(days=days, after=after, limit=limit))
    if as_json:
        print_json({"lapsing": found.items, "next": found.next})
        return
    if not found.items:
        tell(f"Nothing lapses within {counted(days, 'day')}.")
        return
    rows = table(("account", "left"), ("invoice", "left"), ("due", "left"), ("open", "right"), ("lapses", "left"))
    for row in found.items:
        add(rows, row.account, row.invoice, row.due_on, row.open, row.lapses_on)
    console().print(rows)
    if found.next is not None:
        tell(f"There are more: use --after {found.next}.")


def write_claims(context: typer.Context, account: Account, file: NewFile) -> None:
    """Write the items to be filed in the proceedings over the customer of an account as CSV."""
    from adapters.views.collection.interest import WriteInsolvencyClaims

    file.write_bytes(answer_to(context, WriteInsolvencyClaims(account=account)).content)
    tell(f"The claims on account {account} are written to {file}.")


def list_calls(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also those whose next try is on a later day.")] = False,
    after: AfterNumber = "",
    as_json: AsJson = False,
    limit: AtMost = 50,
) -> None:
    """List customers to be called because money has not come in: the next try first, then the largest debt.

    `billing do note-call` notes what came of a call, `billing do put-on-call-list` adds an account.
    """
    from adapters.views.collection.calls import ListCalls

    found = answer_to(context, ListCalls(all=every, after=after, limit=limit))
    if as_json:
        print_json({"calls": found.items, "next": found.next})
        return
    if not found.items:
        tell("Nobody is to be called.")
        return
    rows = table(("account", "left"), ("name", "left"), ("overdue", "right"), ("from", "left"), ("tries", "right"),
                 ("last result", "left"), ("why", "left"))  # fmt: skip
    for row in found.items:
        add(rows, row.account, row.name, row.overdue, row.next_try_on, row.tries, row.last_result, row.reason)
    console().print(rows)
    if found.next is not None:
        tell(f"There are more: use --after {found.next}.")


COMMANDS = {
    "calls": list_calls,
    "collection file": write_file,
    "collection import": import_payments,
    "insolvency-claims": write_claims,
    "lapsing": list_lapsing,
    "late-interest charge": charge_interest,
    "late-interest show": show_interest,
    "write-offs": list_write_offs,
}
GROUPS = {
    "collection": Group(PURPOSE, listing=list_items),
    "late-interest": Group("Late interest by statutory tables: explain that of an account, charge that of all."),
}
