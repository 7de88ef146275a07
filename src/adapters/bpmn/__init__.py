"""Processes drawn in ordinary modellers (BPMN 2.0): read, checked, run over a ticket's history, and drawn."""

from __future__ import annotations

from adapters.bpmn.drawing import drawing as drawing
from adapters.bpmn.processes import BpmnProcesses as BpmnProcesses
from adapters.bpmn.reading import faults_of as faults_of
from adapters.bpmn.reading import read_process as read_process
from adapters.bpmn.safe_xml import text_of as text_of
