"""What must hold of causes holds of sound books and names what breaks it; rebuilt and as of a day they say the same."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.work.causes import OpenOnCause
from commands.work.causes import ReviewCauses, SetCauseRule
from projections.platform.check import offenders
from projections.platform.rebuild import rebuild
from projections.work import AREA
from projections.work.assignment import Assignment, list_absences, list_assignment_rules
from projections.work.causes import INVARIANTS, CauseRules, Causes, list_cause_rules, list_causes
from tests.operators import Operator

OLT = "device-down:device:OLT-7"
DAMAGE = {
    "the ticket of a cause is a ticket": "UPDATE live.causes SET ticket = 'T-99'",
    "a cause has at most one open ticket": f"UPDATE live.tickets SET cause = '{OLT}' WHERE subject = 'no signal'"
    " AND account = 'A0002'",
}


@pytest.mark.parametrize("sentence", DAMAGE)
def test_each_damage_is_named(trade: Operator, sentence: str):
    trade.application.runner.catch_up()
    with trade.application.tables.transaction("live") as cursor:
        assert offenders(cursor, INVARIANTS[sentence]) == []
    assert trade.execute(DAMAGE[sentence]) == 1
    with trade.application.tables.transaction("live") as cursor:
        assert offenders(cursor, INVARIANTS[sentence]) == [OLT]


def test_every_invariant_is_tried_here():
    assert set(DAMAGE) == set(INVARIANTS)


def test_a_rule_that_was_taken_back_is_listed_no_more_and_a_cause_that_is_gone_neither(trade: Operator):
    assert [row.cause for row in trade.ask(list_cause_rules)] == ["device-down"]
    assert trade.ask(list_causes, "", 9) == []
    assert trade.select("SELECT name, is_there FROM live.causes") == [(OLT, False)]


def test_rules_and_absences_stand_as_they_were_set_last(trade: Operator):
    assert [rule.queue for rule in trade.ask(list_assignment_rules)] == ["support"]
    days = [(row.from_on, row.to_on) for row in trade.ask(list_absences, date(2026, 4, 8))]
    assert days == [(date(2026, 5, 1), date(2026, 5, 4))]
    assert trade.ask(list_absences, date(2026, 5, 4)) == []


def test_they_are_the_same_when_they_are_built_again(trade: Operator):
    tables = ("cause_rules", "causes", "assignment_rules", "operator_absences")
    before = {table: trade.live_contents()[table] for table in tables}
    assert all(before.values())
    application = trade.application

    chosen = [each for each in application.projections if isinstance(each, CauseRules | Causes | Assignment)]
    rebuild(application.log, application.tables, chosen, application.projections)

    assert {table: trade.live_contents()[table] for table in tables} == before


def test_the_causes_of_an_account_tell_of_its_customer(trade: Operator):
    rule = OpenOnCause(kind="node-down", subject="Bounced debit")
    trade.tell(SetCauseRule(cause="payment-reversed", rule=rule), today=date(2026, 4, 9))
    trade.tell(ReviewCauses(account="A0004"), today=date(2026, 4, 9))

    assert AREA.streams_of_customer is not None
    assert "cause/payment-reversed:A0004" in trade.ask(AREA.streams_of_customer, "A0004")
    assert "cause/payment-reversed:A0004" not in trade.ask(AREA.streams_of_customer, "A0002")
