"""Shows the statements of a bank's file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from adapters.banks.preview import StatementPreview
from adapters.cli.show import add, console, say_more, table, tell
from billing_core.bank_statements.statement import Movement

AGREES = {True: "opening + movements = closing", None: "the file does not say both balances"}


def json_of(statements: Sequence[StatementPreview]) -> dict[str, Any]:
    """The document of `--json`."""
    return {"statements": [msgspec.structs.asdict(each) | {"agrees": each.agrees} for each in statements]}


def show_previews(statements: Sequence[StatementPreview], limit: int) -> None:
    """Each statement as a heading and a table."""
    for each in statements:
        number = f", statement {each.number}" if each.number else ""
        tell(f"{each.account}{number}: {len(each.movements):,} movements, credits {each.credits}, debits {each.debits}")
        agrees = AGREES.get(each.agrees, f"opening + movements differ from closing by {each.difference}")
        tell(f"opening {each.opening or '-'}, closing {each.closing or '-'}: {agrees}")
        _show_movements(each.movements[:limit])
        say_more(len(each.movements) - limit, "use --limit to see them")


def _show_movements(movements: Sequence[Movement]) -> None:
    if not movements:
        return
    rows = table(
        ("date", "left"), ("amount", "right"), ("kind", "left"), ("references", "left"), ("who", "left"),
        ("text", "left"),
    )  # fmt: skip
    for each in movements:
        who = " ".join(filter(None, (each.counterparty, each.counterparty_account)))
        add(rows, each.booked_on, each.amount, _kind(each), _references(each), who, each.message)
    console().print(rows)


def _kind(movement: Movement) -> str:
    words = [movement.kind, movement.return_reason, "reversal" if movement.is_reversal else ""]
    return " ".join(filter(None, words))


def _references(movement: Movement) -> str:
    symbols = movement.symbols
    named = (("VS", symbols.variable), ("SS", symbols.specific), ("E2E", symbols.end_to_end))
    found = [symbols.creditor_reference, *(f"{name} {text}" for name, text in named if text)]
    return ", ".join(filter(None, found)) or movement.reference
