"""The flows that come with the program, ready to be published."""

from __future__ import annotations

from typing import Any

import msgspec

from adapters.edge.models import written
from adapters.files.flows import ready_flow, ready_flows
from adapters.views.query import Queries, Query, Reading
from commands.platform.concerns import SHARED, Concerns


class ListReadyFlows(Query, frozen=True, kw_only=True):
    """The flows that come with the program, in the order in which they can be published."""


class ShowReadyFlow(Query, frozen=True, kw_only=True):
    """A flow that comes with the program, to be published as it is, or changed."""

    kind: str


class ReadyFlowRow(msgspec.Struct):
    """A flow that comes with the program."""

    kind: str
    title: str
    queue: str
    steps: list[str]


class ReadyFlowRows(msgspec.Struct):
    """All flows that come with the program."""

    items: list[ReadyFlowRow]


class ReadyFlow(msgspec.Struct):
    """A flow that comes with the program, in the words in which it is published."""

    flow: dict[str, Any]


def _list_ready_flows(query: ListReadyFlows, reading: Reading) -> ReadyFlowRows:
    flows = (file.flow for file in ready_flows())
    return ReadyFlowRows([ReadyFlowRow(f.kind, f.title, f.queue, [step.code for step in f.steps]) for f in flows])


def _show_ready_flow(query: ShowReadyFlow, reading: Reading) -> ReadyFlow:
    return ReadyFlow(written(ready_flow(query.kind).flow))


QUERIES: Queries = {ListReadyFlows: _list_ready_flows, ShowReadyFlow: _show_ready_flow}
CONCERNS: Concerns = {ListReadyFlows: SHARED, ShowReadyFlow: SHARED}
