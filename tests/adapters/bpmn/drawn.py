"""Small diagrams for the tests, written as a list of elements and of flows."""

from __future__ import annotations

from adapters.bpmn.processes import BpmnProcesses
from billing_core.work.processes import Done, Position

NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" targetNamespace="http://example.com/flows"'
)
START_AND_END = '<startEvent id="start"/><endEvent id="end"/>'


def definitions(content: str) -> str:
    """The whole file around processes, messages and errors."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions {NAMESPACES} id="file">\n{content}\n</definitions>\n'


def flows(*written: str) -> str:
    """Flows: `a > b`, or with a condition `a > b: amount > 100`. The id of a flow is `a-b`."""
    return "\n".join(map(_flow, written))


def _flow(written: str) -> str:
    ends, _, condition = written.partition(": ")
    source, target = ends.split(" > ")
    inside = condition.strip() and f"<conditionExpression><![CDATA[{condition}]]></conditionExpression>"
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'


def process(elements: str, *written: str, others: str = "", code: str = "p") -> str:
    """A file with one process; `others` are messages, errors and other processes."""
    return definitions(
        f'{others}\n<process id="{code}" isExecutable="true">\n{elements}\n{flows(*written)}\n</process>'
    )


def position(diagram: str, *history: Done | str) -> Position:
    """The position after a history; an element that is given by its id alone brings no facts."""
    passed = [Done(each, {}) if isinstance(each, str) else each for each in history]
    return BpmnProcesses().position(diagram, passed)
