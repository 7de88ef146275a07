"""One outage gathers the tickets that it explains, and answers all of them, once each."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.work.flows import END, Flow, Move, Step
from billing_core.work.outages import AnswerDue, OutageAnswered, OutageJoined, TicketGathered
from billing_core.work.ticket_events import CommentAdded, TicketClosed
from commands.work.flows import PublishFlow
from commands.work.known_outages import known_outage
from commands.work.opening import OpenTicket
from commands.work.outage_answers import AnswerGathered, SpreadAnswers
from commands.work.outages import DeclareOutage, GatherTickets, LetTicketGo
from commands.work.steps import CompleteStep
from commands.work.tickets import CloseTicket, CommentTicket, ReopenTicket
from tests.billing_core.work.flows import FAULT
from tests.commands.work.test_tickets import let_happen, ticket_of
from tests.operators import Operator

ON = date(2026, 3, 10)
JOINING = msgspec.structs.replace(FAULT, kind="fault", outage="joins")
OUTAGE = msgspec.structs.replace(FAULT, kind="outage", queue="network", outage="is")
CHECKED = Flow(
    kind="checked",
    title="Fault with a check",
    queue="support",
    steps=(
        Step(code="known", by="decision", moves=(Move(to="wait", when="outage.ticket != none"), Move(to="visit"))),
        Step(code="wait", moves=(Move(to=END, resolution="over"),)),
        Step(code="visit", moves=(Move(to=END, resolution="repaired"),)),
    ),
)


@pytest.fixture(autouse=True)
def with_flows(operator: Operator) -> None:
    operator.subscriber("A0001", until=date(2026, 2, 1))
    for flow in (JOINING, OUTAGE, CHECKED):
        operator.tell(PublishFlow(flow=flow), today=ON)
    let_happen(operator)


def opened(operator: Operator, kind: str = "fault", **about: Any) -> str:
    command = OpenTicket(kind=kind, subject=f"{kind} of somebody", **about)
    ticket = str(operator.tell(command, today=ON).result["ticket"])
    happen(operator)
    return ticket


def happen(operator: Operator) -> None:
    let_happen(operator)
    operator.application.runner.catch_up()


def of_kind(operator: Operator, ticket: str, kind: type[Event]) -> list[Any]:
    return [fact for fact in operator.facts(f"ticket/{ticket}") if isinstance(fact, kind)]


def say(operator: Operator, ticket: str, text: str) -> None:
    operator.tell(CommentTicket(ticket=ticket, text=text, audience="customer"), today=ON)
    happen(operator)


def test_an_outage_gathers_the_faults_of_its_node_that_are_open_and_those_that_come(operator: Operator):
    before, elsewhere = opened(operator, node="N1"), opened(operator, node="N2")
    other_kind = opened(operator, kind="checked", node="N1")
    outage = opened(operator, kind="outage", node="N1")
    after = opened(operator, node="N1", account="A0001")

    assert [fact.ticket for fact in of_kind(operator, outage, TicketGathered)] == [before, after]
    for ticket in (before, after):
        assert [fact.outage for fact in of_kind(operator, ticket, OutageJoined)] == [outage]
    for ticket in (elsewhere, other_kind):
        assert of_kind(operator, ticket, OutageJoined) == []
    assert operator.findings() == []


def test_a_comment_to_the_customer_goes_to_all_once_each_and_the_last_one_to_those_that_come_later(operator: Operator):
    first, second = opened(operator, node="N1"), opened(operator, node="N1", account="A0001")
    outage = opened(operator, kind="outage", node="N1")
    operator.tell(CommentTicket(ticket=outage, text="a digger again"), today=ON)
    say(operator, outage, "We are on our way")
    say(operator, outage, "By noon it works")
    late = opened(operator, node="N1")

    for _ in range(2):
        operator.tell(SpreadAnswers(ticket=outage), today=ON)
        operator.tell(AnswerGathered(ticket=first, outage=outage, answer=1), today=ON)
        happen(operator)

    texts = {
        ticket: [fact.text for fact in of_kind(operator, ticket, CommentAdded)] for ticket in (first, second, late)
    }
    both = ["We are on our way", "By noon it works"]
    assert texts == {first: both, second: both, late: ["By noon it works"]}
    assert of_kind(operator, second, CommentAdded)[0].customer == "A0001"
    assert {fact.audience for fact in of_kind(operator, second, CommentAdded)} == {"customer"}


def test_the_end_of_an_outage_closes_what_nobody_works_on(operator: Operator):
    untouched, worked_on = opened(operator, node="N1"), opened(operator, node="N1")
    outage = opened(operator, kind="outage", node="N1")
    operator.tell(CompleteStep(ticket=worked_on, step="check", resolution="confirmed"), today=ON)
    operator.tell(CloseTicket(ticket=outage, outcome="completed", reason="cable mended"), today=ON)
    happen(operator)

    (closed,) = of_kind(operator, untouched, TicketClosed)
    assert (closed.outcome, closed.reason) == ("completed", f"the outage {outage} was completed")
    assert ticket_of(operator, worked_on).is_open
    assert of_kind(operator, worked_on, CommentAdded)[-1].text == f"the outage {outage} was completed"

    operator.tell(ReopenTicket(ticket=outage, step="check", reason="not mended"), today=ON)
    operator.tell(CloseTicket(ticket=outage, outcome="completed", reason="mended now"), today=ON)
    happen(operator)
    assert [fact.answer for fact in of_kind(operator, worked_on, OutageAnswered)] == [-1, -2]
    assert len(of_kind(operator, untouched, OutageAnswered)) == 1


def test_one_that_cannot_take_the_answer_stops_no_other(operator: Operator):
    bad, good = opened(operator, node="N1"), opened(operator, node="N1")
    outage = opened(operator, kind="outage", node="N1")
    operator.tell(CloseTicket(ticket=bad, reason="the customer has left"), today=ON)
    say(operator, outage, "By noon it works")

    assert [fact.text for fact in of_kind(operator, good, CommentAdded)] == ["By noon it works"]
    assert of_kind(operator, bad, CommentAdded) == []
    assert len(of_kind(operator, outage, AnswerDue)) == 2


def test_a_cancelled_outage_lets_its_tickets_go_and_a_duplicate_hands_them_on(operator: Operator):
    ticket = opened(operator, node="N1")
    cancelled = opened(operator, kind="outage", node="N1")
    operator.tell(CloseTicket(ticket=cancelled, reason="false alarm"), today=ON)
    happen(operator)
    assert ticket_of(operator, ticket).is_open
    assert of_kind(operator, ticket, OutageJoined)[-1].outage == ""

    twice, real = opened(operator, kind="outage", node="N1"), opened(operator, kind="outage", node="N1")
    assert of_kind(operator, ticket, OutageJoined)[-1].outage == twice
    operator.tell(CloseTicket(ticket=twice, outcome="duplicate", duplicate_of=real), today=ON)
    happen(operator)
    assert of_kind(operator, ticket, OutageJoined)[-1].outage == real


def test_tickets_are_gathered_by_hand_by_name_and_by_address_and_what_cannot_is_named(operator: Operator):
    outage, named = opened(operator, kind="checked"), opened(operator, node="N9")
    here, closed = opened(operator, address="11-5"), opened(operator, address="11-5")
    operator.tell(CloseTicket(ticket=closed, reason="mistake"), today=ON)

    command = GatherTickets(ticket=outage, tickets=(named, closed, "T-999", outage), address="11-5")
    answer = operator.tell(command, today=ON)
    happen(operator)

    assert answer.result == {
        "gathered": [named, here],
        "refused": {closed: "is cancelled", "T-999": "no such ticket", outage: "is the outage itself"},
    }
    assert operator.tell(command, today=ON).result["gathered"] == []
    assert [fact.outage for fact in of_kind(operator, here, OutageJoined)] == [outage]
    with pytest.raises(InvalidValue, match="name tickets"):
        operator.tell(GatherTickets(ticket=outage), today=ON)


def test_a_ticket_that_was_let_go_gets_no_answer(operator: Operator):
    ticket = opened(operator, node="N1")
    outage = opened(operator, kind="outage", node="N1")
    operator.tell(LetTicketGo(ticket=ticket), today=ON)
    say(operator, outage, "By noon it works")

    assert of_kind(operator, ticket, CommentAdded) == []
    assert operator.tell(LetTicketGo(ticket=ticket), today=ON).position == 0


def test_a_flow_knows_whether_there_is_an_outage(operator: Operator):
    without = opened(operator, kind="checked", node="N1")
    outage = opened(operator, kind="outage", node="N1")
    during = opened(operator, kind="checked", node="N1")
    operator.tell(CloseTicket(ticket=outage, outcome="completed", reason="mended"), today=ON)
    after = opened(operator, kind="checked", node="N1")

    steps = [ticket_of(operator, ticket).steps for ticket in (without, during, after)]
    assert steps == [("visit",), ("wait",), ("visit",)]


def test_an_outage_is_declared_by_hand_of_the_place_of_its_ticket_or_of_another(operator: Operator):
    ticket, nowhere = opened(operator, kind="checked", node="N1"), opened(operator, kind="checked")
    operator.tell(DeclareOutage(ticket=ticket), today=ON)
    assert operator.tell(DeclareOutage(ticket=ticket), today=ON).position == 0
    with pytest.raises(InvalidValue, match="name it"):
        operator.tell(DeclareOutage(ticket=nowhere), today=ON)
    gathered = opened(operator, node="N1")
    with pytest.raises(RuleViolation, match="let it go there first"):
        operator.tell(DeclareOutage(ticket=gathered), today=ON)

    operator.tell(DeclareOutage(ticket=ticket, address="11-5"), today=ON)

    about = ticket_of(operator, ticket).about
    with operator.application.store.transaction() as transaction:
        assert known_outage(transaction, about) == ""  # It is one of the address alone now.
        assert known_outage(transaction, msgspec.structs.replace(about, address="11-5")) == ticket


def test_two_gatherings_at_once_give_each_ticket_one_outage(operator: Operator):
    ticket = opened(operator, node="N9")
    first, second = opened(operator, kind="checked"), opened(operator, kind="checked")
    for outage in (first, second):
        operator.tell(GatherTickets(ticket=outage, tickets=(ticket,)), today=ON)
    happen(operator)

    assert [fact.outage for fact in of_kind(operator, ticket, OutageJoined)] == [first]
    refused = operator.select("SELECT command, reason FROM billing.refused_commands")
    assert refused == [("JoinOutage", f"ticket '{ticket}': is gathered by {first}; let it go there first")]
