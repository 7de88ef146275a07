"""The totals of a billing run, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.cli.show import add, table
from adapters.texts.amounts import money
from billing_core.kernel.money import Money

if TYPE_CHECKING:
    from rich.table import Table

    from commands.billing.run_ports import RunTotals


def totals_table(totals: RunTotals) -> Table:
    """Bills, charges and documents with their amounts."""
    rows = table(("", "left"), ("number", "right"), ("amount", "right"))
    rows.show_header = False
    add(rows, "  bills", totals.bills, "")
    for what, number, amounts in (
        ("charges, at list prices", totals.charges, totals.charged),
        ("invoices, with VAT", totals.invoices, totals.invoiced),
        ("credit notes, with VAT", totals.credit_notes, totals.credited),
    ):
        add(rows, f"  {what}", number, _amounts(amounts))
    return rows


def _amounts(amounts: dict[str, Money]) -> str:
    return "\n".join(money(amount) for _, amount in sorted(amounts.items()))
