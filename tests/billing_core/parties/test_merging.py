"""Two records of one customer: which are merged, and undoing it restores them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event
from billing_core.parties.customers import (
    Customer,
    CustomerState,
    Standing,
    apply_customer,
    apply_standing,
    require_current,
    require_known,
)
from billing_core.parties.families import Parent
from billing_core.parties.forgotten import CustomerForgotten
from billing_core.parties.merging import merge_customers, require_merged, undo_merge
from tests.billing_core.parties.examples import LATER, ON


def customer(number: str, **others: Any) -> CustomerState:
    return CustomerState(Customer(number=number, kind="person", name="Anna"), ON, **others)


def after(state: CustomerState, facts: Sequence[Event]) -> CustomerState:
    for fact in facts:
        folded = apply_customer(state, fact)
        assert folded is not None
        state = folded
    return state


def test_one_record_is_kept_and_the_other_points_to_it():
    facts, kept_facts = merge_customers(customer("C2"), customer("C1"), ["1002"], "registered twice", LATER)
    merged, kept = after(customer("C2"), facts), after(customer("C1"), kept_facts)

    assert (merged.merged_into, merged.merged_accounts) == ("C1", ("1002",))
    assert (kept.merged, kept.taken_accounts) == (("C2",), ("1002",))
    assert merge_customers(merged, kept, [], "again", LATER) == ([], [])
    with pytest.raises(RuleViolation, match="'C2': was merged into customer C1; use that number"):
        require_current(merged)
    with pytest.raises(RuleViolation, match="was merged into customer C1"):
        require_known("C2", apply_standing(Standing(), facts[0]))


def test_undoing_restores_both_records():
    facts, kept_facts = merge_customers(customer("C2"), customer("C1"), ["1002"], "registered twice", LATER)
    merged, kept = after(customer("C2"), facts), after(customer("C1"), kept_facts)

    undone, given_back = undo_merge(merged, kept, "another person", LATER)

    assert after(merged, undone) == customer("C2")
    assert after(kept, given_back) == customer("C1", taken_accounts=("1002",))
    assert apply_standing(Standing(merged_into="C1"), undone[0]) == Standing()
    require_current(after(merged, undone))
    with pytest.raises(RuleViolation, match="is not merged"):
        require_merged(after(merged, undone))


FORGOTTEN = CustomerForgotten(effective_on=LATER, customer="C1", ordered_by="officer", reason="asked")


@pytest.mark.parametrize(
    ("merged", "kept", "reason"),
    [
        (customer("C1"), customer("C1"), "two different ones"),
        (customer("C2", merged_into="C3"), customer("C1"), "was merged into customer C3"),
        (customer("C2"), customer("C1", merged_into="C3"), "'C1': was merged into customer C3"),
        (customer("C2"), customer("C1", forgotten=FORGOTTEN), "was forgotten on"),
        (customer("C2", forgotten=FORGOTTEN), customer("C1"), "was forgotten on"),
        (customer("C2", dealer="east"), customer("C1"), "belongs to dealer east, and customer C1 to no dealer"),
        (customer("C2", parent=Parent("C1", True)), customer("C1"), "take it out of its family"),
        (customer("C2", children=("C1",)), customer("C1"), "take it out of its family"),
    ],
)
def test_records_that_cannot_be_one_are_not_merged(merged: CustomerState, kept: CustomerState, reason: str):
    with pytest.raises(RuleViolation, match=reason):
        merge_customers(merged, kept, [], "the same", LATER)


def test_a_merge_is_undone_after_those_that_followed_it():
    with pytest.raises(RuleViolation, match="'C2': was merged into customer C1"):
        undo_merge(customer("C3", merged_into="C2"), customer("C2", merged_into="C1"), "another person", LATER)


NUMBERS = [f"C{number}" for number in range(1, 6)]
moves = st.lists(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(["", *NUMBERS])), max_size=30)


@given(moves)
def test_whatever_is_merged_and_undone_no_record_points_to_itself(wanted: list[tuple[str, str]]):
    """A number alone undoes its merge. Each account is always that of one record that is not merged."""
    states = {number: customer(number) for number in NUMBERS}
    owners = {number: number for number in NUMBERS}
    for number, into in wanted:
        merged = states[number]
        other = into or merged.merged_into
        if not other:
            continue
        owned = sorted(account for account, owner in owners.items() if owner == number)
        try:
            if into:
                facts, others = merge_customers(merged, states[into], owned, "the same", LATER)
                moved, owner = owned if facts else [], into
            else:
                facts, others = undo_merge(merged, states[other], "another one", LATER)
                moved, owner = list(merged.merged_accounts), number
        except RuleViolation:
            continue
        owners |= dict.fromkeys(moved, owner)
        states[number], states[other] = after(merged, facts), after(states[other], others)

    for number in NUMBERS:
        way = [number]
        while into := states[way[-1]].merged_into:
            assert into not in way and way[-1] in states[into].merged and number not in owners.values()
            way.append(into)
    for number in reversed(NUMBERS * len(NUMBERS)):
        state = states[number]
        if state.merged_into and not states[state.merged_into].merged_into:
            facts, others = undo_merge(state, states[state.merged_into], "another one", LATER)
            owners |= dict.fromkeys(state.merged_accounts, number)
            states[state.merged_into] = after(states[state.merged_into], others)
            states[number] = after(state, facts)
    assert owners == {number: number for number in NUMBERS}, "all merges undone, everything is as it was"
    assert all(msgspec.structs.replace(each, taken_accounts=()) == customer(n) for n, each in states.items())
