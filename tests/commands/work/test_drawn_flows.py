"""A ticket that goes by a BPMN diagram: the same events, actions and limits as with moves that are written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest

from adapters.views.query import Reading, queries
from adapters.views.work.drawings import ShowDrawing
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.work.fields import Field
from billing_core.work.flows import Flow, GiveCommand, Step
from billing_core.work.tickets import Ticket, apply_ticket
from commands.work.actions import OverruleAction
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from commands.work.steps import CompleteStep, ContinueTicket
from tests.adapters.bpmn.drawn import process
from tests.operators import Operator

TODAY = date(2026, 3, 10)
CHARGE = GiveCommand(command="charge-once", fields={"description": "'Visit'", "amount": "'10.00'", "vat_rate": "20"})
THREE_DAYS = "<timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition>"
NO_MONEY = '<errorEventDefinition errorRef="e"/>'
DIAGRAM = process(
    f"""<startEvent id="start"/><userTask id="survey"/><exclusiveGateway id="possible" default="possible-stop"/>
    <endEvent id="stop"/><parallelGateway id="fork"/><userTask id="install"/><userTask id="contract"/>
    <parallelGateway id="join"/><serviceTask id="charge"/><userTask id="sign"/><endEvent id="end"/>
    <boundaryEvent id="remind" attachedToRef="contract" cancelActivity="false">{THREE_DAYS}</boundaryEvent>
    <userTask id="call"/><endEvent id="called"/>
    <boundaryEvent id="no-money" attachedToRef="charge">{NO_MONEY}</boundaryEvent><userTask id="collect"/>
    <intermediateCatchEvent id="paid"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>""",
    "start > survey", "survey > possible", "possible > stop", "possible > fork: ${is_possible}", "fork > install",
    "fork > contract", "install > join", "contract > join", "join > charge", "charge > sign", "sign > end",
    "remind > call", "call > called", "no-money > collect", "collect > paid", "paid > sign",
    others='<message id="m" name="payment"/><error id="e" errorCode="no-money"/>',
)  # fmt: skip
FLOW = Flow(
    kind="visit", title="Visit", queue="crews", about=("account",), may=("billing.change.charge-once",),
    fields=(Field(code="is_possible", kind="yes-no"),), diagram=DIAGRAM,
    steps=(Step(code="survey", form=("is_possible",)), Step(code="charge", do=(CHARGE,))),
)  # fmt: skip


@pytest.fixture
def ticket(operator: Operator) -> str:
    operator.subscriber(until=date(2026, 2, 1))
    operator.tell(PublishFlow(flow=FLOW), today=TODAY)
    let_happen(operator)
    opened = operator.tell(OpenTicket(kind="visit", subject="Dolní 5", account="A0001"), today=TODAY)
    return str(opened.result["ticket"])


def let_happen(operator: Operator, later: timedelta = timedelta()) -> None:
    operator.let_happen(now=lambda: datetime.now(UTC) + later)


def complete(operator: Operator, ticket: str, step: str, **values: str) -> None:
    operator.tell(CompleteStep(ticket=ticket, step=step, values=values), today=TODAY)


def ticket_of(operator: Operator, number: str) -> Ticket:
    ticket: Ticket | None = None
    for fact in operator.facts(f"ticket/{number}"):
        ticket = apply_ticket(ticket, fact)
    assert ticket is not None
    return ticket


def charged(operator: Operator) -> list[str]:
    return [str(charge.amount) for charge in operator.account("A0001").pending]


def test_two_branches_wait_at_once_and_the_action_comes_when_both_are_done(operator: Operator, ticket: str):
    complete(operator, ticket, "survey", is_possible="yes")
    assert set(ticket_of(operator, ticket).steps) == {"install", "contract", "remind"}
    complete(operator, ticket, "contract")
    assert ticket_of(operator, ticket).steps == ("install",)
    assert ticket_of(operator, ticket).limits == {}
    complete(operator, ticket, "install")
    assert ticket_of(operator, ticket).actions == ("charge//0",)
    let_happen(operator)
    let_happen(operator)

    assert (charged(operator), ticket_of(operator, ticket).steps) == (["10.00 EUR"], ("sign",))
    complete(operator, ticket, "sign")
    assert ticket_of(operator, ticket).outcome == "completed"


def test_a_gateway_decides_by_what_was_answered(operator: Operator, ticket: str):
    complete(operator, ticket, "survey", is_possible="no")
    assert ticket_of(operator, ticket).outcome == "completed"
    assert charged(operator) == []


def test_a_timer_comes_by_itself_once_and_its_task_goes_on(operator: Operator, ticket: str):
    complete(operator, ticket, "survey", is_possible="yes")
    let_happen(operator, timedelta(days=2, hours=23))
    assert "call" not in ticket_of(operator, ticket).steps
    for _ in range(2):
        let_happen(operator, timedelta(days=3, minutes=1))
    assert set(ticket_of(operator, ticket).steps) == {"install", "contract", "call"}


def test_an_error_is_caught_at_the_border_and_a_payment_goes_on(operator: Operator, ticket: str):
    for step, values in (("survey", {"is_possible": "yes"}), ("contract", {}), ("install", {})):
        complete(operator, ticket, step, **values)
    operator.tell(OverruleAction(ticket=ticket, reason="no money", error="no-money"), today=TODAY)
    assert ticket_of(operator, ticket).steps == ("collect",)
    complete(operator, ticket, "collect")
    assert ticket_of(operator, ticket).steps == ("paid",)
    operator.tell(ContinueTicket(ticket=ticket, message="payment"), today=TODAY)
    assert (ticket_of(operator, ticket).steps, charged(operator)) == (("sign",), [])


def test_what_is_not_a_task_of_a_person_is_not_completed_by_one(operator: Operator, ticket: str):
    complete(operator, ticket, "survey", is_possible="yes")
    with pytest.raises(RuleViolation, match="left by itself"):
        complete(operator, ticket, "remind")
    with pytest.raises(InvalidValue, match="not waited for"):
        operator.tell(ContinueTicket(ticket=ticket, message="payment"), today=TODAY)


@pytest.mark.parametrize(
    ("flow", "message"),
    [
        (Flow(kind="v", title="V", queue="q", diagram=DIAGRAM), "asks for 'is_possible', which is no field"),
        (Flow(kind="v", title="V", queue="q", diagram="<x/>"), "diagram: line 1"),
        (Flow(kind="v", title="V", queue="q", diagram=DIAGRAM, fields=FLOW.fields, steps=(Step(code="gone"),)),
         "no element 'gone'"),
        (Flow(kind="v", title="V", queue="q", diagram=DIAGRAM, fields=FLOW.fields, may=FLOW.may,
              steps=(Step(code="install", do=(CHARGE,)),)), "draw a service task for it"),
    ],
)  # fmt: skip
def test_a_drawn_flow_that_cannot_work_is_refused(operator: Operator, flow: Flow, message: str):
    with pytest.raises(InvalidValue, match=message):
        operator.tell(PublishFlow(flow=flow), today=TODAY)


def test_the_running_position_is_drawn_on_the_diagram(operator: Operator):
    picture = (
        '<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="p">'
        + "".join(
            f'<bpmndi:BPMNShape id="{element}_di" bpmnElement="{element}">'
            f'<dc:Bounds x="{100 * place}" y="0" width="80" height="60"/></bpmndi:BPMNShape>'
            for place, element in enumerate(("start", "survey", "end"))
        )
        + "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    )
    drawn = process('<startEvent id="start"/><userTask id="survey"/><endEvent id="end"/>', "start > survey",
                    "survey > end").replace("</definitions>", f"{picture}</definitions>")  # fmt: skip
    operator.tell(PublishFlow(flow=Flow(kind="survey", title="Survey", queue="q", diagram=drawn)), today=TODAY)
    ticket = str(operator.tell(OpenTicket(kind="survey", subject="x"), today=TODAY).result["ticket"])

    def classes() -> dict[str, str]:
        application = operator.application
        reading = Reading(application, application.queries, TODAY)
        root = ElementTree.fromstring(queries()[ShowDrawing](ShowDrawing(ticket=ticket), reading).svg)
        return {each.get("data-element", ""): each.get("class", "") for each in root.iter() if each.get("data-element")}

    assert "waiting" in classes()["survey"] and "passed" in classes()["start"]
    complete(operator, ticket, "survey")
    assert "passed" in classes()["survey"] and "passed" in classes()["end"]
