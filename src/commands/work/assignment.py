"""Assign tickets by rule, as they are opened or come into another queue; who is away is left out."""

from __future__ import annotations

from datetime import date

from billing_core.kernel.errors import InvalidValue
from billing_core.staff.operators import apply_operator
from billing_core.work.assignment import (
    AssignmentRule,
    AssignmentRulesSet,
    Candidate,
    OperatorAbsenceRecorded,
    OperatorAbsenceWithdrawn,
    apply_absences,
    apply_held,
    apply_rules,
    choose,
    is_decided,
    record_absence,
    rule_for,
    set_rules,
    withdraw_absence,
)
from billing_core.work.ticket_changes import assign
from billing_core.work.ticket_events import StepCompleted, TicketAssigned, TicketEscalated, TicketOpened
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction
from commands.staff.operators import load_operator, operator_stream
from commands.work.crews import load_crew
from commands.work.streams import OfTicket, load_ticket, ticket_stream

RULES = "assignment-rules/house"

# --- commands


class SetAssignmentRules(Command, frozen=True, kw_only=True):
    """Who gets tickets by themselves, by queue, kind, district and skill; supply all rules, in their order."""

    rules: tuple[AssignmentRule, ...] = ()


class RecordOperatorAbsence(Command, frozen=True, kw_only=True):
    """Note that an operator is away from a day up to another one: no ticket is assigned to the operator by rule."""

    operator: str
    from_on: date
    to_on: date
    reason: str = ""


class WithdrawOperatorAbsence(Command, frozen=True, kw_only=True):
    """Withdraw an absence of an operator, named by its first day."""

    operator: str
    from_on: date


class AssignByRule(OfTicket, frozen=True, kw_only=True):
    """Give a ticket to the operator whom the rules name: who had it last, else who has least to do.

    With a `queue` nothing happens if the ticket has left it, or somebody has decided who has it there; so a ticket that
    is opened or changes queue gives it by itself. Without one it is asked anew.
    """

    queue: str = ""


# --- handlers


def absence_stream(operator: str) -> str:
    return f"absences/{operator}"


def handle_set_assignment_rules(command: SetAssignmentRules, transaction: Transaction, origin: Origin) -> Decision:
    known, version = transaction.load(RULES, apply_rules)
    candidates = {(candidate.operator, candidate.crew) for rule in command.rules for candidate in rule.candidates}
    for operator, crew in sorted(candidates):
        load_operator(transaction, operator)
        if crew and operator not in load_crew(transaction, crew)[0].crew.members:
            raise InvalidValue(f"is no technician of crew {crew}", field="operator", value=operator)
    fact = AssignmentRulesSet(effective_on=origin.today, rules=command.rules)
    return Decision((Append(RULES, version, set_rules(known, fact)),))


def handle_record_absence(command: RecordOperatorAbsence, transaction: Transaction, origin: Origin) -> Decision:
    load_operator(transaction, command.operator)
    known, version = transaction.load(absence_stream(command.operator), apply_absences)
    fact = OperatorAbsenceRecorded(effective_on=origin.today, operator=command.operator, from_on=command.from_on,
                                   to_on=command.to_on, reason=command.reason)  # fmt: skip
    return Decision((Append(absence_stream(command.operator), version, record_absence(known or (), fact)),))


def handle_withdraw_absence(command: WithdrawOperatorAbsence, transaction: Transaction, origin: Origin) -> Decision:
    known, version = transaction.load(absence_stream(command.operator), apply_absences)
    fact = OperatorAbsenceWithdrawn(effective_on=origin.today, operator=command.operator, from_on=command.from_on)
    return Decision((Append(absence_stream(command.operator), version, withdraw_absence(known or (), fact)),))


def handle_assign_by_rule(command: AssignByRule, transaction: Transaction, origin: Origin) -> Decision:
    ticket, version = load_ticket(transaction, command.ticket)
    held, _ = transaction.load(ticket_stream(command.ticket), apply_held)
    assert held is not None
    is_past = bool(command.queue) and (command.queue != ticket.queue or is_decided(held))
    rules, _ = transaction.load(RULES, apply_rules)
    rule = rule_for(rules or (), ticket.queue, ticket.kind, ticket.about.address)
    if not ticket.is_open or is_past or rule is None:
        return Decision((), {"assignee": ticket.assignee})
    absent = {each.operator for each in rule.candidates if is_absent(each, transaction, origin.today)}
    loads = transaction.loads_of([each.operator for each in rule.candidates])
    chosen = choose(rule, ticket.about.address, absent, held.had, loads)
    if not chosen:
        return Decision((), {"assignee": ticket.assignee})
    events = assign(ticket, None, chosen, None, origin.today)
    return Decision((Append(ticket_stream(command.ticket), version, events),), {"assignee": chosen})


def is_absent(candidate: Candidate, transaction: Transaction, on: date) -> bool:
    """Whether an operator is away on a day, by the own absences or those of the crew, or can do nothing any more."""
    operator, _ = transaction.load(operator_stream(candidate.operator), apply_operator)
    absences, _ = transaction.load(absence_stream(candidate.operator), apply_absences)
    if operator is None or operator.is_closed or any(days.contains(on) for days in absences or ()):
        return True
    crew = load_crew(transaction, candidate.crew)[0] if candidate.crew else None
    return crew is not None and candidate.operator not in crew.present_on(on)


# --- what happens by itself


def _assign(entry: RecordedEvent) -> AssignByRule | None:
    """A ticket came into a queue, perhaps: the command's handler sees whether anything is to be decided there."""
    match entry.event:
        case TicketAssigned(assignee=assignee) if assignee:
            return None
        case TicketOpened(queue=queue) | TicketAssigned(queue=queue):
            return AssignByRule(ticket=entry.number, queue=queue)
        case StepCompleted(queue=queue) | TicketEscalated(queue=queue) if queue:
            return AssignByRule(ticket=entry.number, queue=queue)
    return None


HANDLERS: Handlers = {
    SetAssignmentRules: handle_set_assignment_rules,
    RecordOperatorAbsence: handle_record_absence,
    WithdrawOperatorAbsence: handle_withdraw_absence,
    AssignByRule: handle_assign_by_rule,
}
CONCERNS: Concerns = {
    SetAssignmentRules: HOUSE, RecordOperatorAbsence: HOUSE, WithdrawOperatorAbsence: HOUSE,
}  # fmt: skip
REACTIONS = (Reaction("assign-ticket", (TicketOpened, StepCompleted, TicketEscalated, TicketAssigned), _assign),)
