"""Families: a parent pays or not, no circle is ever made, and a family has so many levels."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import RuleViolation
from billing_core.parties.families import (
    MOST_LEVELS,
    CustomerChildAdded,
    CustomerChildRemoved,
    CustomerParentAssigned,
    Parent,
    assign_parent,
    moved_child,
)

ON = date(2026, 3, 2)


def under(child: str, parent: str, *, pays: bool = False) -> CustomerParentAssigned:
    return CustomerParentAssigned(effective_on=ON, customer=child, parent=parent, is_paid_by_parent=pays)


def test_a_child_gets_a_parent_who_pays_or_not_and_gets_rid_of_it():
    assert assign_parent(None, under("C", "B"), ["A"], 0) == [under("C", "B")]
    assert assign_parent(Parent("B", False), under("C", "B"), ["A"], 0) == []
    assert assign_parent(Parent("B", False), under("C", "B", pays=True), ["A"], 0) == [under("C", "B", pays=True)]
    assert assign_parent(Parent("B", True), under("C", ""), [], 3) == [under("C", "")]
    assert assign_parent(None, under("C", ""), [], 0) == []
    with pytest.raises(RuleViolation, match="nobody pays"):
        assign_parent(None, under("C", "", pays=True), [], 0)


def test_nobody_is_its_own_parent_directly_or_through_others():
    with pytest.raises(RuleViolation, match="it is itself"):
        assign_parent(None, under("A", "A"), [], 0)
    with pytest.raises(RuleViolation, match="customer A cannot have it as its parent: it is a child of A"):
        assign_parent(None, under("A", "C"), ["B", "A"], 2)


def test_a_family_has_four_levels_at_most():
    """A, B, then D with E below it are 4; under C it would be 5."""
    assert assign_parent(None, under("D", "B"), ["A"], 1)
    with pytest.raises(RuleViolation, match="5 levels; 4 are possible"):
        assign_parent(None, under("D", "C"), ["B", "A"], 1)


def test_both_parents_know_of_a_child_that_moves():
    assert moved_child("C", "A", "B", ON) == {
        "A": CustomerChildRemoved(effective_on=ON, customer="A", child="C"),
        "B": CustomerChildAdded(effective_on=ON, customer="B", child="C"),
    }
    assert list(moved_child("C", "", "B", ON)) == ["B"]
    assert moved_child("C", "B", "B", ON) == {}


PEOPLE = "ABCDEFG"


def ancestors_of(number: str, parents: dict[str, str]) -> list[str]:
    found: list[str] = []
    while parent := parents.get(number, ""):
        assert parent not in found, "a circle"
        found.append(parent)
        number = parent
    return found


def levels_below(number: str, parents: dict[str, str]) -> int:
    return max((1 + levels_below(child, parents) for child, parent in parents.items() if parent == number), default=0)


@given(st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(["", *PEOPLE])), max_size=40))
def test_whatever_is_assigned_there_is_no_circle_and_no_level_too_many(wanted: list[tuple[str, str]]):
    parents: dict[str, str] = {}
    for child, parent in wanted:
        existing = Parent(parents[child], False) if parents.get(child) else None
        try:
            assign_parent(existing, under(child, parent), ancestors_of(parent, parents), levels_below(child, parents))
        except RuleViolation:
            continue
        parents[child] = parent

    for number in PEOPLE:
        assert len(ancestors_of(number, parents)) < MOST_LEVELS
