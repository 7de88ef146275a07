"""Positions in a process per second of processor time on one core. The limit is 300 positions/s, the least accepted.

The process is read once, as for a flow that many tickets go by; each position is run from the start over the whole
history of a ticket, ten elements: tasks one after the other, a decision, two branches at a time, a timer at a border.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from adapters.bpmn.processes import BpmnProcesses
from benchmarks.measurement import report
from billing_core.work.expressions import Facts
from billing_core.work.processes import OPENED, Done

POSITIONS = 1_000
LEAST_PER_SECOND = 300
FLOWS = (
    "start survey", "survey possible", "possible contract", "possible end", "contract split", "split device",
    "split address", "device join", "address join", "join install", "late chase", "chase install", "install activate",
    "activate protocol", "protocol bill", "bill end",
)  # fmt: skip
TASKS = ("survey", "contract", "device", "address", "install", "chase", "protocol")


def main() -> None:
    """The same position again and again; nothing of one is kept for the next."""
    processes, diagram, history = BpmnProcesses(), connection(), visited()
    assert processes.position(diagram, history).is_ended
    started = time.process_time()
    for _ in range(POSITIONS):
        processes.position(diagram, history)
    seconds = time.process_time() - started
    report("process_positions", POSITIONS / seconds, "positions/s per core", LEAST_PER_SECOND)


def visited() -> Sequence[Done]:
    """A ticket that went through the whole process; the technician was reminded once."""
    known: Facts = {"possible": True}
    passed = ["survey", "contract", "device", "address", "late", "chase", "install", "activate", "protocol", "bill"]
    return [Done(OPENED, {}), *(Done(element, known) for element in passed)]


def connection() -> str:
    """A new connection as a diagram."""
    elements = [f'<userTask id="{task}" name="{task}"/>' for task in TASKS]
    elements += ['<serviceTask id="activate"/>', '<businessRuleTask id="bill"/>', '<startEvent id="start"/>']
    elements += ['<endEvent id="end"/>', '<exclusiveGateway id="possible" default="possible-end"/>']
    elements += ['<parallelGateway id="split"/>', '<parallelGateway id="join"/>']
    elements.append(
        '<boundaryEvent id="late" attachedToRef="install"><timerEventDefinition><timeDuration>P3D</timeDuration>'
        "</timerEventDefinition></boundaryEvent>"
    )
    elements += map(_flow, FLOWS)
    namespace = "http://www.omg.org/spec/BPMN/20100524/MODEL"
    return f'<definitions xmlns="{namespace}"><process id="connection">{"".join(elements)}</process></definitions>'


def _flow(ends: str) -> str:
    source, target = ends.split()
    condition = "<conditionExpression>possible</conditionExpression>" if target == "contract" else ""
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{condition}</sequenceFlow>'
