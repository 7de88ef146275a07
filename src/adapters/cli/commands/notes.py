"""Tags, notes and files of customers."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.commands.work.asking import ask
from adapters.cli.options import AsJson, AsOfName
from adapters.cli.show import add, console, print_json, table, tell, tell_wrapped

Customer = Annotated[str, typer.Argument(metavar="CUSTOMER")]


def list_tags(context: typer.Context, asof: AsOfName = None, as_json: AsJson = False) -> None:
    """List the tags of customers, with the number of customers that have each.

    `billing do tag-customer` adds and removes tags; `billing customers --tag TAG` lists the customers that have one.
    """
    from adapters.views.notes import ListTags

    found = ask(context, ListTags, {}, asof).items
    if as_json:
        print_json({"tags": found})
        return
    if not found:
        tell("No customer has a tag yet.")
        return
    rows = table(("tag", "left"), ("customers", "right"))
    for each in found:
        add(rows, each.tag, each.customers)
    console().print(rows)


def list_notes(
    context: typer.Context,
    customer: Customer,
    every: Annotated[bool, typer.Option("--all", help="Also those that were withdrawn.")] = False,
    asof: AsOfName = None,
    as_json: AsJson = False,
) -> None:
    """List the notes of a customer, pinned ones first, then the newest.

    `billing do add-note` adds one, `billing do pin-note` pins it, `billing do withdraw-note` withdraws it.
    """
    from adapters.views.notes import ListNotes

    found = ask(context, ListNotes, {"customer": customer, "with_withdrawn": every}, asof).items
    if as_json:
        print_json({"notes": found})
        return
    if not found:
        tell("Nothing is noted of this customer.")
    for each in found:
        marks = [mark for mark, is_set in (("pinned", each.is_pinned), ("withdrawn", each.withdrawn_at)) if is_set]
        tell(", ".join([f"{each.note}  {each.added_at:%Y-%m-%d %H:%M}  {each.added_by}", *marks]), "bold")
        tell_wrapped(each.text)


def list_files(context: typer.Context, customer: Customer, asof: AsOfName = None, as_json: AsJson = False) -> None:
    """List the files of a customer, the newest first.

    `billing keep-attachment FILE` keeps a file, and `billing do attach-customer-file` attaches it.
    """
    from adapters.views.notes import ListCustomerFiles

    found = ask(context, ListCustomerFiles, {"customer": customer}, asof).items
    if as_json:
        print_json({"files": found})
        return
    if not found:
        tell("This customer has no files.")
        return
    rows = table(("file", "right"), ("name", "left"), ("media type", "left"), ("bytes", "right"), ("attached", "left"),
                 ("by", "left"))  # fmt: skip
    for each in found:
        add(rows, each.file, each.name, each.media_type, f"{each.size_bytes:,}", f"{each.added_at:%Y-%m-%d %H:%M}",
            each.added_by)  # fmt: skip
    console().print(rows)


COMMANDS = {"tags": list_tags, "customer notes": list_notes, "customer files": list_files}
