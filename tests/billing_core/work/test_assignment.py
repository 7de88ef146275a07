"""Who gets a ticket by a rule, with the figures of the module's example."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import InvalidValue
from billing_core.work.assignment import (
    AssignmentRule,
    AssignmentRulesSet,
    Candidate,
    Held,
    Load,
    apply_held,
    choose,
    is_decided,
    rule_for,
    set_rules,
)
from billing_core.work.ticket_events import StepCompleted, TicketAssigned, TicketOpened

ON = date(2026, 6, 2)
RULE = AssignmentRule(
    queue="support", kinds=("fault",), districts=("11", "12"), skill="fibre",
    candidates=(
        Candidate(operator="anna", skills=("fibre", "tv")),
        Candidate(operator="boris", skills=("fibre",)),
        Candidate(operator="clara", skills=("fibre",)),
        Candidate(operator="dana", skills=("tv",)),
        Candidate(operator="emil", skills=("fibre",), districts=("12",)),
    ),
)  # fmt: skip
LOADS = {"anna": Load(3, 90), "boris": Load(3, 80), "clara": Load(2, 95), "emil": Load(0, 0)}


def test_the_example_of_the_module():
    assert choose(RULE, "11-5", {"clara"}, (), LOADS) == "boris"
    assert choose(RULE, "11-5", (), (), LOADS) == "clara"
    assert choose(RULE, "11-5", {"clara"}, ("anna",), LOADS) == "anna"
    assert choose(RULE, "11-5", {"clara", "boris"}, ("boris",), LOADS) == "anna"
    assert choose(RULE, "12-1", (), (), LOADS) == "emil"
    assert choose(RULE, "11-5", {"anna", "boris", "clara"}, (), LOADS) == ""


def test_the_first_rule_that_fits_decides():
    others = AssignmentRule(queue="support", candidates=RULE.candidates)
    rules = (RULE, others)

    assert rule_for(rules, "support", "fault", "12-1") is RULE
    assert rule_for(rules, "support", "fault", "13-1") is others
    assert rule_for(rules, "support", "complaint", "12-1") is others
    assert rule_for(rules, "crews", "fault", "12-1") is None


def test_a_decision_holds_until_the_ticket_comes_into_another_queue():
    facts = (
        TicketOpened(effective_on=ON, kind="fault", flow_version=1, subject="x", queue="support"),
        TicketAssigned(effective_on=ON, queue="support", assignee="anna"),
        StepCompleted(effective_on=ON, step="check", steps=("repair",), queue="crews"),
        TicketAssigned(effective_on=ON, queue="support", assignee=""),
        TicketAssigned(effective_on=ON, queue="support", assignee=""),
    )
    held: Held | None = None
    decided = []
    for fact in facts:
        held = apply_held(held, fact)
        assert held is not None
        decided.append(is_decided(held))

    assert decided == [False, True, False, False, True]
    assert held is not None and held.had == ("anna",)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (AssignmentRule(queue="Support", candidates=RULE.candidates), "queue"),
        (AssignmentRule(queue="support", candidates=()), "must be 1 to 500"),
        (AssignmentRule(queue="support", candidates=(Candidate(operator="anna"),) * 2), "name an operator twice"),
        (AssignmentRule(queue="support", candidates=RULE.candidates, skill="copper"), "none of the candidates"),
    ],
)
def test_a_rule_that_can_give_nobody_a_ticket_is_refused(rule: AssignmentRule, message: str):
    with pytest.raises(InvalidValue, match=message):
        set_rules(None, AssignmentRulesSet(effective_on=ON, rules=(rule,)))


@given(st.lists(st.sampled_from(["anna", "boris", "clara"])), st.sets(st.sampled_from(["anna", "boris", "clara"])))
def test_who_is_absent_or_cannot_do_it_never_gets_it(had: list[str], absent: set[str]):
    chosen = choose(RULE, "11-5", absent, had, LOADS)

    assert chosen not in {*absent, "dana", "emil"}
    assert (chosen == "") == (absent == {"anna", "boris", "clara"})
