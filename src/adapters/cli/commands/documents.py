"""Invoices and credit notes: list them, print one or many, or hand them on as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.failures import REFUSED
from adapters.cli.groups import Group
from adapters.cli.options import AsJson, AsOfName, Limit, parse_day
from adapters.cli.progress import progress
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, say_more, table, tell
from adapters.texts.amounts import about_what, counted, money

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from adapters.documents.printing import Refused
    from billing_core.invoicing.documents import Document
    from projections.billing import DocumentRow, DocumentTotals
    from projections.documents import Choice

STATES = ("open", "overdue", "paid", "credit-note")


def parse_state(text: str) -> str:
    """The state of a document as given on the command line."""
    if text not in STATES:
        raise typer.BadParameter(f"{text!r} is not a state; the states are {', '.join(STATES)}")
    return text


Day = date | None


def list_invoices(
    context: typer.Context,
    from_on: Annotated[
        Day, typer.Option("--from", metavar="DATE", parser=parse_day, help="Issued on this day or later.")
    ] = None,
    until: Annotated[
        Day, typer.Option("--until", metavar="DATE", parser=parse_day, help="Issued before this day.")
    ] = None,
    seller: Annotated[str | None, typer.Option("--seller", metavar="CODE", help="Only of this seller.")] = None,
    customer: Annotated[str | None, typer.Option("--customer", metavar="NUMBER", help="Only of this customer.")] = None,
    account: Annotated[str | None, typer.Option("--account", metavar="NUMBER", help="Only of this account.")] = None,
    state: Annotated[
        str | None,
        typer.Option("--state", metavar="STATE", parser=parse_state, help=f"Only these: {', '.join(STATES)}."),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", dir_okay=False, help="Write all of them into a CSV file.")
    ] = None,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", metavar="FOLDER", file_okay=False, help="Print all of them as PDF files.")
    ] = None,
    copy: Annotated[bool, typer.Option("--copy", help="With --pdf: mark them as copies.")] = False,
    after: Annotated[str, typer.Option("--after", metavar="NUMBER", help="Go on with those older than this.")] = "",
    asof: AsOfName = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List invoices and credit notes, the newest first.

    With --csv or --pdf all documents that match are written, however many are listed otherwise.
    """
    from projections.documents import Choice, accounts_asked

    with opened_to_read(context, asof) as app:
        today = app.queries.on or origin_of(context).today
        with app.queries.cursor() as cursor:
            accounts = accounts_asked(cursor, customer, account)
        chosen = Choice(today=today, from_on=from_on, to_on=until, seller=seller, accounts=accounts, state=state)  # type: ignore[arg-type]
        if pdf is not None:
            _print(app, chosen, pdf, copy, as_json)
        elif csv is not None:
            _write_csv(app, chosen, csv, as_json)
        else:
            _show(app, chosen, after, limit, as_json)


def _show(app: Application, chosen: Choice, after: str, limit: int, as_json: bool) -> None:
    from projections.documents import chosen_totals, count_after, list_documents

    with app.queries.cursor() as cursor:
        found = list_documents(cursor, chosen, limit, after)
        more = count_after(cursor, chosen, found[-1].number) if found else 0
        totals = chosen_totals(cursor, chosen)
    if as_json:
        print_json({"documents": found, "totals": totals, "more": more})
    elif not found:
        tell(_none_text(chosen))
    else:
        _tell_documents(found, totals)
        say_more(more, f"use --after {found[-1].number} or --limit")


def _none_text(chosen: Choice) -> str:
    if chosen.state in ("open", "overdue"):
        return f"No invoice is {chosen.state}." if chosen.state == "overdue" else "All invoices are paid."
    return "No invoices have been issued yet." if chosen.seller is None else "No documents match."


def _tell_documents(found: Sequence[DocumentRow], totals: Sequence[DocumentTotals]) -> None:
    rows = table(
        ("number", "left"), ("issued", "left"), ("due", "left"), ("account", "left"), ("total", "right"),
        ("still open", "right"),
    )  # fmt: skip
    for row in found:
        due = str(row.due_on) if row.kind == "invoice" else "credit"
        account = f"{row.account}{about_what(row.subject)}"
        add(rows, row.number, row.issued_on, due, account, row.gross, row.open_amount)
    console().print(rows)
    for each in totals:
        what = counted(each.documents, each.kind.replace("-", " "))
        left = f", {money(each.open_amount)} still open" if each.kind == "invoice" else ""
        tell(f"{what}: {money(each.gross)}{left}")


def _write_csv(app: Application, chosen: Choice, file: Path, as_json: bool) -> None:
    from adapters.files.documents_csv import write_documents
    from projections.documents import every_document

    with app.queries.cursor() as cursor, file.open("w", encoding="utf-8", newline="") as opened:
        count = write_documents(opened, every_document(cursor, chosen), chosen.today)
    if as_json:
        print_json({"documents": count, "file": str(file)})
    else:
        tell(f"{counted(count, 'document')} written to {file}")


def _print(app: Application, chosen: Choice, folder: Path, copy: bool, as_json: bool) -> None:
    from adapters.documents.printing import print_documents
    from projections.documents import chosen_totals

    with app.queries.cursor() as cursor:
        total = sum(each.documents for each in chosen_totals(cursor, chosen))
    folder.mkdir(parents=True, exist_ok=True)
    refused: list[Refused] = []
    with progress("Printing", "documents", total) as advance:
        for batch in print_documents(_documents(app, chosen), folder, copy=copy):
            refused += batch.refused
            advance(batch.written + len(batch.refused))
    written = total - len(refused)
    if as_json:
        print_json({"documents": written, "folder": str(folder), "refused": refused})
    else:
        tell(f"{counted(written, 'document')} written to {folder}")
        for each in refused:
            tell(f"{each.number} was not printed: {each.reason}")
    if refused:
        raise typer.Exit(REFUSED)


def _documents(app: Application, chosen: Choice) -> Iterator[Document]:
    from adapters.documents.assemble import assemble
    from projections.documents import every_document

    with app.queries.cursor() as cursor:
        numbers = [row.number for row in every_document(cursor, chosen)]
    for number in numbers:
        yield assemble(number, app.queries, app.store, chosen.today)


def show_invoice(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER")],
    pdf: Annotated[
        Path | None, typer.Option("--pdf", metavar="FILE", dir_okay=False, help="Write the document into this file.")
    ] = None,
    copy: Annotated[bool, typer.Option("--copy", help="Mark it as a copy.")] = False,
    asof: AsOfName = None,
    as_json: AsJson = False,
) -> None:
    """Show an invoice or credit note as it was issued, and what is still to pay of it."""
    from adapters.documents.assemble import assemble
    from adapters.documents.texts import render_text

    with opened_to_read(context, asof) as app:
        document = assemble(number, app.queries, app.store, origin_of(context).today)
    if pdf is not None:
        from adapters.documents.pdf import render_pdf

        pdf.write_bytes(render_pdf(document, copy=copy))
    if as_json:
        print_json({"document": document, "pdf": None if pdf is None else str(pdf)})
    elif pdf is None:
        tell(render_text(document, copy=copy))
    else:
        tell(f"{document.kind.capitalize().replace('-', ' ')} {number} was written to {pdf}")


COMMANDS = {"invoices": list_invoices, "invoice show": show_invoice}
GROUPS = {"invoice": Group("Show or print one invoice or credit note.")}
