"""A flow that cannot work is refused with the place of each fault."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from billing_core.work.fields import Field
from billing_core.work.flow_checks import CommandShape, Place, faults_of
from billing_core.work.flows import END, Flow, GiveCommand, Limit, Move, Step
from tests.billing_core.work.flows import ACTIVATE, CHARGE, CONNECTION

SHAPES = {
    "activate-subscription": CommandShape(
        ACTIVATE, frozenset({"account", "subscription", "tariff"}), frozenset({"tariff"})
    ),
    "charge-once": CommandShape(
        CHARGE, frozenset({"description", "amount", "vat_rate"}), frozenset({"description", "amount", "vat_rate"})
    ),
}


def places(flow: Flow) -> list[Place]:
    return [fault.place for fault in faults_of(flow, SHAPES)]


def with_step(number: int, **changes: Any) -> Flow:
    steps = list(CONNECTION.steps)
    steps[number] = replace(steps[number], **changes)
    return replace(CONNECTION, steps=tuple(steps))


def test_a_flow_without_faults_has_none():
    assert faults_of(CONNECTION, SHAPES) == []


def test_a_step_to_which_no_move_leads_is_named():
    flow = replace(CONNECTION, steps=(*CONNECTION.steps, Step(code="lost", moves=(Move(to=END, resolution="x"),))))
    (fault,) = faults_of(flow, SHAPES)
    assert (fault.place, fault.reason) == (("steps", 5), "no move leads to the step 'lost'")


def test_a_dead_end_is_named():
    circle = with_step(4, moves=(Move(to="hand-over", resolution="again"),))
    found = faults_of(circle, SHAPES)
    assert [fault.place for fault in found] == [("steps", 3), ("steps", 4)]
    assert "dead end" in found[0].reason


@pytest.mark.parametrize(
    ("flow", "place"),
    [
        (replace(CONNECTION, kind="New Connection"), ("kind",)),
        (replace(CONNECTION, title=" "), ("title",)),
        (replace(CONNECTION, steps=()), ("steps",)),
        (replace(CONNECTION, steps=(*CONNECTION.steps, CONNECTION.steps[0])), ("steps", 5, "code")),
        (replace(CONNECTION, fields=(*CONNECTION.fields, Field(code="power"))), ("fields", 4, "code")),
        (replace(CONNECTION, fields=(*CONNECTION.fields, Field(code="Big"))), ("fields", 4, "code")),
        (replace(CONNECTION, fields=(*CONNECTION.fields, Field(code="c", kind="choice"))), ("fields", 4, "choices")),
        (replace(CONNECTION, fields=(*CONNECTION.fields, Field(code="t", most=Decimal(1)))), ("fields", 4, "least")),
        (with_step(0, form=("missing",)), ("steps", 0, "form", 0)),
        (with_step(0, moves=(Move(to="nowhere", resolution="x"),)), ("steps", 0, "moves", 0, "to")),
        (with_step(0, moves=(Move(to="possible"),)), ("steps", 0, "moves", 0, "resolution")),
        (with_step(0, moves=(Move(to="possible", resolution="x", when="is_possible"),)),
         ("steps", 0, "moves", 0, "otherwise")),
        (with_step(0, moves=(Move(to="possible", resolution="x", when="colour == 1", otherwise="y"),)),
         ("steps", 0, "moves", 0, "when")),
        (with_step(0, moves=(Move(to="possible", resolution="x", when="open('x')", otherwise="y"),)),
         ("steps", 0, "moves", 0, "when")),
        (with_step(0, moves=(Move(to="possible", resolution="a"), Move(to=END, resolution="a"))),
         ("steps", 0, "moves")),
        (with_step(0, limit=Limit(hours=Decimal(0))), ("steps", 0, "limit", "hours")),
        (with_step(0, limit=Limit(hours=Decimal(1), move="x")), ("steps", 0, "limit", "move")),
        (with_step(0, do=CONNECTION.steps[3].do), ("steps", 0, "do")),
        (with_step(1, moves=(Move(to="installation"), Move(to=END, when="is_possible"))), ("steps", 1, "moves")),
        (with_step(3, moves=(Move(to="hand-over"), Move(to=END))), ("steps", 3, "moves")),
        (with_step(3, do=(GiveCommand(command="forget-customer"),)), ("steps", 3, "do", 0, "command")),
        (with_step(3, do=(GiveCommand(command="activate-subscription"),)), ("steps", 3, "do", 0, "fields")),
        (with_step(3, do=(GiveCommand(command="activate-subscription", fields={"tariff": "tariff", "size": "1"}),)),
         ("steps", 3, "do", 0, "fields", "size")),
        (with_step(4, by="wait"), ("steps", 4, "wait_for")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(flow: Flow, place: Place):
    assert place in places(flow)


def test_an_action_without_permission_is_refused_with_its_place():
    (fault,) = faults_of(replace(CONNECTION, may=(ACTIVATE,)), SHAPES)
    assert fault.place == ("steps", 3, "do", 1, "command")
    assert "needs the permission billing.change.charge-once, which `may` does not name" in fault.reason
