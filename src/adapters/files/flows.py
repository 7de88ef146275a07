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

A diagram (`diagram: connection.bpmn`, a file beside it) decides by itself what follows a step. Every fault is named
with its line.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec

from adapters.bpmn.processes import BpmnProcesses
from adapters.bpmn.safe_xml import text_of
from adapters.files.yaml_documents import Document, read_document
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.work.flow_checks import Fault
from billing_core.work.flows import Flow
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


def _diagram(path: Path, name: str) -> str:
    """The text of a diagram in the same folder, in the encoding that it declares."""
    if Path(name).name != name:
        raise InvalidValue("must be the name of a file in the same folder", field="diagram", value=name)
    try:
        content = (path.parent / name).read_bytes()
    except OSError as error:
        raise NotFound(f"cannot be read: {error.strerror}", field="diagram", value=name) from None
    return text_of(content)
