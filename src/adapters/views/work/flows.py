"""The flows by which tickets go."""

from __future__ import annotations

from typing import Any

import msgspec

from adapters.edge.models import written
from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.work.flows import apply_flow
from commands.platform.concerns import SHARED, Concerns
from commands.work.flows import flow_stream
from projections.work.flows import FlowRow, list_flows


class ListFlows(Listing, frozen=True, kw_only=True):
    """The flows of all kinds of tickets, in their newest version."""


class ShowFlow(Query, frozen=True, kw_only=True):
    """A flow in a version, by default the newest."""

    kind: str
    version: int | None = None


class FlowCard(msgspec.Struct):
    """A flow in a version, in the words in which it is published."""

    flow: dict[str, Any]
    version: int
    newest: int
    is_withdrawn: bool


def _list_flows(query: ListFlows, reading: Reading) -> Page[FlowRow]:
    with reading.source.cursor() as cursor:
        found = list_flows(cursor, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.kind)


def _show_flow(query: ShowFlow, reading: Reading) -> FlowCard:
    flows = None
    for fact in reading.source.events_of(flow_stream(query.kind)):
        flows = apply_flow(flows, fact)
    if flows is None:
        raise NotFound(
            "no flow of this kind is published; `billing work flows` lists them", field="kind", value=query.kind
        )
    version = flows.newest if query.version is None else query.version
    if not 1 <= version <= flows.newest:
        raise InvalidValue(f"there are versions 1 to {flows.newest}", field="version", value=version)
    return FlowCard(written(flows.version(version)), version, flows.newest, flows.is_withdrawn)


QUERIES: Queries = {ListFlows: _list_flows, ShowFlow: _show_flow}
CONCERNS: Concerns = {ListFlows: SHARED, ShowFlow: SHARED}
