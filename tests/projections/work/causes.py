"""Causes, outages and rules in the books on which every read model is tried."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec

from billing_core.work.assignment import AssignmentRule, Candidate
from billing_core.work.causes import OpenOnCause
from commands.work.assignment import RecordOperatorAbsence, SetAssignmentRules, WithdrawOperatorAbsence
from commands.work.cause_tickets import FollowCause
from commands.work.causes import ReportCondition, SetCauseRule
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from commands.work.outage_answers import AnswerGathered, SpreadAnswers
from commands.work.outages import DeclareOutage, GatherTickets, JoinOutage, LetTicketGo
from commands.work.tickets import CommentTicket
from tests.billing_core.work.flows import FAULT
from tests.operators import Operator

ON = date(2026, 4, 8)
AT = datetime(2026, 4, 8, 10, tzinfo=UTC)
DOWN = msgspec.structs.replace(FAULT, kind="node-down")


def keep_causes(operator: Operator) -> None:
    """Two faults of a node, a device that is down and up again, an outage that gathers them, and rules."""
    for flow in (msgspec.structs.replace(FAULT, kind="node-fault", outage="joins"), DOWN):
        operator.tell(PublishFlow(flow=flow), today=ON)
    rule = OpenOnCause(kind="node-down", subject="Device down", reopen_minutes=10)
    for cause in ("device-down", "signal-low"):
        operator.tell(SetCauseRule(cause=cause, rule=rule), today=ON)
    operator.tell(SetCauseRule(cause="signal-low", rule=None), today=ON)
    first, second = (
        operator.tell(OpenTicket(kind="node-fault", subject="no signal", node="N1", account=account), today=ON)
        for account in ("", "A0002")
    )
    report = ReportCondition(kind="device-down", device="OLT-7", node="N1", is_active=True, since=AT)
    operator.tell(report, today=ON)
    followed = operator.tell(FollowCause(cause="device-down:device:OLT-7"), today=ON)
    outage = followed.result["ticket"]
    operator.tell(DeclareOutage(ticket=outage), today=ON)
    gathered = (first.result["ticket"], second.result["ticket"])
    operator.tell(GatherTickets(ticket=outage, tickets=gathered), today=ON)
    for ticket in gathered:
        operator.tell(JoinOutage(ticket=ticket, outage=outage), today=ON)
    operator.tell(CommentTicket(ticket=outage, text="By noon it works", audience="customer"), today=ON)
    operator.tell(SpreadAnswers(ticket=outage), today=ON)
    operator.tell(AnswerGathered(ticket=gathered[1], outage=outage, answer=1), today=ON)
    operator.tell(LetTicketGo(ticket=gathered[0]), today=ON)
    gone = msgspec.structs.replace(report, is_active=False, since=AT + timedelta(minutes=2))
    operator.tell(gone, today=ON)
    keep_rules(operator)


def keep_rules(operator: Operator) -> None:
    """A rule of assignment, and absences."""
    clerk = Candidate(operator="anna", skills=("fibre",))
    operator.tell(SetAssignmentRules(rules=(AssignmentRule(queue="support", candidates=(clerk,)),)), today=ON)
    for first in (date(2026, 5, 1), date(2026, 6, 1)):
        away = RecordOperatorAbsence(operator="anna", from_on=first, to_on=first + timedelta(days=3))
        operator.tell(away, today=ON)
    operator.tell(WithdrawOperatorAbsence(operator="anna", from_on=date(2026, 6, 1)), today=ON)
