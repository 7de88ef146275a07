"""What must hold of tickets holds of sound books, and names the ticket of which it does not."""

from __future__ import annotations

import pytest

from projections.platform.check import offenders
from projections.work.tickets import INVARIANTS
from tests.operators import Operator

# The tickets of the books: T-1 open, T-2 its child, T-3 the same as T-1, T-4 cancelled, T-5 reopened.
DAMAGE = {
    "an open ticket waits at a step, or something is due by itself": [("steps = '{}'", "T-1")],
    "a ticket that ended waits at no step, nothing of it is due, and it says when it ended": [
        ("steps = '{survey}'", "T-4"),
        ("actions = '{x//0}'", "T-4"),
        ("closed_at = NULL", "T-4"),
        ("closed_at = opened_at - interval '1 second'", "T-4"),
    ],
    "a ticket's parent is a ticket": [("parent = 'T-99'", "T-2")],
    "a duplicate is one of another ticket, and no other ticket is": [
        ("duplicate_of = 'T-99'", "T-3"),
        ("duplicate_of = 'T-3'", "T-3"),
        ("duplicate_of = ''", "T-3"),
        ("duplicate_of = 'T-1'", "T-4"),
    ],
    "no ticket has less than no labour": [("labour_minutes = -1", "T-1")],
    "a ticket is about an account that is or was its customer's": [
        ("account = 'A0002'", "T-1"),
        ("account = 'A9'", "T-1"),
    ],
}


def named(operator: Operator, sentence: str) -> list[str]:
    with operator.application.tables.transaction("live") as cursor:
        return offenders(cursor, INVARIANTS[sentence])


@pytest.mark.parametrize(("sentence", "change", "ticket"), [(s, *way) for s, ways in DAMAGE.items() for way in ways])
def test_each_damage_is_named(trade: Operator, sentence: str, change: str, ticket: str):
    trade.application.runner.catch_up()
    assert named(trade, sentence) == []
    assert trade.execute(f"UPDATE live.tickets SET {change} WHERE number = %s", ticket) == 1
    assert named(trade, sentence) == [ticket]


def test_every_invariant_is_tried_here():
    assert set(DAMAGE) == set(INVARIANTS)
