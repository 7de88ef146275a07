"""Which flows are published, and which are their versions?"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from billing_core.kernel.events import Event
from billing_core.work.flows import Flow, FlowPublished, FlowWithdrawn
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT = """
    INSERT INTO flows (kind, versions, is_withdrawn, flow)
    SELECT * FROM unnest(%b::text[], %b::int8[], %b::bool[], %b::text[])
    ON CONFLICT (kind) DO UPDATE SET versions = flows.versions + excluded.versions, flow = excluded.flow,
        is_withdrawn = excluded.is_withdrawn
"""
WITHDRAW = "UPDATE flows SET is_withdrawn = true WHERE kind = ANY(%b)"


class PublishedFlows:
    """The newest version of the flow of every kind, and how many there are."""

    name = "flows"
    version = 1
    tables = ("flows",)
    by_stream = True
    definition = """
        CREATE TABLE flows (
            kind text COLLATE "C" PRIMARY KEY, versions bigint NOT NULL, is_withdrawn boolean NOT NULL,
            flow text NOT NULL);
    """
    indexes = ""
    streams = ("flow",)
    folds: tuple[type[Event], ...] = (FlowPublished, FlowWithdrawn)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        published: dict[str, tuple[int, Flow]] = {}
        withdrawn: dict[str, bool] = {}
        for entry in page:
            fact = entry.event
            withdrawn[entry.number] = isinstance(fact, FlowWithdrawn)
            if isinstance(fact, FlowPublished):
                known = published.get(entry.number)
                published[entry.number] = (known[0] + 1 if known else 1, fact.flow)
        rows = (
            (kind, count, withdrawn[kind], msgspec.json.encode(flow).decode())
            for kind, (count, flow) in published.items()
        )
        if published:
            cursor.execute(UPSERT, as_columns(rows, 4))
        if gone := [kind for kind, is_gone in withdrawn.items() if is_gone and kind not in published]:
            cursor.execute(WITHDRAW, (gone,))


class FlowRow(msgspec.Struct):
    """The newest version of a flow."""

    kind: str
    title: str
    version: int
    queue: str
    steps: list[str]
    is_drawn: bool
    is_withdrawn: bool


def list_flows(cursor: Cursor, after: str, limit: int) -> list[FlowRow]:
    """Flows in order of kind, after a kind."""
    rows = cursor.execute(
        "SELECT flow, versions, is_withdrawn FROM flows WHERE kind > %s ORDER BY kind LIMIT %s", (after, limit)
    )
    return [_row(msgspec.json.decode(flow, type=Flow), versions, gone) for flow, versions, gone in rows]


def _row(flow: Flow, version: int, is_withdrawn: bool) -> FlowRow:
    steps = [step.code for step in flow.steps]
    return FlowRow(flow.kind, flow.title, version, flow.queue, steps, bool(flow.diagram), is_withdrawn)
