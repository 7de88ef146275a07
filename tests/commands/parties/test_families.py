"""Families through the bus: both cards know of each other, and two changes at once make no circle."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.errors import RuleViolation
from billing_core.parties.customers import Customer
from billing_core.parties.families import Parent
from commands.forgetting import ForgetCustomer
from commands.parties import AssignParent, RegisterCustomer
from commands.parties.families import handle_assign_parent
from projections.parties import customer_named
from tests.operators import Operator, wait_until_held_up


def test_parent_and_child_know_of_each_other_until_the_child_moves(three: Operator):
    paid = AssignParent(customer="C2", parent="C1", is_paid_by_parent=True)
    three.tell(paid)
    assert three.tell(paid).position == 0
    assert three.ask(customer_named, "C2").parent == Parent("C1", True)
    assert three.ask(customer_named, "C1").children == ("C2",)

    three.tell(AssignParent(customer="C2", parent="C1"))  # The same parent, who does not pay any more.
    assert three.ask(customer_named, "C2").parent == Parent("C1", False)
    assert len(three.facts("customer/C1")) == 2

    three.tell(AssignParent(customer="C2", parent="C3"))
    assert three.ask(customer_named, "C1").children == ()
    assert three.ask(customer_named, "C3").children == ("C2",)
    three.tell(AssignParent(customer="C2"))
    assert three.ask(customer_named, "C2").parent is None
    assert three.ask(customer_named, "C3").children == ()
    assert three.findings() == []


def test_a_family_has_no_circle_and_four_levels_at_most(three: Operator):
    for number in ("C4", "C5"):
        three.tell(RegisterCustomer(customer=Customer(number=number, kind="person", name="Ona")))
    for child, parent in (("C5", "C4"), ("C3", "C2"), ("C2", "C1"), ("C4", "C2")):
        three.tell(AssignParent(customer=child, parent=parent))

    for child, parent, reason in (
        ("C1", "C3", "it is a child of C1"), ("C1", "C1", "it is itself"), ("C4", "C3", "5 levels; 4"),
    ):  # fmt: skip
        with pytest.raises(RuleViolation, match=reason):
            three.tell(AssignParent(customer=child, parent=parent))
    assert three.ask(customer_named, "C1").children == ("C2",)
    assert three.ask(customer_named, "C2").children == ("C3", "C4")


def test_two_who_become_each_others_parent_at_once_make_no_circle(three: Operator):
    origin = origin_of_process("clerk")
    with ThreadPoolExecutor(1) as threads:
        with three.application.store.transaction() as transaction:
            decision = handle_assign_parent(AssignParent(customer="C1", parent="C2"), transaction, origin)
            other = threads.submit(three.tell, AssignParent(customer="C2", parent="C1"))
            wait_until_held_up(three)
            transaction.append(decision.appends, (), origin)
        with pytest.raises(RuleViolation, match="it is a child of C2"):
            other.result(30)


def test_a_parent_is_not_forgotten_before_its_children_have_another_one(three: Operator):
    three.tell(AssignParent(customer="C2", parent="C1"))
    order = ForgetCustomer(customer="C1", ordered_by="the customer", reason="asked")

    with pytest.raises(RuleViolation, match="is the parent of C2"):
        three.tell(order)
    three.tell(AssignParent(customer="C2"))
    assert three.tell(order).position > 0
    with pytest.raises(RuleViolation, match="was forgotten on"):
        three.tell(AssignParent(customer="C2", parent="C1"))
