"""The rules by which tickets are opened and assigned by themselves; the causes that are there; who is away."""

from __future__ import annotations

import msgspec

from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.work.assignment import AssignmentRule, apply_rules
from commands.platform.bus import Seen
from commands.platform.concerns import HOUSE, Concerns
from commands.work.assignment import RULES
from projections.work.assignment import AbsenceRow, list_absences
from projections.work.causes import CauseRow, CauseRuleRow, list_cause_rules, list_causes


class ListCauseRules(Query, frozen=True, kw_only=True):
    """Which causes open which tickets: the rules of the house and of sellers."""


class ListCauses(Listing, frozen=True, kw_only=True):
    """The causes that are there now, with their tickets, in order of name."""


class ListAssignmentRules(Query, frozen=True, kw_only=True):
    """By which rules tickets are assigned, in their order; and which operators are away, or will be."""


class CauseRules(msgspec.Struct):
    """All rules by which causes open tickets."""

    rules: list[CauseRuleRow]


class AssignmentRules(msgspec.Struct):
    """The rules, in the version that they have as a whole, and the absences that are not over."""

    rules: list[AssignmentRule]
    absences: list[AbsenceRow]
    version: int

    def seen(self) -> Seen:
        """The version of the rules, for the ETag."""
        return Seen(RULES, self.version)


def _list_cause_rules(query: ListCauseRules, reading: Reading) -> CauseRules:
    with reading.source.cursor() as cursor:
        return CauseRules(list_cause_rules(cursor))


def _list_causes(query: ListCauses, reading: Reading) -> Page[CauseRow]:
    with reading.source.cursor() as cursor:
        found = list_causes(cursor, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.name)


def _list_assignment_rules(query: ListAssignmentRules, reading: Reading) -> AssignmentRules:
    with reading.source.cursor() as cursor:
        absences = list_absences(cursor, reading.today)
    facts = reading.source.events_of(RULES)
    rules = None
    for fact in facts:
        rules = apply_rules(rules, fact)
    return AssignmentRules(list(rules or ()), absences, len(facts))


QUERIES: Queries = {
    ListCauseRules: _list_cause_rules, ListCauses: _list_causes, ListAssignmentRules: _list_assignment_rules,
}  # fmt: skip
CONCERNS: Concerns = {ListCauseRules: HOUSE, ListCauses: HOUSE, ListAssignmentRules: HOUSE}
