"""A flow of tickets as it is written in YAML.

    kind: fault
    title: Fault
    queue: support
    about: [account, subscription]
    may: [billing.change.grant-goodwill]
    fields:
      - {code: is_known, title: Known outage?, kind: yes-no}
      - {code: minutes, title: Without service for minutes, kind: number, least: 0}
    steps:
      - code: check
        form: [is_known]
        limit: {hours: 4, queue: supervisors, priority: high}
        moves: [{to: repair, resolution: confirmed}]
      - code: repair
        form: [minutes]
        moves:
          - {to: end, resolution: repaired, do: [{do: comment, text: It works again., audience: customer}]}
          - {to: check, resolution: not-found, back: true}

With `diagram: connection.bpmn`, a file in the same folder, the diagram decides what follows a step. Each fault is named
with its line. Flows that are ready to be published come with the program, in `ready_flows`.
"""

from __future__ import annotations

from graphlib import TopologicalSorter
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

import msgspec

from adapters.bpmn.processes import BpmnProcesses
from adapters.bpmn.safe_xml import text_of
from adapters.files.yaml_documents import Document, document_in, read_document, read_text
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.work.flow_checks import Fault, actions_of
from billing_core.work.flows import Flow, OpenChild
from commands.work.flows import faults_of_whole


class FlowFile(NamedTuple):
    """A flow with the document it stands in."""

    flow: Flow
    document: Document

    def faults(self) -> list[str]:
        """What is wrong with it, each with line and place."""
        return [self.explained(fault) for fault in faults_of_whole(self.flow, BpmnProcesses())]

    def explained(self, fault: Fault) -> str:
        return f"{self.document.place(fault.place)}: {fault.reason}"


def read_flow(path: Path) -> FlowFile:
    """The flow in a file, with the text of its diagram; what is not well-formed is one `InvalidValue`."""
    document = read_document(path)
    flow = document.read_as(Flow)
    if flow.diagram:
        flow = msgspec.structs.replace(flow, diagram=_diagram(path, flow.diagram))
    return FlowFile(flow, document)


# --- those that come with the program


def ready_flows() -> list[FlowFile]:
    """The ready flows in the order in which they can be published: one that opens children comes after theirs."""
    found = {name: ready_flow(name) for name in ready_names()}
    children = {name: _children_of(file.flow) & found.keys() for name, file in found.items()}
    return [found[name] for name in TopologicalSorter(children).static_order()]


def ready_flow(name: str) -> FlowFile:
    """The ready flow of a kind of tickets."""
    document = document_in(ready_text(name), f"ready flow {name}")
    return FlowFile(document.read_as(Flow), document)


def ready_text(name: str) -> str:
    """The file of a ready flow, as it may be changed and published under the same kind or another one."""
    if name not in ready_names():
        raise NotFound(f"no such ready flow; use one of {', '.join(ready_names())}", field="flow", value=name)
    return read_text(_ready() / f"{name}.yaml", name)


def ready_names() -> list[str]:
    """The names of the ready flows: their kinds."""
    return sorted(entry.name.removesuffix(".yaml") for entry in _ready().iterdir() if entry.name.endswith(".yaml"))


def _ready() -> Traversable:
    return files("adapters.files") / "ready_flows"


def _children_of(flow: Flow) -> set[str]:
    return {action.kind for _, action in actions_of(flow) if isinstance(action, OpenChild) and action.kind != flow.kind}


# --- diagrams


def _diagram(path: Path, name: str) -> str:
    """The text of a diagram in the same folder, in the encoding that it declares."""
    if Path(name).name != name:
        raise InvalidValue("must be the name of a file in the same folder", field="diagram", value=name)
    try:
        content = (path.parent / name).read_bytes()
    except OSError as error:
        raise NotFound(f"cannot be read: {error.strerror}", field="diagram", value=name) from None
    return text_of(content)
