"""Tickets are assigned by rule as they come into a queue: who had them, who has least to do, and who is not away."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.party_changes import AddressChanges, SellerChanges
from billing_core.work.assignment import AssignmentRule, Candidate
from billing_core.work.crews import Crew
from billing_core.work.ticket_events import TicketAssigned
from billing_core.work.working_hours import WorkingHours
from commands.parties import ChangeSeller
from commands.staff.operators import CloseOperator, RegisterOperator
from commands.work.assignment import AssignByRule, RecordOperatorAbsence, SetAssignmentRules, WithdrawOperatorAbsence
from commands.work.crews import DefineCrew, RecordAbsence
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from commands.work.steps import CompleteStep
from commands.work.tickets import AssignTicket
from tests.billing_core.work.flows import FAULT
from tests.commands.work.test_tickets import let_happen, ticket_of
from tests.operators import Operator

ON = date(2026, 3, 10)
SUPPORT = AssignmentRule(queue="support", candidates=tuple(Candidate(operator=code) for code in ("anna", "boris")))
CREWS = AssignmentRule(queue="crews", candidates=(Candidate(operator="clara", skills=("fibre",)),), skill="fibre")


@pytest.fixture(autouse=True)
def with_rules(operator: Operator) -> None:
    for code in ("anna", "boris", "clara"):
        operator.tell(RegisterOperator(operator=code, name=code.title(), roles=("administrator",)), today=ON)
    operator.tell(PublishFlow(flow=FAULT), today=ON)
    operator.tell(SetAssignmentRules(rules=(SUPPORT, CREWS)), today=ON)
    let_happen(operator)


def opened(operator: Operator, **details: Any) -> str:
    command = OpenTicket(kind="fault", subject="no signal", **details)
    return str(operator.tell(command, today=ON).result["ticket"])


def assignees(operator: Operator, *tickets: str) -> list[str]:
    let_happen(operator)
    return [ticket_of(operator, ticket).assignee for ticket in tickets]


def test_tickets_that_come_at_once_go_to_different_operators_before_the_read_models_know(operator: Operator):
    tickets = [opened(operator) for _ in range(4)]

    assert assignees(operator, *tickets) == ["anna", "boris", "anna", "boris"]
    operator.application.runner.catch_up()
    for _ in range(2):
        opened(operator, assignee="anna")
    new = [opened(operator) for _ in range(3)]
    given = [operator.tell(AssignByRule(ticket=ticket), today=ON).result["assignee"] for ticket in new]
    assert given == ["boris", "boris", "anna"]


def test_a_ticket_that_changes_queue_is_assigned_there_and_again_to_who_had_it(operator: Operator):
    ticket, other = opened(operator), opened(operator)
    assert assignees(operator, ticket, other) == ["anna", "boris"]
    operator.tell(CompleteStep(ticket=other, step="check", resolution="confirmed"), today=ON)
    assert assignees(operator, other) == ["clara"]
    operator.tell(AssignTicket(ticket=other, queue="support", assignee=""), today=ON)
    assert assignees(operator, other) == ["boris"]
    assert [fact.assignee for fact in _assigned(operator, other)] == ["boris", "clara", "", "boris"]


def _assigned(operator: Operator, ticket: str) -> list[Any]:
    return [fact for fact in operator.facts(f"ticket/{ticket}") if isinstance(fact, TicketAssigned)]


def test_what_somebody_decided_by_hand_stays(operator: Operator):
    given, taken_off = opened(operator, assignee="clara"), opened(operator)
    let_happen(operator)
    operator.tell(AssignTicket(ticket=taken_off, assignee=""), today=ON)

    assert assignees(operator, given, taken_off) == ["clara", ""]
    operator.tell(AssignByRule(ticket=taken_off), today=ON)  # By hand the rule is asked anew.
    assert assignees(operator, taken_off) == ["anna"]


def test_who_is_away_or_closed_gets_nothing(operator: Operator):
    away = RecordOperatorAbsence(operator="anna", from_on=ON, to_on=date(2026, 3, 12), reason="training")
    operator.tell(away, today=ON)
    ticket = opened(operator)
    assert assignees(operator, ticket) == ["boris"]

    operator.tell(CloseOperator(operator="boris", reason="left"), today=ON)
    unassigned = opened(operator)
    assert assignees(operator, unassigned) == [""]
    assert operator.select("SELECT command FROM billing.refused_commands") == []

    operator.tell(WithdrawOperatorAbsence(operator="anna", from_on=ON), today=ON)
    assert operator.tell(AssignByRule(ticket=ticket), today=ON).result == {"assignee": "anna"}


def test_a_technician_is_away_when_the_crew_says_so(operator: Operator):
    country = SellerChanges(address=AddressChanges(country="LV"))
    operator.tell(ChangeSeller(code="north", changes=country), today=ON)
    hours = WorkingHours(monday=("08:00-16:00",))
    crew = Crew(code="crew-1", title="Crew 1", seller="north", members=("anna", "boris"), hours=hours)
    operator.tell(DefineCrew(crew=crew), today=ON)
    technicians = tuple(Candidate(operator=code, crew="crew-1") for code in ("anna", "boris"))
    rule = AssignmentRule(queue="support", candidates=technicians)
    operator.tell(SetAssignmentRules(rules=(rule,)), today=ON)
    off = RecordAbsence(crew="crew-1", technician="anna", from_on=ON, to_on=date(2026, 3, 11))
    operator.tell(off, today=ON)

    assert assignees(operator, opened(operator), opened(operator)) == ["boris", "boris"]
    stranger = AssignmentRule(queue="support", candidates=(Candidate(operator="clara", crew="crew-1"),))
    with pytest.raises(InvalidValue, match="is no technician of crew crew-1"):
        operator.tell(SetAssignmentRules(rules=(stranger,)), today=ON)


def test_an_absence_is_recorded_once_and_does_not_overlap_another(operator: Operator):
    away = RecordOperatorAbsence(operator="anna", from_on=ON, to_on=date(2026, 3, 12))
    operator.tell(away, today=ON)
    assert operator.tell(away, today=ON).position == 0
    with pytest.raises(RuleViolation, match="withdraw it first"):
        operator.tell(RecordOperatorAbsence(operator="anna", from_on=date(2026, 3, 11), to_on=date(2026, 3, 15)))
    with pytest.raises(InvalidValue, match="must be after"):
        operator.tell(RecordOperatorAbsence(operator="boris", from_on=ON, to_on=ON), today=ON)
    with pytest.raises(NotFound, match="no absence begins"):
        operator.tell(WithdrawOperatorAbsence(operator="anna", from_on=date(2026, 3, 11)), today=ON)


def test_a_command_that_comes_late_gives_no_ticket_that_was_moved_or_taken_meanwhile(operator: Operator):
    ticket = opened(operator)
    operator.tell(AssignTicket(ticket=ticket, queue="crews", assignee="boris"), today=ON)
    for queue in ("support", "crews"):
        assert operator.tell(AssignByRule(ticket=ticket, queue=queue), today=ON).position == 0
    assert assignees(operator, ticket) == ["boris"]


def test_rules_name_operators_that_exist(operator: Operator):
    rule = AssignmentRule(queue="support", candidates=(Candidate(operator="nobody"),))
    with pytest.raises(NotFound, match="no such operator"):
        operator.tell(SetAssignmentRules(rules=(rule,)), today=ON)
