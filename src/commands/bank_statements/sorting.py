"""Sort the movements of a chunk: rows of income with their accounts, and facts of what is no income."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from billing_core.bank_statements.accounts import BankAccount
from billing_core.bank_statements.recorded import MovementBooked, booked_movement, line_of_statement
from billing_core.bank_statements.saying import said, shown
from billing_core.bank_statements.statement import Movement
from billing_core.bank_statements.uses import use_of
from commands.bank_statements.booking import BankRow, Matched


class Named(NamedTuple):
    """A movement with its name."""

    name: str
    movement: Movement


class Sorted(NamedTuple):
    """What is booked on accounts or waits, and what is booked as what it is."""

    income: list[Matched]
    others: list[MovementBooked]


def row_of(named: Named, source: str, statement: str) -> BankRow:
    """A movement that came in as a payment: its reference is what the payer gave, the most exact one first."""
    movement = named.movement
    return BankRow(
        line=movement.line,
        source=source,
        reference=named.name,
        received_on=movement.booked_on,
        amount=movement.amount,
        payment_reference=said(movement.symbols),
        payer=shown(movement.counterparty),
        payer_account=shown(movement.counterparty_account),
        message=shown(movement.message),
        method="cash" if movement.kind == "cash" else "transfer",
        statement=line_of_statement(statement, movement.line),
        creditor_reference=movement.symbols.creditor_reference,
        end_to_end=movement.symbols.end_to_end,
    )


def sorted_movements(
    chunk: Sequence[Named], bank: BankAccount, rows: Mapping[int, BankRow], accounts: Mapping[int, str | None]
) -> Sorted:
    """The movements of a chunk by what they are; rows and accounts are by line, as a bank may repeat a reference."""
    found = Sorted([], [])
    for named in chunk:
        movement = named.movement
        account = accounts.get(movement.line)
        pays_out = bank.pays_out(movement.counterparty_account)
        use = use_of(movement, names_account=account is not None, pays_out=pays_out)
        if use == "income":
            found.income.append((rows[movement.line], account))
        else:
            found.others.append(booked_movement(movement, named.name, bank.source, use))
    return found
