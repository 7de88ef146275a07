"""Direct debit: batches of debits drawn up, their files written, and the answers of banks and of the post read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.groups import Group
from adapters.cli.options import AsJson, File, Limit, parse_day
from adapters.cli.reports import end_with_report
from adapters.cli.session import answer_to, opened, origin_of, work_of
from adapters.cli.show import add, console, print_json, say_more, table, tell
from adapters.texts.amounts import counted

if TYPE_CHECKING:
    from adapters.jobs.direct_debit import DrawnBatch

PURPOSE = """List the batches of debits, the newest first, with how many debits are awaited, collected and came back.

`billing do set-debit-terms` says on which terms a seller collects, `billing do sign-mandate` records a mandate. `draw`
draws a batch up, `billing do freeze-debit-batch` fixes it, `file` writes it for the bank, `billing do
note-debit-batch-sent` notes that the bank has it, and `answer` reads what the bank says.
"""
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")]


def list_batches(
    context: typer.Context,
    seller: Annotated[str, typer.Option("--seller", metavar="SELLER", help="Of this seller alone.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the batches of debits, the newest first."""
    from adapters.views.direct_debit import ListDebitBatches

    if context.invoked_subcommand is not None:
        return
    found = answer_to(context, ListDebitBatches(seller=seller, limit=1_000))
    if as_json:
        print_json({"batches": found.items, "more": found.next is not None})
        return
    if not found.items:
        tell("No debits were drawn up yet.")
        return
    rows = table(("batch", "left"), ("scheme", "left"), ("stage", "left"), ("collected on", "left"),
                 ("debits", "right"), ("awaited", "right"), ("came back", "right"), ("amount", "right"))  # fmt: skip
    for row in found.items:
        add(rows, row.batch, row.scheme, row.stage, row.collect_on, row.debits, row.awaited, row.refused, row.amount)
    console().print(rows)


def draw(
    context: typer.Context,
    seller: Annotated[str, typer.Option("--seller", metavar="SELLER", help="The seller that collects.")],
    on: Annotated[
        date, typer.Option("--on", metavar="DATE", parser=parse_day, help="The day on which payers are debited.")
    ],
    dry_run: DryRun = False,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Draw up the debits of a seller: what is due by a day on accounts with a mandate, a batch for each scheme.

    Disputed and promised invoices and those that are in a live batch are left out, and listed with the reason.
    """
    from adapters.jobs.direct_debit import DrawDebits, draw_debits

    with opened(context) as app:
        work = work_of(app, origin_of(context), dry_run=dry_run)
        drawn = draw_debits(DrawDebits(seller=seller, collect_on=on), work)
    if as_json:
        print_json({"dry_run": dry_run, "batches": drawn.batches})
        return
    if not drawn.batches:
        tell("Nothing is due by that day on an account with a mandate.")
    for batch in drawn.batches:
        _tell_batch(batch, dry_run, limit)


def _tell_batch(batch: DrawnBatch, dry_run: bool, limit: int) -> None:
    named = f"Batch {batch.batch}" if batch.batch else "No batch"
    tell(f"{named} by {batch.scheme}: {counted(batch.debits, 'debit')}, {batch.amount}"
         + ("; nothing was written" if dry_run else ""))  # fmt: skip
    if not batch.left_out:
        return
    rows = table(("account", "left"), ("invoice", "left"), ("why it is left out", "left"))
    for row in batch.left_out[:limit]:
        add(rows, row["account"], row["invoice"], row["reason"])
    console().print(rows)
    say_more(len(batch.left_out) - limit + batch.left_out_beyond, "use --limit to see them")


def write_file(
    context: typer.Context,
    batch: Annotated[str, typer.Argument(metavar="BATCH")],
    file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, writable=True)],
    cover: Annotated[
        Path | None, typer.Option("--cover", metavar="FILE", help="Write the cover of a file of SIPO here.")
    ] = None,
) -> None:
    """Write the file of a frozen batch: pain.008, a Czech collection order, or changes of SIPO.

    The same batch is always the same file, so it may be written again.
    """
    from adapters.views.direct_debit import WriteDebitCover, WriteDebitFile

    file.write_bytes(answer_to(context, WriteDebitFile(batch=batch)).content)
    tell(f"Batch {batch} is written to {file}.")
    if cover is not None:
        cover.write_bytes(answer_to(context, WriteDebitCover(batch=batch)).content)
        tell(f"Its cover is written to {cover}.")


def answer(
    context: typer.Context,
    file: File,
    batch: Annotated[str, typer.Option("--batch", metavar="BATCH", help="The batch that a file of SIPO answers.")] = "",
    unpaid: Annotated[bool, typer.Option("--unpaid", help="The file of SIPO lists what was not paid.")] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """Read the answers of a bank (pain.002, returns in CAMT) or of the post (SIPO) to debits.

    Rows that name nothing we drew are reported, and the others count. The same file again changes nothing.
    """
    from adapters.jobs.direct_debit import ReadDebitAnswers, read_debit_answers

    with opened(context) as app:
        work = work_of(app, origin_of(context), file, dry_run=dry_run)
        report = read_debit_answers(ReadDebitAnswers(batch=batch, unpaid=unpaid), work)
    end_with_report(report, "answers", as_json, limit)


COMMANDS = {"debit answer": answer, "debit draw": draw, "debit file": write_file}
GROUPS = {"debit": Group(PURPOSE, listing=list_batches)}
