"""Tax documents on advances."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson, Limit
from adapters.cli.refused_accounts import tell_refused_accounts
from adapters.cli.session import answer_to, opened, origin_of, work_of
from adapters.cli.show import add, console, print_json, say_more, table, tell
from adapters.texts.amounts import counted

PURPOSE = """List the tax documents on advances and their corrections, the newest first.

`billing do set-advance-terms` says at which rate and after how many days a seller issues them, and `billing do
open-number-series` opens the series of their numbers, of the kind `advance`.
"""


def list_documents(
    context: typer.Context,
    account: Annotated[str, typer.Option("--account", metavar="NUMBER", help="Of this account alone.")] = "",
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    from adapters.views.advances import ListAdvanceDocuments

    found = answer_to(context, ListAdvanceDocuments(account=account, limit=limit))
    if as_json:
        print_json(found.items)
        return
    rows = table(
        ("document", "left"), ("corrects", "left"), ("tax point", "left"), ("account", "left"), ("payment", "left"),
        ("without VAT", "right"), ("VAT", "right"), ("with VAT", "right"),
    )  # fmt: skip
    for row in found.items:
        add(rows, row.number, row.corrects, row.tax_point_on, row.account, row.credit, row.base, row.vat, row.gross)
    console().print(rows)
    say_more(1 if found.next else 0, "use --limit")


def draw_up(
    context: typer.Context,
    seller: Annotated[str, typer.Option("--seller", metavar="CODE", help="Of this seller alone.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Issue the tax documents that are due on unused money, and correct those whose money is no longer unused.

    Done again it issues nothing more. A worker does it every night for all sellers.
    """
    from adapters.jobs.advances import DrawUpAdvances, draw_up_advances

    with opened(context) as app:
        run = draw_up_advances(DrawUpAdvances(seller=seller), work_of(app, origin_of(context), dry_run=dry_run))
    if as_json:
        print_json(run)
        return
    said = "Would be issued; nothing was written" if dry_run else "Issued"
    tell(f"{said}: {counted(run.issued, 'document')} and {counted(run.corrected, 'correction')}.")
    tell_refused_accounts(run)


def print_document(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT")],
    document: Annotated[str, typer.Argument(metavar="DOCUMENT")],
    file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, writable=True)],
) -> None:
    """Write a tax document on an advance, or a correction of one, as a PDF."""
    from adapters.views.advances import PrintAdvanceDocument

    file.write_bytes(answer_to(context, PrintAdvanceDocument(account=account, document=document)).content)
    tell(f"Document {document} is written to {file}.")


COMMANDS = {"advances draw-up": draw_up, "advances print": print_document}
GROUPS = {"advances": Group(PURPOSE, listing=list_documents)}
