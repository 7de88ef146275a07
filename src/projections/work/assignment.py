"""By which rules are tickets assigned, and who is away when?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from billing_core.kernel.events import Event
from billing_core.work.assignment import (
    AssignmentRule,
    AssignmentRulesSet,
    OperatorAbsenceRecorded,
    OperatorAbsenceWithdrawn,
)
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT_RULES = """
    INSERT INTO assignment_rules (number, rule) SELECT * FROM unnest(%b::int8[], %b::text[])
"""
UPSERT_ABSENCES = """
    INSERT INTO operator_absences (operator, from_on, to_on, reason) VALUES (%s, %s, %s, %s)
    ON CONFLICT (operator, from_on) DO UPDATE SET to_on = excluded.to_on, reason = excluded.reason
"""
DELETE_ABSENCE = "DELETE FROM operator_absences WHERE operator = %s AND from_on = %s"


class Assignment:
    """The rules of the house, and the absences of operators, as now known."""

    name = "assignment"
    version = 1
    tables = ("assignment_rules", "operator_absences")
    by_stream = True
    definition = """
        CREATE TABLE assignment_rules (number bigint PRIMARY KEY, rule text NOT NULL);
        CREATE TABLE operator_absences (
            operator text COLLATE "C" NOT NULL, from_on date NOT NULL, to_on date NOT NULL, reason text NOT NULL,
            PRIMARY KEY (operator, from_on));
    """
    indexes = "CREATE INDEX ON operator_absences (to_on);"
    streams = ("assignment-rules", "absences")
    folds: tuple[type[Event], ...] = (AssignmentRulesSet, OperatorAbsenceRecorded, OperatorAbsenceWithdrawn)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        rules: tuple[AssignmentRule, ...] | None = None
        for entry in page:
            match entry.event:
                case AssignmentRulesSet() as fact:
                    rules = fact.rules
                case OperatorAbsenceRecorded() as fact:
                    cursor.execute(UPSERT_ABSENCES, (fact.operator, fact.from_on, fact.to_on, fact.reason))
                case OperatorAbsenceWithdrawn() as fact:
                    cursor.execute(DELETE_ABSENCE, (fact.operator, fact.from_on))
        if rules is not None:
            cursor.execute("DELETE FROM assignment_rules")
            rows = ((number, msgspec.json.encode(rule).decode()) for number, rule in enumerate(rules, start=1))
            if rules:
                cursor.execute(UPSERT_RULES, as_columns(rows, 2))


# --- queries


class AbsenceRow(msgspec.Struct):
    """The days on which an operator is away."""

    operator: str
    from_on: date
    to_on: date
    reason: str


def list_assignment_rules(cursor: Cursor) -> list[AssignmentRule]:
    """The rules in their order."""
    rows = cursor.execute("SELECT rule FROM assignment_rules ORDER BY number")
    return [msgspec.json.decode(rule, type=AssignmentRule) for (rule,) in rows]


def list_absences(cursor: Cursor, on: date) -> list[AbsenceRow]:
    """The absences that are not over on a day, in order of operator and day."""
    statement = "SELECT operator, from_on, to_on, reason FROM operator_absences WHERE to_on > %s ORDER BY 1, 2"
    return [AbsenceRow(*row) for row in cursor.execute(statement, (on,))]
