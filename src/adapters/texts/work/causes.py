"""Causes, outages and assignment, in words."""

from __future__ import annotations

from adapters.texts.amounts import counted
from adapters.texts.sentences import Sentences
from billing_core.work.assignment import AssignmentRulesSet, OperatorAbsenceRecorded, OperatorAbsenceWithdrawn
from billing_core.work.causes import CauseAppeared, CauseHandled, CauseRuleSet, CauseVanished
from billing_core.work.outages import (
    AnswerDue,
    OutageAnswered,
    OutageDeclared,
    OutageJoined,
    TicketGathered,
    TicketLetGo,
)

DONE = {"open": "opened", "reopen": "reopened", "close": "closed", "note": "noted on"}


def _rule(fact: CauseRuleSet) -> str:
    whose = f" of seller {fact.seller}" if fact.seller else ""
    if fact.rule is None:
        return f"{fact.cause}{whose} opens no ticket"
    return f"{fact.cause}{whose} opens a {fact.rule.kind} ticket: {fact.rule.subject}"


def _appeared(fact: CauseAppeared) -> str:
    where = [f"{name} {value}" for name in ("account", "device", "node") if (value := getattr(fact, name))]
    return f"{fact.cause} on {', '.join(where)} since {fact.at:%Y-%m-%d %H:%M} UTC"


def _handled(fact: CauseHandled) -> str:
    return f"{fact.ticket} {DONE[fact.done]}" if fact.done in DONE else "nothing to be done on a ticket"


def _declared(fact: OutageDeclared) -> str:
    where = [f"{name} {value}" for name in ("node", "address") if (value := getattr(fact, name))]
    return f"is the outage of {', '.join(where)}"


def _due(fact: AnswerDue) -> str:
    what = f"comment {fact.answer} to the customer" if fact.answer > 0 else "the end of the outage"
    return f"{fact.ticket} is to get {what}"


def _answered(fact: OutageAnswered) -> str:
    what = f"comment {fact.answer}" if fact.answer > 0 else "the end"
    return f"got {what} of the outage {fact.outage}"


def _away(fact: OperatorAbsenceRecorded) -> str:
    why = f": {fact.reason}" if fact.reason else ""
    return f"{fact.operator} is away from {fact.from_on} up to {fact.to_on}{why}"


SENTENCES: Sentences = {
    CauseRuleSet: _rule,
    CauseAppeared: _appeared,
    CauseVanished: lambda fact: f"gone since {fact.at:%Y-%m-%d %H:%M} UTC",
    CauseHandled: _handled,
    OutageDeclared: _declared,
    TicketGathered: lambda fact: f"gathers {fact.ticket}",
    TicketLetGo: lambda fact: f"gathers {fact.ticket} no more",
    AnswerDue: _due,
    OutageJoined: lambda fact: f"gathered by the outage {fact.outage}" if fact.outage else "gathered by no outage",
    OutageAnswered: _answered,
    AssignmentRulesSet: lambda fact: f"{counted(len(fact.rules), 'rule')} for the assignment of tickets",
    OperatorAbsenceRecorded: _away,
    OperatorAbsenceWithdrawn: lambda fact: f"{fact.operator} is not away from {fact.from_on} on",
}
