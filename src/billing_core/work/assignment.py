"""Assignment by rule: which operator gets a ticket that came into a queue.

Decides by kind of ticket, district, skill, load and who had the ticket last; the first rule that fits decides.

    queue support, faults in districts 11 and 12 need the skill fibre:
        anna    fibre, tv    3 open tickets, the newest T-90
        boris   fibre        3 open tickets, the newest T-80      T-95 goes to boris: among equals, who waits longest
        clara   fibre        2 open tickets, but absent           not asked
        dana    tv           none                                 has not the skill
    T-95 goes to another queue and comes back                     to boris again, unless he is absent, whatever his load

A rule gives no ticket that somebody took or gave by hand since it came into the queue.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from billing_core.kernel.errors import InvalidValue, NotFound, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.spans import Span
from billing_core.work.causes import require_code
from billing_core.work.ticket_changes import require_words
from billing_core.work.ticket_events import StepCompleted, TicketAssigned, TicketEscalated, TicketOpened

MOST_RULES = 500
MOST_CANDIDATES = 500

# --- values and events


class Candidate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An operator who may get tickets, with what the operator can do; without districts, everywhere.

    With a `crew` the operator is one of its technicians, and away whenever the crew says so.
    """

    operator: str
    crew: str = ""
    skills: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()


class AssignmentRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who gets the tickets of a queue: of some kinds and in some districts, or all; by a skill, if one is needed.

    A district is the beginning of addresses.
    """

    queue: str
    candidates: tuple[Candidate, ...]
    kinds: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    skill: str = ""


@event("assignment-rules-set")
class AssignmentRulesSet(Event, frozen=True, kw_only=True):
    """The rules of the house from now on, complete, in their order."""

    rules: tuple[AssignmentRule, ...]


@event("operator-absence-recorded")
class OperatorAbsenceRecorded(Event, frozen=True, kw_only=True):
    """An operator is away from a day up to another one, and gets no tickets by rule meanwhile."""

    operator: str
    from_on: date
    to_on: date
    reason: str = ""


@event("operator-absence-withdrawn")
class OperatorAbsenceWithdrawn(Event, frozen=True, kw_only=True):
    """The absence that begins on a day does not take place."""

    operator: str
    from_on: date


# --- state


class Load(NamedTuple):
    """How many open tickets an operator has, and the number of the newest of them; 0 without any."""

    tickets: int = 0
    newest: int = 0


class Held(msgspec.Struct, frozen=True):
    """In which queue a ticket is, in which one it was decided who has it there, and who had it, the last one last."""

    queue: str
    decided_in: str = ""
    had: tuple[str, ...] = ()


def apply_rules(rules: tuple[AssignmentRule, ...] | None, fact: Event) -> tuple[AssignmentRule, ...] | None:
    """The rules after an event of their stream."""
    return fact.rules if isinstance(fact, AssignmentRulesSet) else rules


def apply_absences(absences: tuple[Span, ...] | None, fact: Event) -> tuple[Span, ...] | None:
    """The absences of an operator after an event of their stream."""
    match fact:
        case OperatorAbsenceRecorded():
            return (*(absences or ()), Span(fact.from_on, fact.to_on))
        case OperatorAbsenceWithdrawn():
            return tuple(each for each in absences or () if each.from_on != fact.from_on)
    return absences


def apply_held(held: Held | None, fact: Event) -> Held | None:
    """Who had a ticket, after an event of its stream."""
    if isinstance(fact, TicketOpened):
        return Held(fact.queue)
    assert held is not None
    match fact:
        case TicketAssigned(queue=queue, assignee=assignee):
            is_decided = bool(assignee) or queue == held.queue
            had = (*(each for each in held.had if each != assignee), assignee) if assignee else held.had
            return Held(queue, queue if is_decided else "", had)
        case StepCompleted(queue=queue) | TicketEscalated(queue=queue) if queue:
            return msgspec.structs.replace(held, queue=queue)
    return held


# --- decisions


def set_rules(known: tuple[AssignmentRule, ...] | None, fact: AssignmentRulesSet) -> list[Event]:
    """Rules that make sense; those that hold already change nothing."""
    if len(fact.rules) > MOST_RULES:
        raise InvalidValue(f"are more than {MOST_RULES}", field="rules", value=len(fact.rules))
    for rule in fact.rules:
        require_code("queue", rule.queue)
        if not 1 <= len(rule.candidates) <= MOST_CANDIDATES:
            raise InvalidValue(f"must be 1 to {MOST_CANDIDATES}", field="candidates", value=len(rule.candidates))
        operators = [candidate.operator for candidate in rule.candidates]
        if len(set(operators)) < len(operators):
            raise InvalidValue("name an operator twice", field="candidates", value=", ".join(operators))
        if rule.skill and not any(rule.skill in candidate.skills for candidate in rule.candidates):
            raise InvalidValue("is a skill that none of the candidates has", field="skill", value=rule.skill)
        for district in rule.districts:
            require_words("district", district)
    return [] if fact.rules == (known or ()) else [fact]


def rule_for(rules: Iterable[AssignmentRule], queue: str, kind: str, address: str) -> AssignmentRule | None:
    """The first rule for tickets of a kind about an address in a queue."""
    for rule in rules:
        if rule.queue == queue and kind in (rule.kinds or (kind,)) and _is_in(address, rule.districts):
            return rule
    return None


def choose(
    rule: AssignmentRule, address: str, absent: Collection[str], had: Sequence[str], loads: Mapping[str, Load]
) -> str:
    """Who gets the ticket by a rule: who had it last, else who has least to do; empty if nobody may have it."""
    able = {
        candidate.operator
        for candidate in rule.candidates
        if (not rule.skill or rule.skill in candidate.skills) and _is_in(address, candidate.districts)
    }
    able -= set(absent)
    for operator in reversed(had):
        if operator in able:
            return operator
    return min(able, key=lambda operator: (*loads.get(operator, Load()), operator), default="")


def is_decided(held: Held) -> bool:
    """Whether somebody was given the ticket, or taken off it, since it came into its queue."""
    return held.decided_in == held.queue


def _is_in(address: str, districts: Collection[str]) -> bool:
    return not districts or address.startswith(tuple(districts))


def record_absence(known: tuple[Span, ...], fact: OperatorAbsenceRecorded) -> list[Event]:
    """Days on which an operator is away; none of them twice."""
    if fact.to_on <= fact.from_on:
        raise InvalidValue(f"must be after the first day, {fact.from_on}", field="to", value=fact.to_on)
    wanted = Span(fact.from_on, fact.to_on)
    if wanted in known:
        return []
    for absence in known:
        if absence.within(wanted) is not None:
            raise RuleViolation(f"an absence from {absence.from_on} to {absence.to_on} is recorded; withdraw it first",
                                field="from", value=fact.from_on)  # fmt: skip
    return [fact]


def withdraw_absence(known: tuple[Span, ...], fact: OperatorAbsenceWithdrawn) -> list[Event]:
    """An absence that is recorded, named by its first day."""
    if not any(each.from_on == fact.from_on for each in known):
        raise NotFound("no absence begins on this day", field="from", value=fact.from_on)
    return [fact]
