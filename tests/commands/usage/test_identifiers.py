"""Identifiers on the real store: who has one on which day, through moves, ends and forgotten customers."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.kernel.errors import Conflict
from commands.accounts import OpenAccount
from commands.services import CancelChange, MoveSubscription, TerminateSubscription, UndoMove
from commands.usage.identifiers import AssignIdentifier, ReleaseIdentifier
from projections.usage.identifiers import IdentifierRow, holders_of, identifiers_of
from tests.operators import Operator

NUMBER = "420601000001"
JANUARY, MAY, JUNE = date(2026, 1, 1), date(2026, 5, 15), date(2026, 6, 1)


@pytest.fixture(autouse=True)
def two_subscribers(operator: Operator) -> None:
    operator.subscribers(2)


def assign(operator: Operator, account: str, on: date = JANUARY) -> None:
    operator.tell(AssignIdentifier(account=account, subscription="main", identifier="+420 601 000 001", on=on))


def holders(operator: Operator) -> list[tuple[str, date, date | None]]:
    rows: list[IdentifierRow] = operator.ask(lambda cursor: holders_of(cursor, [NUMBER]))
    return [(row.account, row.from_on, row.to_on) for row in rows]


def test_an_identifier_goes_from_one_subscriber_to_another(operator: Operator):
    assign(operator, "A0001")
    with pytest.raises(Conflict, match="belongs to subscription main of account A0001"):
        assign(operator, "A0002", MAY)
    operator.tell(ReleaseIdentifier(identifier=NUMBER, on=MAY))
    assign(operator, "A0002", JUNE)

    assert holders(operator) == [("A0001", JANUARY, MAY), ("A0002", JUNE, None)]
    assert operator.findings() == []


def test_the_end_of_a_subscription_frees_its_identifiers(operator: Operator):
    assign(operator, "A0001")
    operator.tell(TerminateSubscription(account="A0001", subscription="main", on=MAY, reason="moves away"))
    assert holders(operator) == [("A0001", JANUARY, MAY)]
    assign(operator, "A0002", MAY)
    assert holders(operator) == [("A0001", JANUARY, MAY), ("A0002", MAY, None)]


def test_an_identifier_moves_to_the_other_account_with_its_subscription(operator: Operator):
    assign(operator, "A0001")
    operator.tell(OpenAccount(account="B1", customer="A0001", seller="north", currency="EUR", opened_on=JANUARY))
    operator.tell(MoveSubscription(account="A0001", subscription="main", to_account="B1", on=MAY))
    assert holders(operator) == [("A0001", JANUARY, MAY), ("B1", MAY, None)]

    undo = UndoMove(account="A0001", subscription="main", to_account="B1", on=MAY, reason="the other one")
    operator.tell(undo)
    assert holders(operator) == [("A0001", JANUARY, None)]


def test_it_goes_on_if_the_end_is_cancelled(operator: Operator):
    assign(operator, "A0001")
    operator.tell(TerminateSubscription(account="A0001", subscription="main", on=MAY, reason="moves away"))
    operator.tell(CancelChange(account="A0001", subscription="main", kind="terminate", on=MAY))
    assert holders(operator) == [("A0001", JANUARY, None)]


def test_it_is_found_by_its_account(operator: Operator):
    assign(operator, "A0001")
    (row,) = operator.ask(lambda cursor: identifiers_of(cursor, "A0001"))
    assert (row.identifier, row.subscription) == (NUMBER, "main")
    assert operator.ask(lambda cursor: identifiers_of(cursor, "A0001", "other")) == []
