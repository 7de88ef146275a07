"""Sub-processes, calls, loops and rule tasks; and what an ordinary drawing leaves out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from adapters.bpmn.reading import read_process
from billing_core.kernel.errors import RuleViolation
from billing_core.work.processes import OPENED, Done
from tests.adapters.bpmn.drawn import START_AND_END, flows, position, process


def test_a_sub_process_runs_to_its_end_before_what_follows():
    drawn = process(
        START_AND_END + '<subProcess id="sub"><startEvent id="s"/><userTask id="a"/><userTask id="b"/>'
        '<endEvent id="e"/>' + flows("s > a", "s > b", "a > e", "b > e") + '</subProcess><userTask id="next"/>',
        "start > sub", "sub > next", "next > end",
    )  # fmt: skip
    assert position(drawn).waiting == ("a", "b")
    assert position(drawn, "b").waiting == ("a",)
    assert position(drawn, "b", "a").waiting == ("next",)
    assert {"sub", "s-a", "a-e", "e", "sub-next"} <= set(position(drawn, "b", "a").passed)


def test_a_timer_at_the_border_of_a_sub_process_ends_all_in_it():
    drawn = process(
        START_AND_END + '<subProcess id="sub"><userTask id="a"/><userTask id="b"/></subProcess><userTask id="next"/>'
        '<boundaryEvent id="late" attachedToRef="sub"><timerEventDefinition><timeDuration>P1D</timeDuration>'
        "</timerEventDefinition></boundaryEvent>",
        "start > sub", "sub > end", "late > next", "next > end",
    )  # fmt: skip
    assert set(position(drawn).waiting) == {"a", "b"}
    assert position(drawn, "a", "late").waiting == ("next",)
    assert position(drawn, "a", "late", "next").is_ended
    assert position(drawn, "a", "b").is_ended


def test_a_terminate_end_event_of_a_sub_process_ends_that_alone():
    drawn = process(
        START_AND_END + '<subProcess id="sub"><userTask id="a"/><userTask id="b"/><endEvent id="all">'
        '<terminateEventDefinition/></endEvent>' + flows("a > all") + '</subProcess><userTask id="next"/>',
        "start > sub", "sub > next", "next > end",
    )  # fmt: skip
    assert position(drawn, "a").waiting == ("next",)
    assert position(drawn, "b", "a", "next").is_ended


def test_an_empty_sub_process_is_one_task():
    drawn = process(START_AND_END + '<subProcess id="sub" name="Dig"/>', "start > sub", "sub > end")
    assert position(drawn).waiting == ("sub",)
    assert position(drawn, "sub").is_ended
    assert [cure.element for cure in read_process(drawn).cures] == ["sub"]


def test_a_called_process_of_the_same_file_runs_as_a_part():
    drawn = process(
        START_AND_END + '<callActivity id="call" calledElement="x:called"/><callActivity id="task" calledElement="g"/>',
        "start > call", "call > task", "task > end",
        others='<globalUserTask id="g"/><process id="called">' + START_AND_END.replace('"start"', '"s"').replace(
            '"end"', '"e"') + '<userTask id="inner"/>' + flows("s > inner", "inner > e") + "</process>",
    )  # fmt: skip
    assert position(drawn).waiting == ("inner",)
    assert position(drawn, "inner").waiting == ("task",)
    assert position(drawn, "inner", "task").is_ended


def test_a_business_rule_task_is_done_by_the_engine_and_its_facts_decide():
    drawn = process(
        START_AND_END + '<businessRuleTask id="rate"/><exclusiveGateway id="g"/><userTask id="a"/>',
        "start > rate", "rate > g", 'g > a: Risk Class = "red"', 'g > end: Risk Class != "red"', "a > end",
    )  # fmt: skip
    assert position(drawn).automatic == ("rate",)
    assert position(drawn, Done("rate", {"risk_class": "red"})).waiting == ("a",)
    assert position(drawn, Done("rate", {"risk_class": "green"})).is_ended
    assert read_process(drawn).facts == {"risk_class"}


LOOP = (
    '<standardLoopCharacteristics loopMaximum="3"><loopCondition>${more}</loopCondition></standardLoopCharacteristics>'
)


def test_a_loop_repeats_its_task_while_its_condition_holds_at_most_so_often():
    drawn = process(START_AND_END + f'<userTask id="a">{LOOP}</userTask>', "start > a", "a > end")
    more = Done("a", {"more": True})
    assert position(drawn, more).waiting == ("a",)
    assert position(drawn, more, Done("a", {"more": False})).is_ended
    assert position(drawn, more, more).waiting == ("a",)
    assert position(drawn, more, more, more).is_ended


@pytest.mark.parametrize("is_sequential", ["true", "false"])
def test_a_task_for_each_of_so_many_is_done_so_often(is_sequential):
    loop = (
        f'<multiInstanceLoopCharacteristics isSequential="{is_sequential}"><loopCardinality>=sockets</loopCardinality>'
        "</multiInstanceLoopCharacteristics>"
    )
    drawn = process(START_AND_END + f'<userTask id="a">{loop}</userTask>', "start > a", "a > end")
    three = Done(OPENED, {"sockets": Decimal(3)})
    assert position(drawn, three).waiting == (("a",) if is_sequential == "true" else ("a", "a", "a"))
    assert position(drawn, three, "a", "a").waiting == ("a",)
    assert position(drawn, three, "a", "a", "a").is_ended
    with pytest.raises(RuleViolation, match="must be a number of turns from 0 to 100"):
        position(drawn, Done(OPENED, {"sockets": Decimal(1000)}))


def test_several_flows_out_of_a_task_are_all_followed():
    drawn = process(
        '<startEvent id="start"/><endEvent id="end"/><userTask id="a"/><userTask id="b"/><userTask id="c"/>',
        "start > a", "a > b", "a > c", "b > end", "c > end",
    )  # fmt: skip
    assert position(drawn, "a").waiting == ("b", "c")
    assert {"a-b", "a-c"} <= set(position(drawn, "a").passed)


def test_of_several_flows_out_of_a_task_those_are_followed_whose_condition_holds():
    drawn = process(
        START_AND_END + '<userTask id="a" default="a-d"/><userTask id="b"/><userTask id="c"/><userTask id="d"/>',
        "start > a", "a > b: x == 1", "a > c: x < 3", "a > d", "b > end", "c > end", "d > end",
    )  # fmt: skip
    found = {value: set(position(drawn, Done("a", {"x": Decimal(value)})).waiting) for value in (1, 2, 3)}
    assert found == {1: {"b", "c"}, 2: {"c"}, 3: {"d"}}


def test_a_process_without_start_and_end_begins_and_ends_at_its_outermost_elements():
    drawn = process('<userTask id="a"/><userTask id="b"/><userTask id="c"/>', "a > c")
    assert set(position(drawn).waiting) == {"a", "b"}
    assert position(drawn, "a", "b", "c").is_ended


def test_links_lead_to_the_element_of_their_name():
    drawn = process(
        START_AND_END + '<userTask id="a"/><intermediateThrowEvent id="there" name="Page 2"><linkEventDefinition/>'
        '</intermediateThrowEvent><intermediateCatchEvent id="here" name="Page 2"><linkEventDefinition/>'
        '</intermediateCatchEvent><userTask id="b"/>',
        "start > a", "a > there", "here > b", "b > end",
    )  # fmt: skip
    assert position(drawn, "a").waiting == ("b",)


def test_data_lanes_and_notes_have_no_part_in_a_run():
    drawn = process(
        '<laneSet id="l"><lane id="l1" name="Dispatch"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
        + START_AND_END + '<dataObject id="o"/><dataObjectReference id="r" dataObjectRef="o"/><userTask id="a">'
        '<ioSpecification><dataInput id="i"/><inputSet><dataInputRefs>i</dataInputRefs></inputSet><outputSet/>'
        '</ioSpecification><dataInputAssociation id="ia"><sourceRef>r</sourceRef><targetRef>i</targetRef>'
        '</dataInputAssociation></userTask><textAnnotation id="t"/><association id="as" sourceRef="a" targetRef="t"/>',
        "start > a", "a > end", others='<dataStore id="ds" name="Files"/>',
    )  # fmt: skip
    assert position(drawn, "a").is_ended


def test_the_process_that_the_others_serve_is_the_one_that_is_run():
    drawn = process(START_AND_END + '<userTask id="a"/>', "start > a", "a > end",
                    others='<process id="customer"><userTask id="buy"/></process><process id="pool"/>')  # fmt: skip
    assert position(drawn).waiting == ("a",)


def test_a_start_event_with_a_message_begins_when_the_ticket_is_opened():
    drawn = process(
        '<startEvent id="start"><messageEventDefinition/></startEvent><endEvent id="end"/><userTask id="a"/>',
        "start > a", "a > end",
    )  # fmt: skip
    assert position(drawn).waiting == ("a",)
    assert [cure.element for cure in read_process(drawn).cures] == ["start"]
