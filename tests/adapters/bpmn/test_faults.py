"""What is refused when a diagram is read: each with the element, its line and the reason."""

from __future__ import annotations

import pytest

from adapters.bpmn.reading import faults_of, read_process
from adapters.bpmn.safe_xml import MOST_LETTERS, text_of
from billing_core.kernel.errors import InvalidValue
from tests.adapters.bpmn.drawn import START_AND_END, definitions, flows, process

HOURS = "<timerEventDefinition><timeDuration>PT2H</timeDuration></timerEventDefinition>"


def catching(content: str) -> str:
    """A process that waits for one event, `x`."""
    return process(
        f'{START_AND_END}<intermediateCatchEvent id="x" name="Wait">{content}</intermediateCatchEvent>',
        "start > x", "x > end",
    )  # fmt: skip


def at_border(content: str, attributes: str = "") -> str:
    """A task with one event, `x`, at its border."""
    return process(
        f'{START_AND_END}<userTask id="a"/><boundaryEvent id="x" attachedToRef="a" {attributes}>'
        f"{content}</boundaryEvent>",
        "start > a", "a > end", "x > end",
    )  # fmt: skip


def between(element: str, others: str = "") -> str:
    """A process with one element, `x`, between start and end."""
    return process(START_AND_END + element, "start > x", "x > end", others=others)


def gateway(*conditions: str) -> str:
    """An exclusive gateway with two flows to tasks, which have these conditions."""
    written = [
        f"g > {task}{': ' if condition else ''}{condition}" for task, condition in zip("xy", conditions, strict=True)
    ]
    return process(
        START_AND_END + '<exclusiveGateway id="g" name="Big?"/><userTask id="x"/><userTask id="y"/>',
        "start > g", "x > end", "y > end", *written,
    )  # fmt: skip


CASES = {
    "script": (between('<scriptTask id="x" name="Sum up"><script>1</script></scriptTask>'), "x", "runs a script"),
    "script in an extension": (
        between('<serviceTask id="x"><extensionElements><c:l xmlns:c="c"><c:script/></c:l></extensionElements>'
                "</serviceTask>"),
        "x", "runs a script",
    ),
    "compensation event": (at_border("<compensateEventDefinition/>"), "x", "is for compensation"),
    "compensation task": (between('<userTask id="x" isForCompensation="true"/>'), "x", "is for compensation"),
    "complex gateway": (between('<complexGateway id="x"/>'), "x", "is a complex gateway"),
    "transaction": (between('<transaction id="x"/>'), "x", "is a transaction"),
    "ad-hoc": (between('<adHocSubProcess id="x"/>'), "x", "is an ad-hoc sub-process"),
    "event sub-process": (
        process(START_AND_END + '<subProcess id="x" triggeredByEvent="true"/>', "start > end"), "x",
        "is an event sub-process",
    ),
    "timer without expression": (catching("<timerEventDefinition/>"), "x", "does not say when its time comes"),
    "timer with an empty expression": (
        catching("<timerEventDefinition><timeDate/></timerEventDefinition>"), "x", "does not say when its time comes"
    ),
    "timer with a call": (
        catching("<timerEventDefinition><timeDate>now()</timeDate></timerEventDefinition>"), "x", "cannot use 'now"
    ),
    "cycle of none": (
        at_border("<timerEventDefinition><timeCycle>R0/P1D</timeCycle></timerEventDefinition>"), "x", "is no cycle"
    ),
    "message without reference": (catching("<messageEventDefinition/>"), "x", "does not say which message"),
    "receive task without reference": (between('<receiveTask id="x"/>'), "x", "does not say which message"),
    "message that is not there": (
        catching('<messageEventDefinition messageRef="m"/>'), "x", "names a message that the diagram does not have"
    ),
    "signal without reference": (catching("<signalEventDefinition/>"), "x", "does not say which signal"),
    "condition event": (catching("<conditionalEventDefinition/>"), "x", "waits for a condition"),
    "event of nothing": (catching(""), "x", "does not say what it waits for"),
    "event of several things": (catching(HOURS + HOURS), "x", "is about several things at once"),
    "error caught without ending": (
        at_border("<errorEventDefinition/>", 'cancelActivity="false"'), "x", "catches an error without ending"
    ),
    "error that nothing catches": (
        process(
            START_AND_END + '<subProcess id="s"><endEvent id="x"><errorEventDefinition errorRef="e"/></endEvent>'
            '<userTask id="a"/>' + flows("a > x") + "</subProcess>",
            "start > s", "s > end", others='<error id="e" errorCode="late"/>',
        ), "x", "ends with the error 'late', which no event around it catches",
    ),
    "loop without count": (
        between('<userTask id="x"><standardLoopCharacteristics/></userTask>'), "x", "nothing says how often"
    ),
    "loop over a list": (
        between('<userTask id="x"><multiInstanceLoopCharacteristics><loopDataInputRef>l</loopDataInputRef>'
                '</multiInstanceLoopCharacteristics></userTask>'), "x", "is repeated for each item of a list",
    ),
    "call of nothing": (between('<callActivity id="x"/>'), "x", "does not say which process it calls"),
    "call of what is not there": (
        between('<callActivity id="x" calledElement="q"/>'), "x", "calls q, which is not in this diagram"
    ),
    "call of itself": (between('<callActivity id="x" calledElement="p"/>'), "x", "calls itself"),
    "call of a script": (
        between('<callActivity id="x" calledElement="g"/>', others='<globalScriptTask id="g"/>'), "x", "runs a script"
    ),
    "flow without condition": (gateway("a == 1", ""), "g-y", "the flow from Big\\? has no condition"),
    "condition with a call": (gateway("a == 1", "open('f')"), "g-y", "which cannot use"),
    "condition in FEEL alone": (
        gateway("a == 1", 'some r in risks satisfies r = "red"'), "g-y", "which cannot use 'satisfies'"
    ),
    "condition of a single flow": (
        process(START_AND_END + '<userTask id="a"/>', "start > a", "a > end: b"), "a-end",
        "is the only one and has a condition",
    ),
    "default flow of another": (
        process(START_AND_END + '<exclusiveGateway id="x" default="start-x"/>', "start > x", "x > end"), "x",
        "has the default flow start-x, which does not go out from it",
    ),
    "several starts": (
        process(START_AND_END + '<startEvent id="x"/>', "start > end", "x > end"), "x", "is one of several start events"
    ),
    "flow to nothing": (process(START_AND_END, "start > end", "start > x"), "start-x", "leads to 'x'"),
    "flow into the start": (
        process(START_AND_END + '<userTask id="a"/>', "start > a", "a > start"), "start", "is where something begins"
    ),
    "flow out of the end": (
        process(START_AND_END + '<userTask id="a"/>', "start > end", "end > a"), "end", "is an end event, but a flow"
    ),
    "border of nothing": (
        at_border(HOURS).replace('attachedToRef="a"', 'attachedToRef="g"'), "x", "is not at the border"
    ),
    "no path to it": (
        process(START_AND_END + '<userTask id="x"/><userTask id="y"/>', "start > end", "x > y", "y > x"), "x",
        "no path leads to it from the start",
    ),
    "no path to an end": (
        process('<startEvent id="start"/><userTask id="x"/><userTask id="y"/>', "start > x", "x > y", "y > x"), "x",
        "no path leads from it to an end",
    ),
    "circle without a stop": (
        process(
            START_AND_END + '<exclusiveGateway id="x"/><exclusiveGateway id="y" default="y-x"/>',
            "start > x", "x > y", "y > x", "y > end: done",
        ), "x", "would turn for ever",
    ),
    "join of what is never taken together": (
        process(
            START_AND_END + '<exclusiveGateway id="g" default="g-a"/><userTask id="a"/><userTask id="b"/>'
            '<parallelGateway id="x"/>',
            "start > g", "g > a", "g > b: big", "a > x", "b > x", "x > end",
        ), "x", "waits for flows that never all arrive",
    ),
    "way that always leads back": (
        process(
            START_AND_END + '<userTask id="a"/><userTask id="b"/>', "start > a", "a > b", "a > end", "b > a",
        ), "p", "never ends: a way that is always taken leads back",
    ),
    "two of an id": (between('<userTask id="x"/><textAnnotation id="x"/>'), "x", "has an id that another element has"),
    "event-based gateway to a task": (
        process(START_AND_END + '<eventBasedGateway id="g"/><userTask id="x"/>', "start > g", "g > x", "x > end"), "x",
        "waits for no event",
    ),
    "event-based gateway to nothing": (
        process(START_AND_END + '<userTask id="a"/><eventBasedGateway id="x"/>', "start > a", "a > x", "start > end"),
        "x", "and leads to none",
    ),
    "link to nowhere": (
        process(
            START_AND_END + '<intermediateThrowEvent id="x" name="L"><linkEventDefinition/></intermediateThrowEvent>',
            "start > x", "x > end",
        ), "x", "is a link to 0 elements",
    ),
    "too many elements": (
        process(
            START_AND_END + "".join(f'<userTask id="t{number}"/>' for number in range(200)),
            "start > t0", "t199 > end", *(f"t{number} > t{number + 1}" for number in range(199)),
        ), "p", "has 202 elements, at most 150",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_run_is_refused_with_the_element_and_the_reason(case):
    diagram, element, reason = CASES[case]
    found = [fault for fault in faults_of(diagram) if fault.element == element]
    assert found, faults_of(diagram)
    with pytest.raises(InvalidValue, match=reason):
        read_process(diagram)
    lines = diagram.splitlines()
    assert all(f'id="{element}"' in lines[fault.line - 1] for fault in found), found


def test_all_faults_are_named_at_once():
    drawn = process(
        START_AND_END + '<scriptTask id="a" name="Sum up"/><userTask id="b"/><receiveTask id="c"/>',
        "start > a",
        "a > c",
    )
    assert {fault.element for fault in faults_of(drawn)} == {"a", "b", "c", "end"}
    assert str(faults_of(drawn)[0]).startswith('line 5, "Sum up" a: runs a script')


ENTITIES = '<?xml version="1.0"?>\n<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (ENTITIES + "<d>&b;</d>", "declares a document type"),
        ('<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>', "declares a document type"),
        ('<!DOCTYPE d [<!ENTITY x SYSTEM "http://127.0.0.1/">]><d>&x;</d>', "declares a document type"),
        ("<d>&nothing;</d>", "is no well-formed XML"),
        ("<d><e></d>", "is no well-formed XML"),
        ("", "is no well-formed XML"),
        ("just text", "is no well-formed XML"),
        ("<flow/>", "is no BPMN 2.0"),
        (definitions(""), "draws no process"),
        (definitions('<process id="p"/>'), "draws no process"),
        (
            definitions('<process id="p" name="A"><task id="a"/></process><process id="q"><task id="b"/></process>'),
            r"is one of several processes \(A, q\)",
        ),
        (" " * (MOST_LETTERS + 1), "has 2,000,001 letters"),
        ("<d>" * 5_000, "is no well-formed XML"),
    ],
)
def test_what_is_no_diagram_is_refused_and_never_followed(text, reason):
    (fault,) = faults_of(text)
    with pytest.raises(InvalidValue, match=reason):
        read_process(text)
    assert fault.line >= 1


def test_a_file_is_read_in_the_encoding_that_it_declares():
    drawn = process(START_AND_END + '<userTask id="a" name="Prüfung"/>', "start > a", "a > end")
    latin = drawn.replace("UTF-8", "ISO-8859-1")
    for content in (drawn.encode(), b"\xef\xbb\xbf" + drawn.encode(), latin.encode("latin-1"), drawn.encode("utf-16")):
        names = {each.name for each in read_process(text_of(content)).elements}
        assert "Prüfung" in names
    with pytest.raises(InvalidValue, match="is not written in utf-8"):
        text_of(drawn.encode("latin-1").replace(b' encoding="UTF-8"', b""))
