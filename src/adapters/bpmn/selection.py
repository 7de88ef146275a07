"""Which process of a diagram a ticket follows, and which others it calls.

A diagram may draw several: the operator's own, those that it calls, and those of customers and partners. A ticket
follows one of them: the only one with elements that no other calls; or else the only one marked as executable.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.bpmn.notation import GLOBAL_TASKS, Node, children, code, flow_nodes, line, name, referred, tag
from adapters.bpmn.safe_xml import Unreadable


def main_process(root: Node) -> Node:
    """The process that a ticket follows, or `Unreadable`."""
    drawn = [process for process in children(root, "process") if flow_nodes(process)]
    called = {target for process in drawn for target in called_from(process)}
    free = [process for process in drawn if code(process) not in called] or drawn
    marked = [process for process in free if process.get("isExecutable") == "true"]
    if not drawn:
        raise Unreadable(line(root), "draws no process")
    chosen = free if len(free) == 1 else marked
    if len(chosen) != 1:
        names = ", ".join(name(process) or code(process) for process in free)
        raise Unreadable(
            line(free[0]),
            f"is one of several processes ({names}): mark the one that a ticket follows, and it alone, as executable",
            code(free[0]),
        )
    return chosen[0]


def called_from(process: Node) -> list[str]:
    """The ids of what a process calls."""
    return [referred(call.get("calledElement")) for call in process.iter(tag("callActivity"))]


def process_called(root: Node, wanted: str) -> Node | None:
    """The process or global task of this id."""
    found = children(root, "process", "globalScriptTask", *GLOBAL_TASKS)
    return next((each for each in found if wanted and code(each) == wanted), None)


def with_called(root: Node, process: Node) -> list[Node]:
    """The process and all that it calls, directly or through others."""
    found: dict[str, Node] = {code(process): process}
    pending = [process]
    while pending:
        for wanted in called_from(pending.pop()):
            called = process_called(root, wanted)
            if called is not None and wanted not in found:
                found[wanted] = called
                pending.append(called)
    return list(found.values())


def circles(root: Node, process: Node) -> Iterator[Node]:
    """The calls by which a process calls itself, be it through others."""
    for each in with_called(root, process):
        for call in each.iter(tag("callActivity")):
            target = process_called(root, referred(call.get("calledElement")))
            if target is not None and code(each) in {code(reached) for reached in with_called(root, target)}:
                yield call
