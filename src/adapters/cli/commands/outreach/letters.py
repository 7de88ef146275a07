"""Letters: the batches that were drawn up, and one as files to be printed and posted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.options import AsJson, Limit
from adapters.cli.session import answer_to
from adapters.cli.show import add, console, print_json, table, tell


def list_letters(
    context: typer.Context,
    seller: Annotated[str, typer.Option(help="Those of a seller.")] = "",
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List the batches of letters, the newest first; `billing do draw-up-letters` makes the next one."""
    from adapters.views.outreach.letters import ListLetterBatches

    found = answer_to(context, ListLetterBatches(seller=seller, limit=limit))
    if as_json:
        print_json(found.items)
        return
    if not found.items:
        tell("No letters were drawn up yet.")
        return
    rows = table(("seller", "left"), ("batch", "right"), ("drawn up", "left"), ("letters", "right"))
    for row in found.items:
        add(rows, row.seller, row.batch, row.drawn_up_on, f"{row.letters:,}")
    console().print(rows)
    if found.next is not None:
        tell("There are more: use --limit to see them.")


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
    file.write_bytes(answer_to(context, query(seller=seller, batch=batch)).content)
    tell(f"Batch {batch} of seller {seller} is written to {file}.")


COMMANDS = {"outreach letters": list_letters, "outreach print-letters": print_letters}
