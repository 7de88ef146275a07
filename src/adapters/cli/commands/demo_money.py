"""The demo's chapter on money that came in: where it is, and which overpayments could be paid back."""

from __future__ import annotations

from datetime import date

from adapters.bootstrap.application import Application
from adapters.cli.show import add, console, table, tell
from adapters.texts.amounts import counted, money
from projections.money_in import PLACES, money_in
from projections.platform.runner import LIVE_SCHEMA
from projections.unused_credits import Overpaid, overpayment_totals


def tell_money_in(app: Application, today: date) -> None:
    """Each source with the places of its money, and the sums of unused credit."""
    with app.tables.transaction(LIVE_SCHEMA) as cursor:
        found = money_in(cursor)
        overpaid = overpayment_totals(cursor, Overpaid(today))
    rows = table(("source", "left"), ("currency", "left"), *((place, "right") for place in PLACES))
    for row in found:
        add(rows, row.source, row.currency, *(f"{getattr(row, place):f}" for place in PLACES))
    console().print(rows)
    for number, unused in overpaid.values():
        tell(f"{counted(number, 'account')} with {money(unused)} unused; `billing pay-backs draw-up` pays them back.")
