"""Letters: the batches that were drawn up, and one as files to be printed and posted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.cli.options import AsJson
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, table, tell


def list_letters(
    context: typer.Context,
    seller: Annotated[str, typer.Option(help="Those of a seller.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the batches of letters, the newest first; `billing do draw-up-letters` makes the next one."""
    from adapters.views.outreach.letters import ListLetterBatches

    found = _asked(context, ListLetterBatches(seller=seller, limit=1_000)).items
    if as_json:
        print_json(found)
        return
    if not found:
        tell("No letters were drawn up yet.")
        return
    rows = table(("seller", "left"), ("batch", "right"), ("drawn up", "left"), ("letters", "right"))
    for row in found:
        add(rows, row.seller, row.batch, row.drawn_up_on, f"{row.letters:,}")
    console().print(rows)


def print_letters(
    context: typer.Context,
    seller: Annotated[str, typer.Argument(metavar="SELLER")],
    batch: Annotated[int, typer.Argument(metavar="BATCH")],
    file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, writable=True)],
    addresses: Annotated[bool, typer.Option("--addresses", help="The addresses as CSV instead.")] = False,
) -> None:
    """Write a batch of letters as one PDF, each with its documents, in order of address.

    With --addresses it is a CSV of the envelopes, with the page on which each letter begins.
    """
    from adapters.views.outreach.letters import PrintLetters, WriteLetterAddresses

    query = WriteLetterAddresses if addresses else PrintLetters
    file.write_bytes(_asked(context, query(seller=seller, batch=batch)).content)
    tell(f"Batch {batch} of seller {seller} is written to {file}.")


def _asked(context: typer.Context, query: Any) -> Any:
    from adapters.views.query import Reading, queries

    with opened_to_read(context) as app:
        return queries()[type(query)](query, Reading(app, app.queries, origin_of(context).today))


COMMANDS = {"outreach letters": list_letters, "outreach print-letters": print_letters}
