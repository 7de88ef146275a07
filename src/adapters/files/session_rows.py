"""Rows of usage from what sessions used: a batch for mediation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from adapters.files.usage_rows import USAGE_ROWS, RefusedRow, UsageChunk
from billing_core.kernel.errors import BillingError
from billing_core.usage.mediation.identifiers import plain_identifier
from billing_core.usage.sessions.messages import Used
from billing_core.usage.sessions.records import SessionUsage
from commands.usage.accounting import RefusedMessage


def session_chunk(
    used: Sequence[SessionUsage], refused: Sequence[RefusedMessage], components: Mapping[Used, str]
) -> UsageChunk:
    """Rows in the order in which they came, then what was refused; a kind of usage has a component of its own."""
    columns = {
        "line": range(1, len(used) + 1),
        "key": [each.key for each in used],
        "kind": [each.kind for each in used],
        "subscriber": [_plain(each.subscriber) for each in used],
        "component": [components[each.kind] for each in used],
        "started_at": [each.started_at for each in used],
        "seconds": [each.seconds for each in used],
        "quantity": [each.quantity for each in used],
        "bytes_in": [each.bytes_in for each in used],
        "bytes_out": [each.bytes_out for each in used],
        "number": [each.number for each in used],
        "network": [each.server for each in used],
        "session": [each.session for each in used],
        "direction": ["out" if each.kind == "call" else "" for each in used],
    }
    arrays = [pa.array(columns[field.name], field.type) for field in USAGE_ROWS]
    rows = [
        RefusedRow(line, "", each.field, each.value, each.reason, each.raw)
        for line, each in enumerate(refused, start=len(used) + 1)
    ]
    return UsageChunk(pa.Table.from_arrays(arrays, schema=USAGE_ROWS), rows)


def _plain(subscriber: str) -> str:
    """A user name or number as identifiers are compared; one that cannot be an identifier stays as it is."""
    try:
        return plain_identifier(subscriber)
    except BillingError:
        return subscriber
