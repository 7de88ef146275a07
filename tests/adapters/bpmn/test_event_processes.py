"""Event sub-processes: what waits for their events, what they end, and what goes on next to them."""

from __future__ import annotations

from random import Random

import pytest

from adapters.bpmn.reading import faults_of, read_process
from billing_core.work.processes import AwaitedMessage, AwaitedTimer, Done
from tests.adapters.bpmn.drawn import START_AND_END, flows, position, process
from tests.adapters.bpmn.driver import Driver

CYCLE = "<timerEventDefinition><timeCycle>R2/P1D</timeCycle></timerEventDefinition>"
HOURS = "<timerEventDefinition><timeDuration>PT2H</timeDuration></timerEventDefinition>"
MESSAGE = '<messageEventDefinition messageRef="m"/>'
OTHERS = '<message id="m" name="Cancelled"/><error id="e" errorCode="no-line"/>'
TERMINATE = "<terminateEventDefinition/>"


def event_process(content: str, is_interrupting: bool = True, code: str = "x") -> str:
    """An event sub-process `x` that begins by `x.event` and has the task `x.task`."""
    return (
        f'<subProcess id="{code}" triggeredByEvent="true"><startEvent id="{code}.event" '
        f'isInterrupting="{str(is_interrupting).lower()}">{content}</startEvent><userTask id="{code}.task"/>'
        f'<endEvent id="{code}.end"/>{flows(f"{code}.event > {code}.task", f"{code}.task > {code}.end")}</subProcess>'
    )


def around(*asides: str, end: str = "") -> str:
    """A process with the tasks `work` and then `next`, and these event sub-processes."""
    elements = f'<startEvent id="start"/><endEvent id="end">{end}</endEvent><userTask id="work"/><userTask id="next"/>'
    return process(elements + "".join(asides), "start > work", "work > next", "next > end", others=OTHERS)


def test_one_that_interrupts_ends_what_is_around_it_at_any_step():
    drawn = around(event_process(MESSAGE))
    assert position(drawn).waiting == ("work",)
    assert position(drawn).messages == (AwaitedMessage("x.event", "Cancelled"),)
    for before in ([], ["work"]):
        cancelled = position(drawn, *before, "x.event")
        assert cancelled.waiting == ("x.task",) and cancelled.messages == ()
        assert position(drawn, *before, "x.event", "x.task").is_ended
    done = position(drawn, "work", "next")
    assert done.is_ended and done.messages == ()


def test_one_that_does_not_interrupt_runs_next_to_it_as_often_as_its_event_comes():
    drawn = around(event_process(MESSAGE, is_interrupting=False))
    asked = position(drawn, "x.event", "x.event")
    assert sorted(asked.waiting) == ["work", "x.task", "x.task"] and len(asked.messages) == 1
    left = position(drawn, "x.event", "work", "next")
    assert left.waiting == ("x.task",) and not left.is_ended and left.messages == ()
    assert position(drawn, "x.event", "work", "next", "x.task").is_ended


def test_a_timer_comes_as_often_as_its_cycle_says():
    drawn = around(event_process(CYCLE, is_interrupting=False))
    assert position(drawn).timers == (AwaitedTimer("x.event", "P1D"),)
    twice = position(drawn, "x.event", "x.event")
    assert twice.timers == () and sorted(twice.waiting) == ["work", "x.task", "x.task"]


def test_one_that_interrupts_ends_those_that_run_next_to_it_too():
    drawn = around(event_process(HOURS, is_interrupting=False, code="y"), event_process(MESSAGE))
    assert sorted(position(drawn, "y.event").waiting) == ["work", "y.task"]
    ended = position(drawn, "y.event", "x.event")
    assert ended.waiting == ("x.task",) and ended.timers == () and ended.messages == ()
    assert position(drawn, "y.event", "x.event", "x.task").is_ended


def test_a_terminate_end_event_ends_what_runs_next_to_it():
    drawn = around(event_process(MESSAGE, is_interrupting=False), end=TERMINATE)
    assert sorted(position(drawn, "x.event", "work").waiting) == ["next", "x.task"]
    assert position(drawn, "x.event", "work", "next").is_ended


@pytest.mark.parametrize("error", ["no-line", ""])
def test_an_error_begins_one_whether_a_task_fails_or_an_end_event_throws_it(error: str):
    caught = '<errorEventDefinition errorRef="e"/>' if error else "<errorEventDefinition/>"
    drawn = process(
        f'{START_AND_END}<serviceTask id="work"/><userTask id="next"/>'
        f'<endEvent id="failed"><errorEventDefinition errorRef="e"/></endEvent>{event_process(caught)}',
        "start > work", "work > next", "next > failed", others=OTHERS,
    ).replace('<endEvent id="end"/>', "")  # fmt: skip
    assert position(drawn, Done("work", {}, "no-line")).waiting == ("x.task",)
    thrown = position(drawn, "work", "next")
    assert thrown.waiting == ("x.task",) and not thrown.is_ended
    assert position(drawn, "work", "next", "x.task").is_ended


def test_one_of_the_ticket_itself_that_ends_with_an_error_ends_everything():
    failing = event_process(MESSAGE, is_interrupting=False).replace(
        '<endEvent id="x.end"/>', '<endEvent id="x.end"><errorEventDefinition errorRef="e"/></endEvent>'
    )
    drawn = around(failing)
    assert sorted(position(drawn, "x.event").waiting) == ["work", "x.task"]
    assert position(drawn, "x.event", "x.task").is_ended


def test_one_inside_of_a_sub_process_ends_that_alone():
    inside = f'<subProcess id="sub"><userTask id="a"/>{event_process(MESSAGE)}</subProcess>'
    drawn = process(
        f'{START_AND_END}{inside}<userTask id="side"/><userTask id="after"/>', "start > sub", "start > side",
        "sub > after", "after > end", "side > end", others=OTHERS,
    )  # fmt: skip
    assert set(position(drawn, "x.event").waiting) == {"x.task", "side"}
    assert set(position(drawn, "x.event", "x.task").waiting) == {"after", "side"}
    assert position(drawn, "a").messages == ()


def test_every_run_of_them_all_comes_to_an_end_and_passes_each_element():
    inner = event_process('<errorEventDefinition errorRef="e"/>', code="z")
    drawn = around(event_process(MESSAGE), event_process(CYCLE, is_interrupting=False, code="y"), inner, end=TERMINATE)
    drawn = drawn.replace('<userTask id="work"/>', '<serviceTask id="work"/>')
    elements = {each.element for each in read_process(drawn).elements}
    passed: set[str] = set()
    for seed in range(40):
        passed.update(*(at.passed for _, at in Driver(drawn, Random(seed)).run()))
    assert elements <= passed


def test_nothing_but_the_start_of_the_process_is_put_in_silently():
    assert read_process(around(event_process(MESSAGE))).cures == ()


BEGUN = '<subProcess id="x" triggeredByEvent="true">{}<userTask id="a"/></subProcess>'
FAULTS = {
    "no start event": (BEGUN.format(""), "without a start event"),
    "an event of nothing": (BEGUN.format('<startEvent id="s"/>' + flows("s > a")), "does not say what it waits for"),
    "a condition": (event_process("<conditionalEventDefinition/>"), "waits for a condition"),
    "compensation": (event_process("<compensateEventDefinition/>"), "is for compensation"),
    "no message": (event_process("<messageEventDefinition/>"), "does not say which message"),
    "two start events": (
        BEGUN.format(f'<startEvent id="s">{HOURS}</startEvent><startEvent id="t">{HOURS}</startEvent>'),
        "one of several start events",
    ),
    "an error that goes on": (
        event_process("<errorEventDefinition/>", is_interrupting=False),
        "without ending what failed",
    ),
    "an event at its border": (
        event_process(MESSAGE) + f'<boundaryEvent id="b" attachedToRef="x">{HOURS}</boundaryEvent>',
        "with an event at its border",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_cannot_be_run_is_refused(case: str):
    drawn, reason = FAULTS[case]
    assert [each for each in faults_of(around(drawn)) if reason in each.reason], faults_of(around(drawn))


def test_a_flow_to_one_is_refused():
    drawn = process(START_AND_END + event_process(MESSAGE), "start > x", "x > end", others=OTHERS)
    assert [each.element for each in faults_of(drawn) if "a flow leads to it" in each.reason] == ["x"]
    assert all(each.line for each in faults_of(drawn))
