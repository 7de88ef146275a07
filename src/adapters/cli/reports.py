"""The result for the rows of a file."""

from __future__ import annotations

import typer

from adapters.cli.failures import REFUSED
from adapters.cli.show import add, console, print_json, say_more, table, tell
from commands.platform.batch import BatchReport


def end_with_report(report: BatchReport, what: str, as_json: bool, limit: int) -> None:
    """Show the report; the command ends as refused if rows were rejected."""
    shown = report.rejected[:limit]
    more = report.rejections - len(shown)
    statements = getattr(report, "statements", None)
    if as_json:
        print_json({
            "accepted": report.accepted, "waiting": report.waiting, "unchanged": report.unchanged,
            "skipped": report.skipped, "rejected": shown, "more": more,
        } | ({} if statements is None else {"statements": statements}))  # fmt: skip
    else:
        for each in statements or ():
            tell(f"{each.statement}: {each.state}" + "".join(f"; {finding}" for finding in each.findings))
        waiting = f"{report.waiting:,} waiting as remittances, " if report.waiting else ""
        skipped = f", {report.skipped:,} skipped" if report.skipped else ""
        tell(f"{report.accepted:,} {what} imported, {waiting}{report.unchanged:,} known before, "
             f"{report.rejections:,} rejected{skipped}")  # fmt: skip
        if shown:
            rows = table(("line", "right"), ("column", "left"), ("value", "left"), ("why it was rejected", "left"))
            for row in shown:
                add(rows, row.line, row.field, row.value, row.reason)
            console().print(rows)
        say_more(more, "use --limit to see them")
    if report.rejected:
        raise typer.Exit(REFUSED)
