"""Events of processes: timers, messages, signals, errors, and what they end or leave as it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_core.kernel.errors import RuleViolation
from billing_core.work.processes import AwaitedMessage, AwaitedTimer, Done
from tests.adapters.bpmn.drawn import START_AND_END, position, process

HOURS = "<timerEventDefinition><timeDuration>PT2H</timeDuration></timerEventDefinition>"
MESSAGE = '<message id="m" name="Answer of the customer"/>'
ERROR = '<error id="e" errorCode="no-line" name="No line"/><error id="f" errorCode="no-modem" name="No modem"/>'


def border(content: str, is_interrupting: bool = True, task: str = '<userTask id="work"/>', others: str = "") -> str:
    """A task, and an event at its border that leads to another task."""
    return process(
        f'{START_AND_END}{task}<userTask id="other"/><userTask id="next"/><boundaryEvent id="event" '
        f'attachedToRef="work" cancelActivity="{"true" if is_interrupting else "false"}">{content}</boundaryEvent>',
        "start > work", "work > next", "next > end", "event > other", "other > end", others=others,
    )  # fmt: skip


def test_a_timer_between_tasks_is_reported_and_passes_when_the_history_says_so():
    drawn = process(
        f'{START_AND_END}<intermediateCatchEvent id="pause">{HOURS}</intermediateCatchEvent><userTask id="a"/>',
        "start > pause", "pause > a", "a > end",
    )  # fmt: skip
    assert position(drawn).timers == (AwaitedTimer("pause", "PT2H"),)
    assert position(drawn, "pause").waiting == ("a",)
    assert position(drawn, "pause", "a").is_ended


@pytest.mark.parametrize(
    ("written", "facts", "due"),
    [
        ("<timeDate>2026-03-01T10:00:00+01:00</timeDate>", {}, "2026-03-01T10:00:00+01:00"),
        ("<timeDate>2026-03-01</timeDate>", {}, "2026-03-01"),
        ("<timeDuration>${answer_within}</timeDuration>", {"answer_within": "P3D"}, "P3D"),
        ("<timeDate>=installed_on</timeDate>", {"installed_on": date(2026, 5, 4)}, "2026-05-04"),
        ("<timeDuration>'P1D' if vip else 'P3D'</timeDuration>", {"vip": True}, "P1D"),
    ],
)
def test_a_timer_is_a_duration_or_a_date_written_or_a_fact(written, facts, due):
    drawn = border(f"<timerEventDefinition>{written}</timerEventDefinition>")
    assert position(drawn, Done("", facts)).timers == (AwaitedTimer("event", due),)


def test_a_timer_of_a_fact_that_is_no_duration_is_an_error():
    drawn = border("<timerEventDefinition><timeDuration>${within}</timeDuration></timerEventDefinition>")
    with pytest.raises(RuleViolation, match=r"at event: .*must be a duration or a date, is Decimal"):
        position(drawn, Done("", {"within": Decimal(3)}))


def test_a_timer_at_a_border_ends_its_task():
    drawn = border(HOURS)
    assert position(drawn).timers == (AwaitedTimer("event", "PT2H"),)
    late = position(drawn, "event")
    assert late.waiting == ("other",) and late.timers == ()
    assert position(drawn, "event", "other").is_ended
    with pytest.raises(RuleViolation, match="waits for other"):
        position(drawn, "event", "work")


def test_a_timer_that_leads_back_to_its_task_comes_again_each_time():
    drawn = process(
        f'{START_AND_END}<userTask id="work"/><boundaryEvent id="event" attachedToRef="work">{HOURS}</boundaryEvent>',
        "start > work", "work > end", "event > work",
    )  # fmt: skip
    for times in range(5):
        late = position(drawn, *["event"] * times)
        assert late.waiting == ("work",) and late.timers == (AwaitedTimer("event", "PT2H"),)
        assert position(drawn, *["event"] * times, "work").is_ended


def test_a_task_that_always_leads_back_to_itself_ends_by_the_event_at_its_border():
    drawn = process(
        f'{START_AND_END}<userTask id="work"/><boundaryEvent id="event" attachedToRef="work">{HOURS}</boundaryEvent>',
        "start > work", "work > work", "event > end",
    )  # fmt: skip
    assert position(drawn).passed == ("start", "start-work")
    assert position(drawn, "work", "work", "work").waiting == ("work",)
    assert position(drawn, "work", "work", "event").is_ended


def test_a_task_that_was_done_ends_the_timer_at_its_border():
    done = position(border(HOURS), "work")
    assert done.waiting == ("next",) and done.timers == ()


def test_a_timer_that_does_not_interrupt_leaves_its_task_and_comes_once():
    drawn = border(HOURS, is_interrupting=False)
    late = position(drawn, "event")
    assert set(late.waiting) == {"work", "other"} and late.timers == ()
    assert set(position(drawn, "event", "work").waiting) == {"next", "other"}
    assert position(drawn, "event", "work", "next", "other").is_ended
    assert position(drawn, "event", "other", "work", "next").is_ended


def test_a_cycle_comes_as_often_as_it_says():
    cycle = "<timerEventDefinition><timeCycle>R3/P1D</timeCycle></timerEventDefinition>"
    drawn = border(cycle, is_interrupting=False)
    for times in range(4):
        reminded = position(drawn, *["event"] * times)
        assert reminded.timers == ((AwaitedTimer("event", "P1D"),) if times < 3 else ())
        assert sorted(reminded.waiting) == sorted(["work"] + ["other"] * times)
        assert position(drawn, *["event"] * times, "work", "next", *["other"] * times).is_ended


def test_a_message_is_reported_by_its_name_and_passes_when_it_came():
    message = '<messageEventDefinition messageRef="m"/>'
    drawn = process(
        f'{START_AND_END}<intermediateCatchEvent id="wait">{message}</intermediateCatchEvent>'
        '<receiveTask id="receive" messageRef="m"/>',
        "start > wait", "wait > receive", "receive > end", others=MESSAGE,
    )  # fmt: skip
    assert position(drawn).messages == (AwaitedMessage("wait", "Answer of the customer"),)
    assert position(drawn, "wait").messages == (AwaitedMessage("receive", "Answer of the customer"),)
    assert position(drawn, "wait", "receive").is_ended


def test_a_message_that_does_not_interrupt_can_come_again():
    drawn = border('<messageEventDefinition messageRef="m"/>', is_interrupting=False, others=MESSAGE)
    asked = position(drawn, "event", "event")
    assert sorted(asked.waiting) == ["other", "other", "work"] and len(asked.messages) == 1
    done = position(drawn, "event", "event", "work", "next", "other")
    assert done.waiting == ("other",) and done.messages == ()


def test_of_several_events_behind_an_event_based_gateway_the_first_decides():
    drawn = process(
        f'{START_AND_END}<eventBasedGateway id="first"/><intermediateCatchEvent id="late">{HOURS}'
        '</intermediateCatchEvent><intermediateCatchEvent id="answer"><messageEventDefinition messageRef="m"/>'
        '</intermediateCatchEvent><receiveTask id="receive" messageRef="m"/><userTask id="a"/><userTask id="b"/>',
        "start > first", "first > late", "first > answer", "first > receive", "late > a", "answer > b", "receive > end",
        "a > end", "b > end", others=MESSAGE,
    )  # fmt: skip
    begun = position(drawn)
    assert begun.timers == (AwaitedTimer("late", "PT2H"),)
    assert [each.element for each in begun.messages] == ["answer", "receive"]
    assert position(drawn, "late").waiting == ("a",) and position(drawn, "late").messages == ()
    assert position(drawn, "answer").waiting == ("b",)
    assert position(drawn, "receive").is_ended


def test_an_automatic_task_that_failed_goes_on_at_the_event_that_catches_its_error():
    drawn = border('<errorEventDefinition errorRef="e"/>', task='<serviceTask id="work"/>', others=ERROR)
    assert position(drawn).automatic == ("work",)
    assert position(drawn, Done("work", {}, "no-line")).waiting == ("other",)
    assert position(drawn, "work").waiting == ("next",)
    with pytest.raises(RuleViolation, match="fails with the error no-modem, which no boundary event catches"):
        position(drawn, Done("work", {}, "no-modem"))


def test_an_error_event_without_a_code_catches_every_error():
    drawn = border("<errorEventDefinition/>", task='<businessRuleTask id="work"/>')
    assert position(drawn, Done("work", {}, "anything")).waiting == ("other",)


def test_an_error_reaches_the_border_of_its_own_task_not_of_a_neighbour():
    """Two tasks at a time with a border each: the one that failed is left, the other goes on."""
    drawn = process(
        '<startEvent id="start"/><endEvent id="end"/><serviceTask id="a"/><serviceTask id="b"/>'
        '<userTask id="mend_a"/><userTask id="mend_b"/>'
        '<boundaryEvent id="ea" attachedToRef="a"><errorEventDefinition errorRef="e"/></boundaryEvent>'
        '<boundaryEvent id="eb" attachedToRef="b"><errorEventDefinition errorRef="e"/></boundaryEvent>',
        "start > a", "start > b", "a > end", "b > end", "ea > mend_a", "eb > mend_b", "mend_a > end", "mend_b > end",
        others=ERROR,
    )  # fmt: skip
    failed = position(drawn, Done("b", {}, "no-line"))
    assert failed.automatic == ("a",) and failed.waiting == ("mend_b",)
    assert position(drawn, Done("b", {}, "no-line"), "a", "mend_b").is_ended


def test_an_error_that_a_sub_process_ends_with_is_caught_at_its_border():
    """`neighbour` waits at a border of its own for the same error: it is not concerned."""
    inside = (
        '<subProcess id="sub"><startEvent id="s"/><userTask id="measure"/>'
        '<exclusiveGateway id="line" default="line-e1"/>'
        '<endEvent id="e1"/><endEvent id="e2"><errorEventDefinition errorRef="e"/></endEvent><userTask id="neighbour"/>'
        '<boundaryEvent id="side" attachedToRef="neighbour"><errorEventDefinition errorRef="e"/></boundaryEvent>'
        '<sequenceFlow id="1" sourceRef="s" targetRef="measure"/><sequenceFlow id="2" sourceRef="measure" '
        'targetRef="line"/><sequenceFlow id="line-e1" sourceRef="line" targetRef="e1"/><sequenceFlow id="4" '
        'sourceRef="line" targetRef="e2"><conditionExpression>dead</conditionExpression></sequenceFlow>'
        '<sequenceFlow id="5" sourceRef="s" targetRef="neighbour"/><sequenceFlow id="6" sourceRef="neighbour" '
        'targetRef="e1"/><sequenceFlow id="7" sourceRef="side" targetRef="e1"/></subProcess>'
    )
    drawn = process(
        START_AND_END + inside + '<boundaryEvent id="caught" attachedToRef="sub"><errorEventDefinition errorRef="e"/>'
        '</boundaryEvent><userTask id="next"/><userTask id="mend"/>',
        "start > sub", "sub > next", "next > end", "caught > mend", "mend > end", others=ERROR,
    )  # fmt: skip
    assert set(position(drawn).waiting) == {"measure", "neighbour"}
    dead = position(drawn, Done("measure", {"dead": True}))
    assert dead.waiting == ("mend",) and not dead.is_ended
    assert position(drawn, Done("measure", {"dead": True}), "mend").is_ended
    assert position(drawn, Done("measure", {"dead": False}), "neighbour").waiting == ("next",)


def test_an_error_at_the_outermost_ends_everything():
    drawn = process(
        '<startEvent id="start"/><endEvent id="end"/><userTask id="a"/><userTask id="b"/>'
        '<endEvent id="failed"><errorEventDefinition errorRef="e"/></endEvent>',
        "start > a", "start > b", "a > failed", "b > end", others=ERROR,
    )  # fmt: skip
    assert position(drawn, "b").waiting == ("a",)
    assert position(drawn, "a").is_ended


def test_a_terminate_end_event_ends_all_other_tasks():
    drawn = process(
        '<startEvent id="start"/><endEvent id="end"/><userTask id="a"/><userTask id="b"/>'
        '<endEvent id="all"><terminateEventDefinition/></endEvent>',
        "start > a", "start > b", "a > all", "b > end",
    )  # fmt: skip
    assert position(drawn, "b").waiting == ("a",)
    ended = position(drawn, "a")
    assert ended.is_ended and ended.waiting == ()
    assert position(drawn, "b", "a").is_ended


def test_a_signal_reaches_all_that_wait_for_it_in_the_ticket():
    signal = '<signalEventDefinition signalRef="s"/>'
    drawn = process(
        f'<startEvent id="start"/><endEvent id="end"/><intermediateCatchEvent id="c">{signal}</intermediateCatchEvent>'
        f'<userTask id="a"/><endEvent id="t">{signal}</endEvent><userTask id="b"/>',
        "start > c", "start > a", "a > t", "c > b", "b > end", others='<signal id="s" name="Outage over"/>',
    )  # fmt: skip
    assert position(drawn).messages == (AwaitedMessage("c", "Outage over"),)
    assert position(drawn, "a").waiting == ("b",)
    assert set(position(drawn, "c").waiting) == {"a", "b"}


def test_an_escalation_that_does_not_interrupt_adds_a_task():
    inside = (
        '<subProcess id="sub"><userTask id="a"/><intermediateThrowEvent id="up"><escalationEventDefinition '
        'escalationRef="x"/></intermediateThrowEvent><userTask id="b"/>'
        '<sequenceFlow id="1" sourceRef="a" targetRef="up"/><sequenceFlow id="2" sourceRef="up" targetRef="b"/>'
        "</subProcess>"
    )
    drawn = process(
        START_AND_END + inside + '<boundaryEvent id="seen" attachedToRef="sub" cancelActivity="false">'
        '<escalationEventDefinition escalationRef="x"/></boundaryEvent><userTask id="boss"/>',
        "start > sub", "sub > end", "seen > boss", "boss > end",
        others='<escalation id="x" escalationCode="late"/>',
    )  # fmt: skip
    assert set(position(drawn, "a").waiting) == {"b", "boss"}
    assert position(drawn, "a", "boss", "b").is_ended


def test_thrown_messages_are_automatic_tasks():
    message = '<messageEventDefinition messageRef="m"/>'
    drawn = process(
        f'<startEvent id="start"/><intermediateThrowEvent id="say">{message}</intermediateThrowEvent>'
        f'<sendTask id="send"/><endEvent id="bye">{message}</endEvent>',
        "start > say", "say > send", "send > bye", others=MESSAGE,
    )  # fmt: skip
    assert position(drawn).automatic == ("say",)
    assert position(drawn, "say").automatic == ("send",)
    assert position(drawn, "say", "send").automatic == ("bye",)
    assert position(drawn, "say", "send", "bye").is_ended
