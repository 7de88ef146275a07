"""Statements of banks for the books on which every read model is tried."""

from __future__ import annotations

from datetime import date

from commands.bank_statements.statements import (
    CorrectMovement,
    DismissStatement,
    OverruleStatement,
    RegisterBankAccount,
)
from tests.commands.bank_statements.statements import movement, register, statement, take_in
from tests.operators import Operator

ON = date(2026, 4, 10)


def keep_bank_statements(operator: Operator) -> None:
    """A statement with a bit of everything, a reversal, and others that were overruled and dismissed."""
    register(operator)
    operator.tell(RegisterBankAccount(iban="SK6807200002891987426353", seller="north", currency="EUR"), today=ON)
    mixed = statement(
        movement("3.00", "S1", "A0004"),
        movement("5.00", "S2", "nobody", counterparty="Ann"),
        movement("-2.00", "S3", kind="fee"),
        movement("40.00", "S4", kind="cash"),
        movement("-5.00", "S5", "nobody", is_reversal=True),
    )
    name = take_in(operator, mixed, today=ON).statements[0].statement
    correct = CorrectMovement(statement=name, movement="bank:S3", use="interest", reason="interest on an overdraft")
    operator.tell(correct, today=ON)
    wrong = [statement(movement("1.00", f"W{each}", "A0004"), closing="7.00", number=f"{each}") for each in (2, 3)]
    overruled, dismissed = (take_in(operator, parts, today=ON).statements[0].statement for parts in wrong)
    operator.tell(OverruleStatement(statement=overruled, reason="the bank confirms it"), today=ON)
    operator.tell(DismissStatement(statement=dismissed, reason="the wrong file"), today=ON)
    take_in(operator, wrong[0], today=ON)
