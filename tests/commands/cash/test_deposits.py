"""A deposit is confirmed by the statement that shows it, if nothing is left to guess."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from adapters.bootstrap.automation import automation_of
from adapters.bootstrap.seller_clock import SellerClock
from commands.cash.handing import DepositCash
from projections.cash.tills import transits_after
from tests.commands.bank_statements.statements import movement, statement, take_in
from tests.commands.bank_statements.statements import register as register_account
from tests.commands.cash.tills import MONDAY, open_till, register
from tests.operators import Operator

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def desk(operator: Operator) -> Operator:
    register_account(operator)
    register(operator)
    open_till(operator, float_="500")
    settle(operator)
    return operator


def settle(operator: Operator) -> None:
    clock = SellerClock(operator.application.store, operator.application.tables)
    automation_of(operator.application, clock).settle()


def deposit(operator: Operator, amount: str, reference: str) -> None:
    command = DepositCash(desk="H1", amount=Decimal(amount), bank_account="CZ65", reference=reference)
    operator.tell(command, MONDAY)


def show(operator: Operator, amount: str, reference: str) -> dict[str, str]:
    """What is on its way after a statement with this movement."""
    moved = movement(amount, f"B{amount}", reference, kind="cash", booked_on=TUESDAY)
    take_in(operator, statement(moved), today=TUESDAY)
    settle(operator)
    rows = operator.ask(lambda cursor: transits_after(cursor, "", 10, open_only=False))
    return {row.receipt: row.state for row in rows}


def test_the_statement_confirms_the_deposit_with_its_reference_and_amount(desk: Operator):
    deposit(desk, "100", "8801")
    deposit(desk, "100", "88")
    assert show(desk, "100.00", "0000008801") == {"H1-0001": "confirmed", "H1-0002": "on its way"}
    assert desk.findings() == []


@pytest.mark.parametrize(("amount", "reference"), [("95.00", "8801"), ("100.00", "8802"), ("100.00", "")])
def test_another_amount_or_reference_waits_for_a_person(desk: Operator, amount: str, reference: str):
    deposit(desk, "100", "8801")
    assert show(desk, amount, reference) == {"H1-0001": "on its way"}


def test_two_deposits_that_fit_wait_for_a_person(desk: Operator):
    deposit(desk, "100", "8801")
    deposit(desk, "100", "8801")
    assert set(show(desk, "100.00", "8801").values()) == {"on its way"}
